package io.rowlock.app.load;

import io.rowlock.app.load.Caller.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * Many clients, each a thread that sends one request at a time.
 *
 * <p>One run at a time; {@link #done} may be asked by any thread.
 */
final class Driver {
    private final Caller caller;
    private final LoadedSystem system;
    private final LongSupplier nanoTime;
    private final LongAdder done = new LongAdder();

    /**
     * What a run measured.
     *
     * @param perClient one for each client
     * @param all of them together
     * @param nanos from the first request to the last answer
     */
    record Run(List<Tally> perClient, Tally all, long nanos) {}

    Driver(Caller caller, LoadedSystem system, LongSupplier nanoTime) {
        this.caller = caller;
        this.system = system;
        this.nanoTime = nanoTime;
    }

    /** How many operations have their answer, of all runs. */
    long done() {
        return done.sum();
    }

    /**
     * Runs all clients to the end.
     *
     * @param operations how many in all
     * @param seed of what is asked for; the order in which it comes is the machine's
     */
    Run run(int clients, long operations, Pace pace, long seed) throws InterruptedException {
        AtomicLong next = new AtomicLong();
        SplittableRandom seeds = new SplittableRandom(seed);
        ExecutorService threads = Executors.newFixedThreadPool(clients);
        long began = nanoTime.getAsLong();
        try {
            List<Future<Tally>> running = new ArrayList<>();
            for (int client = 0; client < clients; client++) {
                SplittableRandom random = seeds.split();
                int home = client;
                running.add(threads.submit(() -> client(home, next, operations, pace, random)));
            }
            List<Tally> tallies = new ArrayList<>();
            for (Future<Tally> each : running) {
                tallies.add(result(each));
            }
            long nanos = nanoTime.getAsLong() - began;
            Tally all = new Tally();
            tallies.forEach(all::add);
            return new Run(tallies, all, nanos);
        } finally {
            threads.shutdownNow();
        }
    }

    private static Tally result(Future<Tally> client) throws InterruptedException {
        try {
            return client.get();
        } catch (ExecutionException | CancellationException failed) {
            throw new IllegalStateException("A client failed", failed);
        }
    }

    private Tally client(int home, AtomicLong next, long operations, Pace pace, SplittableRandom random)
            throws InterruptedException {
        Tally tally = new Tally();
        for (long index = next.getAndIncrement(); index < operations; index = next.getAndIncrement()) {
            long due = pace.awaitDue(index);
            Call call = system.next(random);
            Reply reply = perform(call, home);
            tally.add(call, reply, reply.answeredNanos() - due);
            done.increment();
        }
        return tally;
    }

    private Reply perform(Call call, int home) throws InterruptedException {
        Reply reply = caller.send(call, home);
        Answer answer = reply.answer();
        if (answer == null || answer.status() >= 500) {
            system.promises().doubts().unknown(call.most());
        }
        if (answer == null) {
            return reply;
        }
        call.answered().accept(answer);
        Answer again = reply.again();
        if (again != null && call.step().isAnsweredInParts()) {
            // An item that failed the first time may have been applied the second time.
            call.answered().accept(again);
        }
        String key = call.key();
        if (key != null && again != null && answer.isStored() && again.isStored() && !again.isSameAs(answer)) {
            system.promises().doubts().contradiction(key, answer, again);
        }
        return reply;
    }
}
