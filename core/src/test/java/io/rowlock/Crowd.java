package io.rowlock;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Clients on threads of their own that each do one thing over and over. What one throws ends all of them and fails the
 * test: nothing of the ordinary course of contention may reach a caller.
 */
final class Crowd {
    private static final long HANG_SECONDS = 120;

    private Crowd() {}

    /** What a client does once. */
    @FunctionalInterface
    interface Client {
        void once() throws Exception;
    }

    /** Runs for this long; how often each client came round, in the order given. */
    static long[] during(Duration window, List<? extends Client> clients) {
        long[] end = new long[1];
        return run(
                clients, () -> end[0] = System.nanoTime() + window.toNanos(), round -> System.nanoTime() - end[0] < 0);
    }

    /** Each client does its work this often. */
    static void times(int times, List<? extends Client> clients) {
        long[] rounds = run(clients, () -> {}, round -> round < times);
        for (long done : rounds) {
            if (done != times) {
                throw new AssertionError("A client stopped early (done=" + done + ", wanted=" + times + ")");
            }
        }
    }

    /** Whether a client goes on after that many rounds. */
    private interface GoesOn {
        boolean after(long rounds);
    }

    private static long[] run(List<? extends Client> clients, Runnable start, GoesOn goesOn) {
        long[] rounds = new long[clients.size()];
        ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
        CyclicBarrier together = new CyclicBarrier(clients.size(), start);
        BooleanSupplier healthy = failures::isEmpty;
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < clients.size(); i++) {
            int me = i;
            Client client = clients.get(i);
            Thread thread = new Thread(
                    () -> {
                        try {
                            together.await();
                            long done = 0;
                            while (healthy.getAsBoolean() && goesOn.after(done)) {
                                client.once();
                                done++;
                            }
                            rounds[me] = done;
                        } catch (Throwable thrown) {
                            failures.add(thrown);
                        }
                    },
                    "client-" + i);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
        join(threads, failures);
        Throwable first = failures.poll();
        if (first != null) {
            AssertionError error = new AssertionError("A client failed (others=" + failures.size() + ")", first);
            failures.stream().limit(3).forEach(error::addSuppressed);
            throw error;
        }
        return rounds;
    }

    private static void join(List<Thread> threads, ConcurrentLinkedQueue<Throwable> failures) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(HANG_SECONDS);
        for (Thread thread : threads) {
            try {
                thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new AssertionError("Interrupted while clients were at work", interrupted);
            }
            if (thread.isAlive()) {
                Throwable stack = new IllegalStateException("Still at work: " + thread.getName());
                stack.setStackTrace(thread.getStackTrace());
                failures.add(stack);
            }
        }
    }
}
