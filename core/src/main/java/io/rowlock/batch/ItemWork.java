package io.rowlock.batch;

import io.rowlock.Tx;
import org.jspecify.annotations.Nullable;

/**
 * What is done with one item of a batch: the body of a {@linkplain io.rowlock.Work unit of work}, with the same rules. It may
 * run several times, and beside other items in one transaction; what it needs it takes through {@link Tx}.
 *
 * @param <I> the item
 * @param <R> what an item answers
 */
@FunctionalInterface
public interface ItemWork<I, R extends @Nullable Object> {
    /**
     * Does one item.
     *
     * @throws Exception if it cannot be done: nothing of it is stored, its neighbours are
     */
    ItemResult.Answer<R> run(Tx tx, I item) throws Exception;
}
