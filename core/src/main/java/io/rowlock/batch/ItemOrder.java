package io.rowlock.batch;

import io.rowlock.Key;
import io.rowlock.Table;
import java.util.function.Function;

/**
 * The order in which the items of a batch run, whatever order they are given in. Two batches with one order in common lock
 * what they have in common in that order.
 *
 * @param <I> the item
 */
public sealed interface ItemOrder<I> {

    /**
     * By the row that an item is about, in the canonical order: that of {@link io.rowlock.Tx#lockAll} and of every flush.
     *
     * @param table the row's table
     * @param key the row's key
     */
    record ByRow<I, K>(Table<?, K> table, Function<? super I, ? extends K> key) implements ItemOrder<I> {}

    /**
     * By a key of the item's own.
     *
     * @param key the item's key
     */
    record ByKey<I>(Function<? super I, Key> key) implements ItemOrder<I> {}
}
