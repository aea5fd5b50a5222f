package io.rowlock;

import java.time.Clock;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Time and chance, through one door: a simulated run replaces this object and nothing else.
 *
 * @param clock wall time, for what is stored and shown; never for measuring a wait
 * @param nanoTime monotonic time, for deadlines and durations
 * @param sleeper how to wait
 * @param random where jitter comes from; called from many threads
 */
public record Timing(Clock clock, LongSupplier nanoTime, Sleeper sleeper, RandomGenerator random) {

    /** How to wait. */
    @FunctionalInterface
    public interface Sleeper {
        /** Waits about this long. */
        void sleep(long nanos) throws InterruptedException;
    }

    public Timing {
        Objects.requireNonNull(clock, "clock");
        Objects.requireNonNull(nanoTime, "nanoTime");
        Objects.requireNonNull(sleeper, "sleeper");
        Objects.requireNonNull(random, "random");
    }

    /** The machine's own clocks. */
    public static Timing system() {
        return new Timing(Clock.systemUTC(), System::nanoTime, TimeUnit.NANOSECONDS::sleep, new SharedRandom());
    }

    /** Random numbers for many threads: each draws from its own generator. */
    private static final class SharedRandom implements RandomGenerator {
        @Override
        public long nextLong() {
            return ThreadLocalRandom.current().nextLong();
        }
    }
}
