package io.rowlock.engines;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Time that passes only when a test says so: wall clock, monotonic clock and sleeper in one.
 *
 * <pre>{@code
 * var clock = new TestClock();
 * var renewals = startRenewing(clock::nanoTime, clock::sleep);
 * clock.awaitSleepers(1);
 * clock.advance(Duration.ofSeconds(10)); // and the renewal happens
 * }</pre>
 *
 * <p>The monotonic clock starts ten seconds before its numbers overflow, as {@link System#nanoTime()} may: code that
 * compares two readings instead of subtracting them fails here.
 *
 * <p>Safe for use by many threads.
 */
public final class TestClock extends Clock {

    private static final Instant START = Instant.parse("2025-01-01T00:00:00Z");
    private static final long BEFORE_OVERFLOW_NANOS = Duration.ofSeconds(10).toNanos();
    /** A test that forgets to advance the clock fails instead of hanging. */
    private static final Duration REAL_SLEEP_MAX = Duration.ofSeconds(60);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Long> wakeUps = new ArrayList<>();
    private Instant now;
    private long elapsedNanos;

    /** A clock that shows the first moment of 2025, UTC. */
    public TestClock() {
        this(START);
    }

    /** A clock that shows the given moment. */
    public TestClock(Instant start) {
        now = start;
    }

    /**
     * Lets time pass; everything that slept until a moment on the way wakes up.
     *
     * @throws IllegalArgumentException if the duration is negative: time does not run backwards, though
     *     {@link #setWallClock} may
     */
    public void advance(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("Time cannot be taken back (duration=" + duration + ")");
        }
        lock.lock();
        try {
            now = now.plus(duration);
            elapsedNanos += duration.toNanos();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Sets the wall clock, forward or back, as an administrator does; the monotonic clock and sleepers do not notice. */
    public void setWallClock(Instant instant) {
        lock.lock();
        try {
            now = instant;
        } finally {
            lock.unlock();
        }
    }

    /** The monotonic clock, in nanoseconds; only differences mean something. */
    public long nanoTime() {
        lock.lock();
        try {
            return Long.MAX_VALUE - BEFORE_OVERFLOW_NANOS + elapsedNanos;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until the clock was advanced that far. Zero or less returns at once.
     *
     * @throws AssertionError if the clock was not advanced within a real minute
     */
    public void sleep(Duration duration) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long wakeUp = elapsedNanos + duration.toNanos();
            Long entry = wakeUp;
            wakeUps.add(entry);
            changed.signalAll();
            try {
                long realNanos = REAL_SLEEP_MAX.toNanos();
                while (elapsedNanos < wakeUp) {
                    if (realNanos <= 0) {
                        throw new AssertionError("Nobody advanced the clock (sleep=" + duration + ")");
                    }
                    realNanos = changed.awaitNanos(realNanos);
                }
            } finally {
                wakeUps.remove(entry);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits, in real time, until at least that many threads sleep on this clock.
     *
     * @throws AssertionError if they do not within {@link Eventually#DEADLINE}
     */
    public void awaitSleepers(int count) {
        lock.lock();
        try {
            long realNanos = Eventually.DEADLINE.toNanos();
            while (sleeping() < count) {
                if (realNanos <= 0) {
                    throw new AssertionError(
                            "Too few threads sleep (expected=%d, actual=%d)".formatted(count, sleeping()));
                }
                realNanos = changed.awaitNanos(realNanos);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted while waiting for sleepers", e);
        } finally {
            lock.unlock();
        }
    }

    /** How long the clock must be advanced until the first sleeper wakes; empty if nobody sleeps. */
    public Optional<Duration> untilNextWakeUp() {
        lock.lock();
        try {
            return wakeUps.stream()
                    .filter(wakeUp -> wakeUp > elapsedNanos)
                    .min(Comparator.naturalOrder())
                    .map(wakeUp -> Duration.ofNanos(wakeUp - elapsedNanos));
        } finally {
            lock.unlock();
        }
    }

    private long sleeping() {
        return wakeUps.stream().filter(wakeUp -> wakeUp > elapsedNanos).count();
    }

    @Override
    public Instant instant() {
        lock.lock();
        try {
            return now;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return new Zoned(this, zone);
    }

    @Override
    public String toString() {
        return "TestClock(" + instant() + ", +" + TimeUnit.NANOSECONDS.toMillis(elapsedNanos) + " ms)";
    }

    private static final class Zoned extends Clock {

        private final TestClock clock;
        private final ZoneId zone;

        private Zoned(TestClock clock, ZoneId zone) {
            this.clock = clock;
            this.zone = zone;
        }

        @Override
        public Instant instant() {
            return clock.instant();
        }

        @Override
        public ZoneId getZone() {
            return zone;
        }

        @Override
        public Clock withZone(ZoneId other) {
            return new Zoned(clock, other);
        }
    }
}
