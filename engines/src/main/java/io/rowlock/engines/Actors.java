package io.rowlock.engines;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Runs pieces of work at the same time, each on a thread of its own, from a common start.
 *
 * <pre>{@code
 * List<Actors.Outcome<Boolean>> outcomes = Actors.run(() -> buy(lastSeat), () -> buy(lastSeat));
 * assertThat(outcomes).extracting(Actors.Outcome::get).containsExactlyInAnyOrder(true, false);
 * }</pre>
 *
 * <p>That they start together makes a collision likely, not certain; what must be shown to collide belongs in a race test
 * that steers the order. Safe for use by many threads.
 */
public final class Actors {

    /** Longer than any lock wait that a test provokes. */
    public static final Duration DEADLINE = Duration.ofSeconds(60);

    private Actors() {}

    /**
     * How one actor ended.
     *
     * @param value what it returned; null also if it failed
     * @param failure what it threw, or null
     */
    public record Outcome<T>(@Nullable T value, @Nullable Throwable failure) {

        /** Whether it returned. */
        public boolean succeeded() {
            return failure == null;
        }

        /**
         * What it returned.
         *
         * @throws AssertionError with the actor's failure as its cause, if it failed
         */
        @SuppressWarnings("NullAway") // null only if the actor returned null
        public T get() {
            if (failure != null) {
                throw new AssertionError("An actor failed: " + failure, failure);
            }
            return value;
        }
    }

    /**
     * Runs actors at the same time and waits for all of them, for at most {@link #DEADLINE}.
     *
     * @return how each ended, in the order given
     * @throws AssertionError if one has not ended by then; the actors are interrupted, and their stacks attached
     */
    @SafeVarargs
    @SuppressWarnings("varargs") // the array is only read
    public static <T> List<Outcome<T>> run(Callable<? extends T>... actors) {
        return run(DEADLINE, List.of(actors));
    }

    /** As {@link #run(Callable...)}, with a deadline of the caller's own. */
    public static <T> List<Outcome<T>> run(Duration deadline, Collection<? extends Callable<? extends T>> actors) {
        List<Callable<? extends T>> all = List.copyOf(actors);
        AtomicReferenceArray<@Nullable Outcome<T>> outcomes = new AtomicReferenceArray<>(all.size());
        CyclicBarrier start = new CyclicBarrier(Math.max(1, all.size()));
        CountDownLatch end = new CountDownLatch(all.size());
        List<Thread> threads = IntStream.range(0, all.size())
                .mapToObj(i -> {
                    Thread thread = new Thread(
                            () -> {
                                outcomes.set(i, play(all.get(i), start));
                                end.countDown();
                            },
                            "actor-" + (i + 1));
                    thread.setDaemon(true);
                    return thread;
                })
                .toList();
        threads.forEach(Thread::start);
        await(end, deadline, threads);
        List<Outcome<T>> result = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            Outcome<T> outcome = outcomes.get(i);
            if (outcome == null) {
                throw new IllegalStateException("An actor ended without an outcome (actor=" + (i + 1) + ")");
            }
            result.add(outcome);
        }
        return result;
    }

    private static <T> Outcome<T> play(Callable<? extends T> actor, CyclicBarrier start) {
        try {
            start.await();
            return new Outcome<>(actor.call(), null);
        } catch (Throwable e) {
            return new Outcome<>(null, e);
        }
    }

    private static void await(CountDownLatch end, Duration deadline, List<Thread> threads) {
        try {
            if (!end.await(deadline.toNanos(), TimeUnit.NANOSECONDS)) {
                List<Thread> late = threads.stream().filter(Thread::isAlive).toList();
                AssertionError error =
                        new AssertionError("Actors are still at work at the deadline (deadline=%s, late=%s)"
                                .formatted(
                                        deadline,
                                        late.stream().map(Thread::getName).toList()));
                late.forEach(thread -> error.addSuppressed(stackOf(thread)));
                throw error;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted while actors were at work", e);
        } finally {
            threads.forEach(Thread::interrupt);
        }
    }

    private static Throwable stackOf(Thread thread) {
        Throwable stack = new Throwable("At work: " + thread.getName());
        stack.setStackTrace(thread.getStackTrace());
        return stack;
    }
}
