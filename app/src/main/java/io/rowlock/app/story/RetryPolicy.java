package io.rowlock.app.story;

import java.time.Duration;

/**
 * How long a change that meets other versions is brought together with them and tried again. Immutable.
 *
 * <p>The bounds are two, one in the other: an iteration is a number of cycles in quick succession, each with the newest version;
 * after it comes a longer pause, so that whoever is in the way is through, and then the next iteration. In all a change is tried
 * {@code iterations × cycles} times at the most.
 *
 * @param iterations how many of them, 1 to 100; default 3
 * @param cycles how many tries each has, 1 to 100; default 10
 * @param pauseFirst upper bound of the random pause after the first cycle; doubles each time; default 5 ms
 * @param pauseMax upper bound of any random pause within an iteration, and of that after the first iteration, which is longer
 *     after each further one; default 250 ms
 */
public record RetryPolicy(int iterations, int cycles, Duration pauseFirst, Duration pauseMax) {
    private static final int MAX = 100;
    private static final Duration PAUSE_MAX = Duration.ofMinutes(1);

    /** 3 iterations of 10 cycles. */
    public static final RetryPolicy STANDARD = new RetryPolicy(3, 10, Duration.ofMillis(5), Duration.ofMillis(250));

    public RetryPolicy {
        require(iterations >= 1 && iterations <= MAX, "retry.iterations is a number from 1 to 100, not " + iterations);
        require(cycles >= 1 && cycles <= MAX, "retry.cycles is a number from 1 to 100, not " + cycles);
        require(
                !pauseFirst.isNegative() && pauseFirst.compareTo(pauseMax) <= 0 && pauseMax.compareTo(PAUSE_MAX) <= 0,
                "retry.pause-first and retry.pause-max are from 0s to 1m, the first not longer, not " + pauseFirst
                        + " and " + pauseMax);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    /** The upper bound of the pause after a cycle of an iteration, both from 1. */
    Duration pauseAfter(int cycle) {
        Duration pause = pauseFirst.multipliedBy(1L << Math.min(cycle - 1, 20));
        return pause.compareTo(pauseMax) < 0 ? pause : pauseMax;
    }

    /** The upper bound of the pause after an iteration, from 1. */
    Duration pauseAfterIteration(int iteration) {
        return pauseMax.multipliedBy(iteration);
    }
}
