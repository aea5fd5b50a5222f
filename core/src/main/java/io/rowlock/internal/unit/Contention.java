package io.rowlock.internal.unit;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Keeps units from running into each other where they have been doing so.
 *
 * <p>Optimistic units on a few hot rows waste each other's work: with sixteen threads on eight rows nearly every first
 * attempt fails. So a row that was found changed counts as contended for a second, and a unit that reads a contended row
 * first has to be let in. How many are let in at once is found by trial: a failed first attempt of a unit that was let in
 * lowers the limit by a twelfth, a good one raises it by a sixtieth, which settles where about one in six fails. A
 * single hot row that everybody changes ends as a fair queue of one or two; a row that many check and one changes lets some
 * ten through at a time, with the writer among them in its turn. Units on other rows never notice.
 *
 * <p>First come, first served; every wait has the unit's deadline. A unit is let in once, keeps its place through all its
 * attempts, and never waits here while it holds a lock in the database or a connection, so nothing can wait in a circle.
 *
 * <p>After additive-increase/multiplicative-decrease congestion control (Chiu and Jain, 1989), both steps taken relative to
 * the limit so that the rate of failures, not the limit, is what is held.
 */
final class Contention {
    private static final long CONTENDED_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** A bound on memory: with more contended rows than this, the newest are not remembered. */
    private static final int ROWS_MAX = 4096;

    private static final double LIMIT_MAX = 256;
    private static final double RAISE = 1 + 1.0 / 60;
    private static final double LOWER = 1 - 1.0 / 12;

    private final ConcurrentMap<RowId, Long> contendedUntil = new ConcurrentHashMap<>();
    private final Deque<Waiter> waiters = new ArrayDeque<>();
    private double limit = LIMIT_MAX;
    private int inside;

    private static final class Waiter {
        private final Thread thread = Thread.currentThread();
        private volatile boolean admitted;
    }

    /** Whether this row has lately been found changed under a unit. */
    boolean isContended(RowId row, long now) {
        if (contendedUntil.isEmpty()) {
            return false;
        }
        Long until = contendedUntil.get(row);
        if (until == null) {
            return false;
        }
        if (until - now < 0) {
            contendedUntil.remove(row, until);
            return false;
        }
        return true;
    }

    /** A unit found this row changed. */
    void changed(RowId row, long now) {
        if (contendedUntil.size() >= ROWS_MAX) {
            contendedUntil.values().removeIf(until -> until - now < 0);
        }
        if (contendedUntil.size() < ROWS_MAX || contendedUntil.containsKey(row)) {
            contendedUntil.put(row, now + CONTENDED_NANOS);
        }
    }

    /**
     * Waits to be let in.
     *
     * @param beforeWaiting gives up what others need; not called if there is nothing to wait for
     * @return whether it was; false when the time is up
     */
    boolean enter(long nanos, Runnable beforeWaiting) throws InterruptedException {
        Waiter waiter;
        synchronized (this) {
            if (inside < allowed() && waiters.isEmpty()) {
                inside++;
                return true;
            }
            waiter = new Waiter();
            waiters.add(waiter);
        }
        beforeWaiting.run();
        long end = System.nanoTime() + nanos;
        while (!waiter.admitted) {
            long left = end - System.nanoTime();
            boolean interrupted = Thread.interrupted();
            if (left <= 0 || interrupted) {
                synchronized (this) {
                    if (!waiter.admitted) {
                        waiters.remove(waiter);
                        if (interrupted) {
                            throw new InterruptedException();
                        }
                        return false;
                    }
                }
                if (interrupted) {
                    leave();
                    throw new InterruptedException();
                }
                return true;
            }
            LockSupport.parkNanos(this, left);
        }
        return true;
    }

    /** A unit that was let in is over. */
    void leave() {
        synchronized (this) {
            inside--;
            admitNext();
        }
    }

    /** How the first attempt of a unit that was let in ended. */
    synchronized void learned(boolean collided) {
        limit = collided ? Math.max(1, limit * LOWER) : Math.min(LIMIT_MAX, limit * RAISE);
        admitNext();
    }

    synchronized int allowed() {
        return Math.max(1, (int) limit);
    }

    private void admitNext() {
        while (inside < allowed()) {
            @Nullable Waiter next = waiters.poll();
            if (next == null) {
                return;
            }
            inside++;
            next.admitted = true;
            LockSupport.unpark(next.thread);
        }
    }
}
