package io.rowlock.app.limit;

import java.time.Duration;

/**
 * How often somebody may do something, as an option of a system. Immutable.
 *
 * @param max how often within the window, 0 to 1000; 0 is as often as they like
 * @param window how far back is counted, 1 second to 1 day
 */
public record LimitOptions(int max, Duration window) {
    private static final int MAX = 1000;
    private static final Duration WINDOW_MIN = Duration.ofSeconds(1);
    private static final Duration WINDOW_MAX = Duration.ofDays(1);

    /** As often as they like. */
    public static final LimitOptions OFF = new LimitOptions(0, WINDOW_MIN);

    public LimitOptions {
        if (max < 0 || max > MAX) {
            throw new IllegalArgumentException("rate-limit.max is a number from 0 to " + MAX + ", not " + max);
        }
        if (window.compareTo(WINDOW_MIN) < 0 || window.compareTo(WINDOW_MAX) > 0) {
            throw new IllegalArgumentException("rate-limit.window is from 1s to 1d, not " + window);
        }
    }
}
