package io.rowlock.app.compare;

import io.rowlock.dialect.Engine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Lets forms take turns under the same load: short turns in random order, so that whatever else the machine does meets all of
 * them.
 */
public final class Comparison {
    private static final long MAX_NANOS = 120_000_000_000L;
    private static final double NANOS_PER_MILLI = 1e6;
    private static final double P99 = 99;
    private static final double P50 = 50;

    private final int clients;
    private final int rounds;
    private final Duration turn;
    private final Held held = new Held();

    /**
     * @param clients threads that do the operation again and again
     * @param rounds how often each form has its turn, besides one to warm up
     * @param turn how long a turn is
     */
    public Comparison(int clients, int rounds, Duration turn) {
        this.clients = clients;
        this.rounds = rounds;
        this.turn = turn;
    }

    /** The pool to give to the forms, so that what they lock is seen. */
    public DataSource watching(DataSource pool) {
        return held.watching(pool);
    }

    /**
     * What a form did.
     *
     * @param perSecond operations that were done, a second
     * @param heldMaxMillis the longest of all
     * @param failedPercent of all, those that ended with an exception
     * @param wrong what is wrong in the books afterwards
     */
    public record Result(
            String contest,
            String form,
            double perSecond,
            double p50Millis,
            double p99Millis,
            double heldP50Millis,
            double heldP99Millis,
            double heldMaxMillis,
            double failedPercent,
            long wrong) {}

    private static final class Tally {
        private final Histogram latency = new ConcurrentHistogram(MAX_NANOS, 3);
        private final Histogram held = new Histogram(MAX_NANOS, 3);
        private final LongAdder done = new LongAdder();
        private final LongAdder failed = new LongAdder();
        private final LongAdder all = new LongAdder();
        private long nanos;
    }

    /** Runs a contest. */
    public List<Result> run(Contest contest, Engine engine, Random random, Consumer<String> progress)
            throws InterruptedException {
        Map<Form, Tally> tallies = new LinkedHashMap<>();
        contest.forms().forEach(form -> tallies.put(form, new Tally()));
        ExecutorService threads = Executors.newFixedThreadPool(clients);
        try {
            for (int round = 0; round <= rounds; round++) {
                List<Form> order = new ArrayList<>(contest.forms());
                Collections.shuffle(order, random);
                for (Form form : order) {
                    progress.accept(engine.title() + ", " + contest.title() + ": " + form.name() + ", round " + round
                            + " of " + rounds);
                    Tally tally = round == 0 ? new Tally() : tallies.getOrDefault(form, new Tally());
                    turn(form, tally, threads);
                }
            }
        } finally {
            threads.shutdownNow();
        }
        return tallies.entrySet().stream()
                .map(each -> result(contest, each.getKey(), each.getValue()))
                .toList();
    }

    private void turn(Form form, Tally tally, ExecutorService threads) throws InterruptedException {
        CyclicBarrier together = new CyclicBarrier(clients);
        held.reset();
        long began = System.nanoTime();
        long end = began + turn.toNanos();
        List<Callable<Void>> all = IntStream.range(0, clients)
                .<Callable<Void>>mapToObj(client -> () -> {
                    together.await();
                    while (System.nanoTime() - end < 0) {
                        once(form, tally, client);
                    }
                    return null;
                })
                .toList();
        for (Future<Void> each : threads.invokeAll(all)) {
            try {
                each.get();
            } catch (ExecutionException broken) {
                throw new IllegalStateException("A client broke down", broken.getCause());
            }
        }
        tally.nanos += System.nanoTime() - began;
        tally.held.add(held.seen());
    }

    private static void once(Form form, Tally tally, int client) {
        long began = System.nanoTime();
        tally.all.increment();
        try {
            if (form.operation().run(client)) {
                tally.done.increment();
                tally.latency.recordValue(Math.min(MAX_NANOS, System.nanoTime() - began));
            }
        } catch (Exception failed) {
            tally.failed.increment();
        }
    }

    private static Result result(Contest contest, Form form, Tally tally) {
        return new Result(
                contest.title(),
                form.name(),
                tally.done.sum() / (tally.nanos / 1e9),
                tally.latency.getValueAtPercentile(P50) / NANOS_PER_MILLI,
                tally.latency.getValueAtPercentile(P99) / NANOS_PER_MILLI,
                tally.held.getValueAtPercentile(P50) / NANOS_PER_MILLI,
                tally.held.getValueAtPercentile(P99) / NANOS_PER_MILLI,
                tally.held.getMaxValue() / NANOS_PER_MILLI,
                100.0 * tally.failed.sum() / Math.max(1, tally.all.sum()),
                form.wrong().get());
    }
}
