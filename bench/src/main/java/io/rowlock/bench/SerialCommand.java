package io.rowlock.bench;

import com.zaxxer.hikari.HikariDataSource;
import io.rowlock.Key;
import io.rowlock.Rowlock;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code bench serial}: a key held in this JVM beside a {@code ReentrantLock}. */
@Command(
        name = "serial",
        description = "What a key held in this JVM costs beside a ReentrantLock, and what it leaves behind.",
        footer = {"", "docs/reference/bench.md explains the tables."})
final class SerialCommand implements Callable<Integer> {
    /** The aim for an uncontended key, relative to a lock of one's own. */
    private static final double COST_MAX = 10;

    private static final int KEYS = 1_000_000;

    /** A million keys must leave less than this behind: a byte for each would already be more. */
    private static final long LEFT_BEHIND_MAX = 512 * 1024;

    private static final int EXACT_THREADS = 16;
    private static final int EXACT_TURNS = 20_000;

    @Mixin
    private final ThreadsOption threads = new ThreadsOption();

    @Mixin
    private final MeasureOptions options = new MeasureOptions();

    private final PrintStream out;
    private final PrintStream err;

    SerialCommand(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    @Override
    public Integer call() throws Exception {
        List<Integer> numbers = threads.numbers(options);
        Plan plan = options.plan();
        Report report = new Report(out, options.json);
        List<String> words = new ArrayList<>(List.of("./rowlock", "bench", "serial"));
        words.addAll(ThreadsOption.spelled(numbers));
        words.addAll(options.spelled(plan));
        report.head(String.join(" ", words), plan);
        Progress progress = new Progress(err, Progress.isTerminal());
        // It never connects: a key in this JVM needs no database.
        try (HikariDataSource nowhere = new HikariDataSource()) {
            Rowlock rowlock = Rowlock.on(nowhere).build();
            report.engine("jvm", "no database", Map.of());
            Harness harness = new Harness(plan, new Cpu(), progress::slice);
            progress.expect(harness.slices(new SerialWorkload(rowlock, 1).workload()) * numbers.size());
            for (int number : numbers) {
                progress.begin("threads " + number + ":");
                Measurement measured = harness.measure(new SerialWorkload(rowlock, number).workload(), number);
                progress.clear();
                report.table(measured, SerialCommand::bound);
            }
            progress.begin("a million keys");
            exact(rowlock, report);
            memory(rowlock, report);
        } finally {
            progress.clear();
        }
        report.end();
        return 0;
    }

    private static OptionalDouble bound(Workload workload, Candidate candidate) {
        return SerialWorkload.SERIAL.equals(candidate.name()) ? OptionalDouble.of(COST_MAX) : OptionalDouble.empty();
    }

    // ---- exact per key

    private static void exact(Rowlock rowlock, Report report) throws Exception {
        long[] counter = new long[1];
        Key key = Key.of("bench", "exact");
        ExecutorService pool = Executors.newFixedThreadPool(EXACT_THREADS);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < EXACT_THREADS; i++) {
                running.add(pool.submit(() -> {
                    for (int turn = 0; turn < EXACT_TURNS; turn++) {
                        rowlock.serial(key, Duration.ofMinutes(1), () -> counter[0]++);
                    }
                }));
            }
            for (Future<?> one : running) {
                one.get();
            }
            long wanted = (long) EXACT_THREADS * EXACT_TURNS;
            report.fact(
                    "one key, one at a time",
                    counter[0] == wanted,
                    String.format(
                            Locale.ROOT,
                            "%d threads counted an unguarded number to %d of %d",
                            EXACT_THREADS,
                            counter[0],
                            wanted));
            Key one = Key.of("bench", "Aa");
            Key other = Key.of("bench", "BB");
            boolean met = meet(rowlock, one, other, pool);
            report.fact(
                    "two keys never share a lock",
                    met && one.hashCode() == other.hashCode(),
                    "two keys of one hash code, " + (met ? "both held at once" : "one waited for the other"));
        } finally {
            pool.shutdownNow();
        }
    }

    private static boolean meet(Rowlock rowlock, Key one, Key other, ExecutorService pool) throws Exception {
        CyclicBarrier inside = new CyclicBarrier(2);
        Callable<Boolean> first = () -> rowlock.serial(one, Duration.ofSeconds(5), () -> met(inside));
        Callable<Boolean> second = () -> rowlock.serial(other, Duration.ofSeconds(5), () -> met(inside));
        Future<Boolean> left = pool.submit(first);
        Future<Boolean> right = pool.submit(second);
        return left.get() && right.get();
    }

    private static boolean met(CyclicBarrier inside) throws InterruptedException {
        try {
            inside.await(5, TimeUnit.SECONDS);
            return true;
        } catch (BrokenBarrierException | TimeoutException alone) {
            return false;
        }
    }

    // ---- memory

    private static void memory(Rowlock rowlock, Report report) {
        touch(rowlock, 1000);
        long before = usedHeap();
        touch(rowlock, KEYS);
        long left = usedHeap() - before;
        int live = rowlock.serialHolds().size();
        report.fact(
                "a million keys leave nothing behind",
                live == 0 && left < LEFT_BEHIND_MAX,
                String.format(
                        Locale.ROOT,
                        "%d entries; heap after collection %+d kB, limit %d kB",
                        live,
                        left / 1024,
                        LEFT_BEHIND_MAX / 1024));
    }

    private static void touch(Rowlock rowlock, int keys) {
        for (int i = 0; i < keys; i++) {
            int number = i;
            int held = rowlock.serial(Key.of("order", number), Duration.ZERO, () -> number);
            if (held != number) {
                throw new IllegalStateException("Another body ran (wanted=" + number + ", ran=" + held + ")");
            }
        }
    }

    /** What is reachable: the least that several collections leave. */
    private static long usedHeap() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            System.gc();
            least = Math.min(
                    least,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return least;
    }
}
