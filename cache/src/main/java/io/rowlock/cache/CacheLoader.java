package io.rowlock.cache;

import io.rowlock.ReadTx;
import io.rowlock.View;
import java.util.Optional;

/**
 * Reads what a region keeps from the database. Called in a read unit that began after the cache had been looked at, or inside a unit of
 * the caller's. Used by many threads at once.
 */
@FunctionalInterface
public interface CacheLoader<K, T> {
    /**
     * Reads it.
     *
     * @return the value with a version that rises with every change of it; empty if there is none, which is not kept
     */
    Optional<View<T>> load(ReadTx tx, K key);
}
