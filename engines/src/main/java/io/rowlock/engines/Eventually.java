package io.rowlock.engines;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Waiting for something that another thread, process or server brings about. Every wait has a deadline, and ends as soon
 * as the condition holds; when it does not come to hold, the wait fails and says what it was waiting for. This is the one
 * place where a test sleeps.
 *
 * <pre>{@code
 * eventually(() -> assertThat(leases.holder(key)).isEmpty());
 * }</pre>
 *
 * Safe for use by many threads. An interrupt ends the wait with an {@link AssertionError}, and the interrupt is kept.
 */
public final class Eventually {

    /** Long enough for a busy machine, short enough that a hanging test is noticed. */
    public static final Duration DEADLINE = Duration.ofSeconds(20);

    private static final Duration PAUSE_MIN = Duration.ofMillis(1);
    private static final Duration PAUSE_MAX = Duration.ofMillis(50);

    private Eventually() {}

    /** A check that fails by throwing, such as an assertion. */
    @FunctionalInterface
    public interface Check {
        /**
         * Throws when what is waited for does not hold yet.
         *
         * @throws Exception if the check could not be made, which counts as "not yet"
         */
        void run() throws Exception;
    }

    /**
     * Repeats a check until it passes, for at most {@link #DEADLINE}.
     *
     * @throws AssertionError with the last failure as its cause, if the check never passed
     */
    public static void eventually(Check check) {
        eventually(DEADLINE, check);
    }

    /**
     * Repeats a check until it passes. It is made at least once, even with a deadline of zero.
     *
     * @throws AssertionError with the last failure as its cause, if the check never passed
     */
    public static void eventually(Duration deadline, Check check) {
        Throwable[] last = new Throwable[1];
        boolean passed = await(deadline, () -> {
            try {
                check.run();
                return true;
            } catch (Exception | AssertionError e) {
                if (e instanceof InterruptedException) {
                    Thread.currentThread().interrupt();
                }
                last[0] = e;
                return false;
            }
        });
        if (!passed) {
            throw failure("Still failing at the deadline (deadline=%s): %s".formatted(deadline, last[0]), last[0]);
        }
    }

    /**
     * Waits until a condition holds.
     *
     * @param what the condition in words, for the message
     * @throws AssertionError if it did not come to hold in time
     */
    public static void until(String what, Duration deadline, BooleanSupplier condition) {
        if (!await(deadline, condition)) {
            throw failure("Did not happen before the deadline (what=%s, deadline=%s)".formatted(what, deadline), null);
        }
    }

    /** Whether the condition came to hold before the deadline; the same wait for callers that decide themselves. */
    static boolean await(Duration deadline, BooleanSupplier condition) {
        long end = System.nanoTime() + deadline.toNanos();
        long pauseNanos = PAUSE_MIN.toNanos();
        while (!condition.getAsBoolean()) {
            long leftNanos = end - System.nanoTime();
            if (leftNanos <= 0) {
                return false;
            }
            pause(Math.min(pauseNanos, leftNanos));
            pauseNanos = Math.min(pauseNanos * 2, PAUSE_MAX.toNanos());
        }
        return true;
    }

    static void pause(long nanos) {
        try {
            Thread.sleep(nanos / 1_000_000, (int) (nanos % 1_000_000));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure("Interrupted while waiting", e);
        }
    }

    private static AssertionError failure(String message, @Nullable Throwable cause) {
        return new AssertionError(message, cause);
    }
}
