package io.rowlock.cache;

import io.rowlock.ReadTx;
import io.rowlock.Tx;
import java.util.Collection;
import java.util.Optional;

/**
 * A region of a {@link Cache}.
 *
 * <p><b>Promise.</b> A read outside of units answers nothing older than the last write of the key that was acknowledged before the
 * read began: exactly, where the value is the shared tier's or the database's; by what this process has written and by what a
 * {@link WriteToken} names, where it is this JVM's, and otherwise within {@link RegionSpec#withLocal its bound}. Nothing older stays
 * behind whoever dies, whatever the shared tier forgets, and whatever snapshot somebody reads in.
 *
 * <p><b>Holds when</b> every writer goes by {@link RegionSpec}. <b>Breaks when</b> somebody else writes the rows; for what remains when
 * processes die together with the shared tier, see {@code docs/internals/cache.md}, which names each bound.
 *
 * <p>Safe for use by many threads.
 */
public interface Region<K, T> {
    /** The region's name. */
    String name();

    /**
     * Reads a value for showing.
     *
     * @return the value, or empty if the database has none
     * @throws IllegalStateException inside a unit: a load would wait while the unit holds a connection; use
     *     {@link #get(ReadTx, Object)}
     * @throws io.rowlock.RowlockException if it had to be read from the database and that failed
     */
    default Optional<Cached<T>> get(K key) {
        return get(key, WriteToken.none());
    }

    /** As {@link #get(Object)}, and nothing older than what the token names, whichever process wrote it. */
    Optional<Cached<T>> get(K key, WriteToken written);

    /**
     * Reads a value inside a unit: from the database, through the unit, with what the unit itself has changed. Nothing is filled,
     * because the unit's snapshot may be older than a look at the cache, and what it has written is not committed.
     */
    Optional<Cached<T>> get(ReadTx tx, K key);

    /**
     * Says which values a unit will write. Needed where it writes by SQL of its own; of use where it locks rows, if it is called first:
     * the shared tier is then told while no lock is held.
     *
     * @throws IllegalStateException if the unit has ended
     */
    void announce(Tx tx, Collection<? extends K> keys);

    /**
     * Forgets all values, in all processes: when this returns, none of them serves what was there before. For rows that were written by
     * something that does not know the cache. It takes the cache's {@link CacheOptions#epochBound}, and fills begin again after as much.
     *
     * @throws IllegalStateException inside a unit
     * @throws io.rowlock.RowlockException if the database failed
     */
    void clear();

    /** How the region stands. */
    RegionState state();
}
