package io.rowlock.cache;

import java.time.Duration;

/**
 * The bounds of a cache. Immutable; {@link #defaults} fits most. All processes that share a tier use the same {@link #epochBound}.
 *
 * @param epochBound for how long a process goes by what it has read of a region's epoch, default 1 s, 100 ms to 1 min. So long a
 *     write is held that could not tell the shared tier; so long nothing is taken from a region that was just opened. It is
 *     read again four times in that time: shorter is more reading, longer is longer waiting when the shared tier is away
 * @param refreshWait for how long a write waits for the epoch to be read again when what is known of it is too old, default
 *     250 ms; then it closes the region
 * @param loadMax for how long a load from the database may take, default 5 s. So long its loader has the right to fill
 * @param loadWait for how long a reader waits while somebody else loads the same key, default 50 ms, 0 for not at all; then it
 *     loads by itself and fills nothing
 * @param intentMargin for how long a write is still believed to be under way after its unit's deadline, default 5 s. If its
 *     process dies, its keys are read from the database for so long
 * @param keysMax how many keys of all regions one unit announces, default 256; a unit with more closes the regions instead, and
 *     is held for {@link #epochBound}
 * @param reopenAfter how long a region stays closed at least, default 2 s, at least the epoch's bound
 * @param sweepAfter how old a write must be before another process finishes it, default 5 s. So long a stale value can stay at the
 *     most if a writer outlasts its own intent and then dies
 * @param floorFor how long the shared tier remembers the version of a written key, default 10 min
 * @param verifyEvery of how many commits, and of how many hits, one is verified, default 100; 0 for none
 */
public record CacheOptions(
        Duration epochBound,
        Duration refreshWait,
        Duration loadMax,
        Duration loadWait,
        Duration intentMargin,
        int keysMax,
        Duration reopenAfter,
        Duration sweepAfter,
        Duration floorFor,
        int verifyEvery) {
    /** The most keys that {@link #keysMax} can be set to: they travel to the shared tier in one go. */
    public static final int KEYS_MAX = 1_000;

    private static final Duration EPOCH_BOUND_MIN = Duration.ofMillis(100);
    private static final Duration EPOCH_BOUND_MAX = Duration.ofMinutes(1);

    private static final CacheOptions DEFAULTS = new CacheOptions(
            Duration.ofSeconds(1),
            Duration.ofMillis(250),
            Duration.ofSeconds(5),
            Duration.ofMillis(50),
            Duration.ofSeconds(5),
            256,
            Duration.ofSeconds(2),
            Duration.ofSeconds(5),
            Duration.ofMinutes(10),
            100);

    public CacheOptions {
        if (epochBound.compareTo(EPOCH_BOUND_MIN) < 0 || epochBound.compareTo(EPOCH_BOUND_MAX) > 0) {
            throw new IllegalArgumentException("An epoch is read again within " + EPOCH_BOUND_MIN + " to "
                    + EPOCH_BOUND_MAX + " (epochBound=" + epochBound + ")");
        }
        requireNotNegative("refreshWait", refreshWait);
        requirePositive("loadMax", loadMax);
        requireNotNegative("loadWait", loadWait);
        requirePositive("intentMargin", intentMargin);
        requirePositive("sweepAfter", sweepAfter);
        requirePositive("floorFor", floorFor);
        if (keysMax < 1 || keysMax > KEYS_MAX) {
            throw new IllegalArgumentException("A unit announces 1 to " + KEYS_MAX + " keys (keysMax=" + keysMax + ")");
        }
        if (reopenAfter.compareTo(epochBound) < 0) {
            throw new IllegalArgumentException("A region stays closed until all know it (reopenAfter=" + reopenAfter
                    + ", epochBound=" + epochBound + ")");
        }
        if (verifyEvery < 0) {
            throw new IllegalArgumentException("One of so many is verified, or none (verifyEvery=" + verifyEvery + ")");
        }
    }

    private static void requirePositive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException("A bound is longer than nothing (" + name + "=" + value + ")");
        }
    }

    private static void requireNotNegative(String name, Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException("A wait is not negative (" + name + "=" + value + ")");
        }
    }

    /** All bounds at their defaults. */
    public static CacheOptions defaults() {
        return DEFAULTS;
    }

    /** With {@link #reopenAfter} twice as long. */
    public CacheOptions withEpochBound(Duration bound) {
        return new CacheOptions(
                bound,
                refreshWait,
                loadMax,
                loadWait,
                intentMargin,
                keysMax,
                bound.multipliedBy(2),
                sweepAfter,
                floorFor,
                verifyEvery);
    }

    public CacheOptions withRefreshWait(Duration wait) {
        return new CacheOptions(
                epochBound,
                wait,
                loadMax,
                loadWait,
                intentMargin,
                keysMax,
                reopenAfter,
                sweepAfter,
                floorFor,
                verifyEvery);
    }

    public CacheOptions withLoad(Duration max, Duration wait) {
        return new CacheOptions(
                epochBound,
                refreshWait,
                max,
                wait,
                intentMargin,
                keysMax,
                reopenAfter,
                sweepAfter,
                floorFor,
                verifyEvery);
    }

    public CacheOptions withIntentMargin(Duration margin) {
        return new CacheOptions(
                epochBound,
                refreshWait,
                loadMax,
                loadWait,
                margin,
                keysMax,
                reopenAfter,
                sweepAfter,
                floorFor,
                verifyEvery);
    }

    public CacheOptions withKeysMax(int keys) {
        return new CacheOptions(
                epochBound,
                refreshWait,
                loadMax,
                loadWait,
                intentMargin,
                keys,
                reopenAfter,
                sweepAfter,
                floorFor,
                verifyEvery);
    }

    public CacheOptions withReopenAfter(Duration after) {
        return new CacheOptions(
                epochBound,
                refreshWait,
                loadMax,
                loadWait,
                intentMargin,
                keysMax,
                after,
                sweepAfter,
                floorFor,
                verifyEvery);
    }

    public CacheOptions withSweepAfter(Duration after) {
        return new CacheOptions(
                epochBound,
                refreshWait,
                loadMax,
                loadWait,
                intentMargin,
                keysMax,
                reopenAfter,
                after,
                floorFor,
                verifyEvery);
    }

    public CacheOptions withFloorFor(Duration time) {
        return new CacheOptions(
                epochBound,
                refreshWait,
                loadMax,
                loadWait,
                intentMargin,
                keysMax,
                reopenAfter,
                sweepAfter,
                time,
                verifyEvery);
    }

    public CacheOptions withVerifyEvery(int every) {
        return new CacheOptions(
                epochBound,
                refreshWait,
                loadMax,
                loadWait,
                intentMargin,
                keysMax,
                reopenAfter,
                sweepAfter,
                floorFor,
                every);
    }
}
