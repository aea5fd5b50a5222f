package io.rowlock.lab.cache;

import java.util.List;

/**
 * Who takes part, and what goes wrong. Immutable; begin with {@link #of} and add.
 *
 * @param readers how many readers, each of which looks, reads and fills once
 * @param writers how many writers, each of which writes once
 * @param crash whether the first writer ends before each of its steps in turn
 * @param evict whether the key is evicted, at each moment in turn
 * @param lostWrite whether the store forgets the last step that the writer did at it
 * @param oldSnapshot whether readers read as of a moment before their look
 */
public record CacheCase(
        int readers, int writers, boolean crash, boolean evict, boolean lostWrite, boolean oldSnapshot) {
    private static final int ACTORS_MAX = 4;

    public CacheCase {
        if (readers < 1 || writers < 1 || readers + writers > ACTORS_MAX) {
            throw new IllegalArgumentException("A case has a reader and a writer at least, and " + ACTORS_MAX
                    + " of both at the most (readers=" + readers + ", writers=" + writers + ")");
        }
        if (lostWrite && writers > 1) {
            throw new IllegalArgumentException("Of one writer the last step is lost (writers=" + writers + ")");
        }
    }

    /** Nothing goes wrong. */
    public static CacheCase of(int readers, int writers) {
        return new CacheCase(readers, writers, false, false, false, false);
    }

    /** The cases that tell the usual ways apart: with fresh reads all seven, with old snapshots four. */
    public static List<CacheCase> usual() {
        return List.of(
                of(1, 1),
                of(2, 1),
                of(1, 2),
                of(1, 1).withCrash(),
                of(1, 2).withCrash(),
                of(1, 1).withLostWrite(),
                of(1, 1).withEviction(),
                of(1, 1).withOldSnapshots(),
                of(1, 2).withOldSnapshots(),
                of(1, 1).withOldSnapshots().withCrash(),
                of(1, 1).withOldSnapshots().withEviction());
    }

    public CacheCase withCrash() {
        return new CacheCase(readers, writers, true, evict, lostWrite, oldSnapshot);
    }

    public CacheCase withEviction() {
        return new CacheCase(readers, writers, crash, true, lostWrite, oldSnapshot);
    }

    public CacheCase withLostWrite() {
        return new CacheCase(readers, writers, crash, evict, true, oldSnapshot);
    }

    public CacheCase withOldSnapshots() {
        return new CacheCase(readers, writers, crash, evict, lostWrite, true);
    }

    /** As {@code 1R2W crash}. */
    @Override
    public String toString() {
        return readers + "R" + writers + "W" + (oldSnapshot ? " old" : "") + (crash ? " crash" : "")
                + (lostWrite ? " lost" : "") + (evict ? " +evict" : "");
    }
}
