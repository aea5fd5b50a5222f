package io.rowlock.app.mastery;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;

/**
 * Keeps calls away from what is failing: once half of the last {@value #CALLS} calls of a minute have failed nothing is let through for
 * five seconds, then {@value #PROBES} calls are, and if they succeed everything is.
 *
 * <p>Safe for use by many threads.
 */
final class CircuitBreaker {
    static final int CALLS = 20;
    static final int PROBES = 2;
    static final Duration OPEN = Duration.ofSeconds(5);
    private static final double FAILURES = 0.5;
    private static final Duration WINDOW = Duration.ofSeconds(60);

    private final LongSupplier nanos;
    private final Deque<Call> calls = new ArrayDeque<>();
    private boolean open;
    private long openedAt;
    private int probing;
    private int passed;

    private record Call(long at, boolean failed) {}

    /** @param nanos the monotonic clock */
    CircuitBreaker(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** Whether a call may be made. Whoever is told so says how it went: {@link #ended}. */
    synchronized boolean letsThrough() {
        if (!open) {
            return true;
        }
        if (nanos.getAsLong() - openedAt < OPEN.toNanos() || probing == PROBES) {
            return false;
        }
        probing++;
        return true;
    }

    /** A call that was let through has ended. */
    synchronized void ended(boolean failed) {
        long now = nanos.getAsLong();
        if (open) {
            if (probing == 0) {
                return; // begun before it opened
            }
            if (failed) {
                open(now);
            } else if (++passed == PROBES) {
                open = false;
                calls.clear();
            }
            return;
        }
        calls.addLast(new Call(now, failed));
        while (calls.size() > CALLS || now - calls.getFirst().at() > WINDOW.toNanos()) {
            calls.removeFirst();
        }
        if (calls.size() == CALLS && calls.stream().filter(Call::failed).count() >= CALLS * FAILURES) {
            open(now);
        }
    }

    private void open(long now) {
        open = true;
        openedAt = now;
        probing = 0;
        passed = 0;
    }

    /** Whether nothing is let through, or only probes. */
    synchronized boolean isOpen() {
        return open;
    }
}
