package io.rowlock.cache;

import io.rowlock.Rowlock;
import io.rowlock.Tx;

/**
 * A cache over the database of one {@link Rowlock}.
 *
 * <pre>{@code
 * Cache cache = Cache.on(rowlock).tier(RedisTier.at(RedisTierOptions.at("redis://..."))).build();
 * Region<Long, Profile> profiles = cache.region(RegionSpec.of(PROFILES, PROFILE_CODEC));
 *
 * Optional<Cached<Profile>> profile = profiles.get(17L);
 * }</pre>
 *
 * <p>Make one for a Rowlock, with all its regions, before the first unit that writes: units that have begun without it do not know it. All
 * processes that write the rows of a region have the region, with the same tier. One that has no tier, or cannot reach it, still writes:
 * it closes the region in the same transaction, and is held for {@link CacheOptions#epochBound} afterwards, until nobody goes by what the
 * tier has.
 *
 * <p>It needs the tables {@code rowlock_cache_epoch} and {@code rowlock_cache_outbox} ({@link io.rowlock.RowlockTables}). A thread of its
 * own reads epochs four times in their bound, and needs a connection of the pool for that. Safe for use by many threads.
 */
public interface Cache extends AutoCloseable {
    /** Begins a cache. */
    static CacheBuilder on(Rowlock rowlock) {
        return new CacheBuilder(rowlock);
    }

    /**
     * Begins a region. Its row is made in the database if it is not there.
     *
     * @throws IllegalStateException if the cache has a region of this name
     * @throws io.rowlock.RowlockException if the database failed, or lacks the tables
     */
    <K, T> Region<K, T> region(RegionSpec<K, T> spec);

    /**
     * What tells, once the unit is committed, what it has written: for reads elsewhere that must see it.
     *
     * @throws IllegalStateException if the unit has ended
     */
    WriteReceipt receiptOf(Tx tx);

    /**
     * Does once, and on this thread, what the cache's own threads do all the time: reads epochs, opens regions where that is due, tells what
     * was committed and not told, verifies. Needed where the cache {@linkplain CacheBuilder#withoutThreads has none}.
     *
     * @throws io.rowlock.RowlockException if the database failed
     */
    void maintain();

    /** What was measured of coherence so far. */
    CoherenceReport coherence();

    /**
     * Ends the cache's threads, and the tier. Reads go to the database from then on; writes close the regions they touch. Others finish
     * what this process has not.
     */
    @Override
    void close();
}
