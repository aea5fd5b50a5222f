package io.rowlock.bench;

import io.rowlock.bench.Measurement.Line;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * Measures candidates side by side: in every round each has one slice, in random order, and each slice is compared with the
 * reference's of the same round.
 *
 * <p>An operation counts in the slice in which it ends. One that begins in a slice and ends after it is waited for and
 * checked, and counts in none; so a thread that is starved lowers its candidate's rate as it should.
 *
 * <p>Where other programs were busy during a round, another one is added, up to {@link Plan#roundsMax}; the quietest are
 * kept. Which ones those are is decided by what the others used, never by what the candidates did.
 */
final class Harness {
    /** A round in which other programs used more of the processors than this is measured again, if there is time. */
    private static final double QUIET_CPU_MAX = 0.15;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final Plan plan;
    private final Cpu cpu;
    private final Consumer<String> turn;

    /**
     * A harness.
     *
     * @param cpu tells what other programs used
     * @param turn is told the name of each candidate whose slice begins
     */
    Harness(Plan plan, Cpu cpu, Consumer<String> turn) {
        this.plan = plan;
        this.cpu = cpu;
        this.turn = turn;
    }

    /** How many slices a measurement of this workload takes at the least, its warm-up included. */
    int slices(Workload workload) {
        return workload.candidates().size() * (plan.rounds() + warmUpRounds());
    }

    private int warmUpRounds() {
        return (int) Math.max(1, plan.warmUp().toNanos() / plan.slice().toNanos());
    }

    /**
     * What one slice gave.
     *
     * @param nanos time per doing the thing once and thread
     * @param done how many operations ended
     */
    private record Slice(
            double nanos, List<Long> counted, long done, long clientNanos, Latencies latencies, double serverMicros) {
        Slice with(double newServerMicros) {
            return new Slice(nanos, counted, done, clientNanos, latencies, newServerMicros);
        }
    }

    /**
     * What one thread did in a slice.
     *
     * @param counted how many operations ended in time
     * @param done how many ended
     * @param clientNanos the nanoseconds of processor that the thread used
     */
    private record Lane(long counted, long done, long clientNanos, Latencies latencies) {}

    /**
     * A slice of every candidate.
     *
     * @param slices in the workload's order
     * @param foreignCpu what other programs used meanwhile, 0 where it cannot be told
     */
    private record Round(List<Slice> slices, double foreignCpu) {}

    /**
     * Measures a workload.
     *
     * @throws NotStored if a candidate reports what it has not done
     */
    Measurement measure(Workload workload, int threads) throws Exception {
        ExecutorService lanes = Executors.newFixedThreadPool(threads);
        try {
            return new Run(workload, threads, lanes).measure();
        } finally {
            lanes.shutdownNow();
        }
    }

    /** One measurement while it goes on. */
    private final class Run {
        private final Workload workload;
        private final int threads;
        private final ExecutorService lanes;
        private final Random random = new Random(plan.seed());
        private final List<List<Op>> ops = new ArrayList<>();
        private long stored;

        Run(Workload workload, int threads, ExecutorService lanes) throws Exception {
            this.workload = workload;
            this.threads = threads;
            this.lanes = lanes;
            for (Candidate candidate : workload.candidates()) {
                List<Op> own = new ArrayList<>();
                for (int thread = 0; thread < threads; thread++) {
                    own.add(candidate.ops().of(thread));
                }
                ops.add(own);
            }
            this.stored = workload.stored().operations();
        }

        /** Rounds in which the machine was busy with other things are followed by others, up to a limit. */
        Measurement measure() throws Exception {
            for (int round = 0; round < warmUpRounds(); round++) {
                Round unused = round();
            }
            List<Round> rounds = new ArrayList<>();
            int quiet = 0;
            while (quiet < plan.rounds() && rounds.size() < plan.roundsMax()) {
                Round round = round();
                rounds.add(round);
                quiet += round.foreignCpu <= QUIET_CPU_MAX ? 1 : 0;
            }
            int measured = rounds.size();
            List<Round> kept = rounds.stream()
                    .sorted(Comparator.comparingDouble(Round::foreignCpu))
                    .limit(plan.rounds())
                    .toList();
            List<Line> lines = new ArrayList<>();
            for (int i = 0; i < workload.candidates().size(); i++) {
                lines.add(line(i, kept));
            }
            double foreign =
                    kept.stream().mapToDouble(Round::foreignCpu).average().orElseThrow();
            return new Measurement(workload, threads, measured, kept.size(), foreign, lines);
        }

        private Round round() throws Exception {
            List<Integer> order = new ArrayList<>();
            for (int i = 0; i < ops.size(); i++) {
                order.add(i);
            }
            Collections.shuffle(order, random);
            Slice[] slices = new Slice[ops.size()];
            Cpu.Use before = cpu.now();
            Cpu.Use last = before;
            for (int i : order) {
                turn.accept(workload.candidates().get(i).name());
                Slice slice = checked(i);
                Cpu.Use now = cpu.now();
                slices[i] = slice.with(now.serverMicrosSince(last));
                last = now;
            }
            return new Round(List.of(slices), last.foreignSince(before));
        }

        private Slice checked(int candidate) throws Exception {
            for (Op op : ops.get(candidate)) {
                op.prepare();
            }
            int batch = workload.candidates().get(candidate).batch();
            Slice slice = slice(ops.get(candidate), batch, lanes, plan.slice());
            long now = workload.stored().operations();
            if (now - stored != slice.done * batch) {
                throw new NotStored(workload, workload.candidates().get(candidate), slice.done * batch, now - stored);
            }
            stored = now;
            return slice;
        }

        private Line line(int candidate, List<Round> rounds) {
            double[] ratios = new double[rounds.size()];
            double[] micros = new double[rounds.size()];
            List<Double> nanos = new ArrayList<>();
            Latencies latencies = new Latencies();
            long[] counted = new long[threads];
            long done = 0;
            double client = 0;
            double server = 0;
            for (int i = 0; i < ratios.length; i++) {
                Slice slice = rounds.get(i).slices.get(candidate);
                ratios[i] = slice.nanos / rounds.get(i).slices.get(0).nanos;
                nanos.add(slice.nanos);
                latencies.add(slice.latencies);
                micros[i] = slice.nanos / 1000;
                for (int thread = 0; thread < threads; thread++) {
                    counted[thread] += slice.counted.get(thread);
                }
                done += slice.done;
                client += slice.clientNanos / 1e3;
                server += slice.serverMicros;
            }
            double turns = (double) done * workload.candidates().get(candidate).batch();
            long most = Arrays.stream(counted).max().orElseThrow();
            long least = Arrays.stream(counted).min().orElseThrow();
            return new Line(
                    workload.candidates().get(candidate),
                    Statistics.spread(ratios, random),
                    Statistics.spread(micros, random),
                    nanos,
                    latencies,
                    client / turns,
                    server / turns,
                    most == 0 ? 0 : (double) least / most,
                    done);
        }
    }

    private static Slice slice(List<Op> ops, int batch, ExecutorService lanes, Duration length) throws Exception {
        int threads = ops.size();
        CountDownLatch ready = new CountDownLatch(threads);
        CountDownLatch go = new CountDownLatch(1);
        long nanos = length.toNanos();
        List<Future<Lane>> running = new ArrayList<>();
        for (Op op : ops) {
            running.add(lanes.submit(() -> {
                ready.countDown();
                go.await();
                return repeat(op, nanos);
            }));
        }
        ready.await();
        go.countDown();
        List<Long> counted = new ArrayList<>();
        long all = 0;
        long done = 0;
        long client = 0;
        Latencies latencies = new Latencies();
        Exception failure = null;
        for (Future<Lane> one : running) {
            try {
                Lane lane = one.get();
                counted.add(lane.counted);
                all += lane.counted;
                done += lane.done;
                client += lane.clientNanos;
                latencies.add(lane.latencies);
            } catch (ExecutionException failed) {
                failure = failed.getCause() instanceof Exception thrown ? thrown : failed;
            }
        }
        if (failure != null) {
            throw failure;
        }
        double each = (double) nanos * threads / Math.max(1, all) / batch;
        return new Slice(each, counted, done, client, latencies, 0);
    }

    private static Lane repeat(Op op, long nanos) throws Exception {
        Latencies latencies = new Latencies();
        long cpuBefore = THREADS.getCurrentThreadCpuTime();
        long began = System.nanoTime();
        long last = began;
        long counted = 0;
        while (true) {
            op.run();
            long now = System.nanoTime();
            latencies.record(now - last);
            last = now;
            if (now - began > nanos) {
                return new Lane(counted, counted + 1, THREADS.getCurrentThreadCpuTime() - cpuBefore, latencies);
            }
            counted++;
        }
    }
}
