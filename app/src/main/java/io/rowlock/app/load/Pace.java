package io.rowlock.app.load;

import java.util.function.LongSupplier;

/**
 * When requests are due.
 *
 * <p>In a <b>closed loop</b> a client sends its next request when the last is answered, and a request begins when it is
 * sent. In an <b>open loop</b> requests are due at fixed times, whatever the service does; when no client is free at that
 * time the request waits, and its latency counts <b>from the time it was due</b>. Measured from the sending, a service that
 * stands still for a second would be charged for one slow request, and not for the hundred that should have come meanwhile.
 *
 * <p>Safe for use by many threads.
 */
final class Pace {
    private static final double NANOS_PER_SECOND = 1e9;

    private final double intervalNanos;
    private final LongSupplier nanoTime;
    private final Sleeper sleeper;
    private final long startNanos;

    /** Waits. */
    @FunctionalInterface
    interface Sleeper {
        void sleepNanos(long nanos) throws InterruptedException;
    }

    private Pace(double intervalNanos, LongSupplier nanoTime, Sleeper sleeper) {
        this.intervalNanos = intervalNanos;
        this.nanoTime = nanoTime;
        this.sleeper = sleeper;
        this.startNanos = nanoTime.getAsLong();
    }

    /** Each client after its own last answer. */
    static Pace closed(LongSupplier nanoTime) {
        return new Pace(0, nanoTime, nanos -> {});
    }

    /** So many a second in all; the first is due now. */
    static Pace open(double perSecond, LongSupplier nanoTime, Sleeper sleeper) {
        return new Pace(NANOS_PER_SECOND / perSecond, nanoTime, sleeper);
    }

    /**
     * Waits until a request is due.
     *
     * @param index which request, from 0
     * @return when it was due, on the clock that was given; its latency counts from there
     */
    long awaitDue(long index) throws InterruptedException {
        if (intervalNanos == 0) {
            return nanoTime.getAsLong();
        }
        long due = startNanos + Math.round(index * intervalNanos);
        for (long left = due - nanoTime.getAsLong(); left > 0; left = due - nanoTime.getAsLong()) {
            sleeper.sleepNanos(left);
        }
        return due;
    }

    boolean isOpen() {
        return intervalNanos != 0;
    }
}
