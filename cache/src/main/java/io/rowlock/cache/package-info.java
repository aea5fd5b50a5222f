/**
 * A cache over a database in which no stale value stays.
 *
 * <p>A {@link io.rowlock.cache.Cache} is made on a {@link io.rowlock.Rowlock} and has {@link io.rowlock.cache.Region regions},
 * each described once by a {@link io.rowlock.cache.RegionSpec}: which table it is of, how a value becomes bytes, how long it is
 * kept. Reads go to this JVM's tier, then to the {@linkplain io.rowlock.cache.SharedTier tier that all processes share}, then to
 * the database, and answer a {@link io.rowlock.cache.Cached}: value, version, age. Writes need no call: the cache goes along with
 * every unit of its Rowlock, sees which rows it writes, and finishes before the unit's caller is answered.
 *
 * <p><b>For showing, never for deciding.</b> A {@code Cached} is no {@code Row}: the only thing a write takes of it is its
 * version, as the expected one. A stale hit would become a conflict, not a lost update.
 *
 * <p>Inside: {@code CoherentCache} puts it together; {@code UnitWrites} goes with one unit; {@code Epochs} knows how far the
 * shared tier may be trusted, which stands in the database; {@code Outbox} is what a dead writer leaves behind; {@code LocalTier}
 * and {@code Generations} are this JVM's; {@code Keeper} is the one thread; {@code Verifier} measures instead of believing.
 * {@code docs/internals/cache.md} tells why each of them is needed.
 */
package io.rowlock.cache;
