package io.rowlock.bench;

import io.rowlock.bench.Measurement.Line;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.function.Supplier;

/** Measures the locks that were asked for, one workload after the other, and holds them to what is promised of leases. */
final class LeasesRun {
    private static final double UNCONTENDED_TIMES_SPRING = 1.6;
    private static final double CONTENDED_TIMES_REDISSON = 10;
    private static final double CONTENDED_TIMES_SPRING = 20;
    private static final double SHARE_MIN = 0.5;

    private final Supplier<LeaseWorkloads> workloads;
    private final Plan plan;
    private final Harness harness;
    private final Report report;
    private final Progress progress;
    private final Random random;
    private final RateTable table;

    /**
     * A run.
     *
     * @param workloads opens them; each workload has its own, closed before the next one's
     */
    LeasesRun(Supplier<LeaseWorkloads> workloads, Plan plan, Harness harness, Report report, Progress progress) {
        this.workloads = workloads;
        this.plan = plan;
        this.harness = harness;
        this.report = report;
        this.progress = progress;
        this.random = new Random(plan.seed());
        this.table = new RateTable(report, random);
    }

    /**
     * Measures.
     *
     * @param threads how many want the one lock
     * @param peers whether other libraries are measured as well
     * @param only names of workloads or candidates; empty for all
     */
    void measure(int threads, boolean peers, List<String> only) throws Exception {
        List<String> wanted = new ArrayList<>(only);
        if (only.contains(LeaseWorkloads.CONTENDED)) {
            LeaseWorkloads.LAYOUTS.forEach(instances -> wanted.add(LeaseWorkloads.contended(instances)));
        }
        boolean fenced = only.isEmpty() || only.contains(LeaseWorkloads.FENCED);
        progress.expect(slices(threads, peers, wanted, fenced));
        try (LeaseWorkloads all = workloads.get()) {
            Optional<LockWorkload> locks = all.uncontended(peers).only(wanted);
            if (locks.isPresent()) {
                uncontended(locks.get());
            }
        }
        for (int instances : LeaseWorkloads.LAYOUTS) {
            contended(new Layout(instances, threads), peers, wanted);
        }
        if (fenced) {
            fenced();
        }
    }

    private int slices(int threads, boolean peers, List<String> wanted, boolean fenced) throws Exception {
        try (LeaseWorkloads all = workloads.get()) {
            List<LockWorkload> locks = new ArrayList<>();
            all.uncontended(peers).only(wanted).ifPresent(locks::add);
            for (int instances : LeaseWorkloads.LAYOUTS) {
                all.contended(new Layout(instances, threads), peers, LocksByPeers.SPRING_IDLE)
                        .only(wanted)
                        .ifPresent(locks::add);
            }
            return locks.stream()
                            .mapToInt(one -> harness.slices(one.workload()))
                            .sum()
                    + (fenced ? harness.slices(all.fenced()) : 0);
        }
    }

    private Measurement measure(LockWorkload locks) throws Exception {
        progress.begin(locks.workload().name() + ":");
        Measurement measured = harness.measure(locks.workload(), locks.layout().threads());
        progress.clear();
        table.show(locks, measured);
        return measured;
    }

    private void uncontended(LockWorkload locks) throws Exception {
        Measurement measured = measure(locks);
        atLeast(measured, LeaseWorkloads.SPRING, UNCONTENDED_TIMES_SPRING);
        tokens(locks);
    }

    private void contended(Layout layout, boolean peers, List<String> wanted) throws Exception {
        Duration springBest = LocksByPeers.SPRING_IDLE;
        try (LeaseWorkloads all = workloads.get()) {
            Optional<LockWorkload> locks =
                    all.contended(layout, peers, springBest).only(wanted);
            if (locks.isEmpty()) {
                return;
            }
            if (locks.get().has(LeaseWorkloads.SPRING_BEST)) {
                springBest = springBest(all.springIdles(layout));
            }
        }
        try (LeaseWorkloads all = workloads.get()) {
            LockWorkload locks =
                    all.contended(layout, peers, springBest).only(wanted).orElseThrow();
            Measurement measured = measure(locks);
            atLeast(measured, LeaseWorkloads.REDISSON, CONTENDED_TIMES_REDISSON);
            atLeast(measured, LeaseWorkloads.REDISSON_UNRENEWED, CONTENDED_TIMES_REDISSON);
            atLeast(measured, LeaseWorkloads.SPRING, CONTENDED_TIMES_SPRING);
            atLeast(measured, LeaseWorkloads.SPRING_BEST, CONTENDED_TIMES_SPRING);
            measured.line(LeaseWorkloads.LEASE)
                    .ifPresent(lease -> report.fact(
                            "lease: the slowest thread has half of the fastest's",
                            lease.share() >= SHARE_MIN,
                            String.format(Locale.ROOT, "share %.2f, bound %.2f", lease.share(), SHARE_MIN)));
            tokens(locks);
        }
    }

    /** The idle time with which Spring's registry is had most often. */
    private Duration springBest(LockWorkload idles) throws Exception {
        progress.begin("what suits JdbcLockRegistry:");
        Plan quick = new Plan(3, 3, plan.slice(), plan.slice(), plan.seed());
        Measurement measured = new Harness(quick, new Cpu(), candidate -> {})
                .measure(idles.workload(), idles.layout().threads());
        progress.clear();
        Line best = measured.lines().stream()
                .min(Comparator.comparingDouble(line -> line.micros().median()))
                .orElseThrow();
        return Duration.parse(best.candidate().name());
    }

    private void fenced() throws Exception {
        try (LeaseWorkloads all = workloads.get()) {
            progress.begin(LeaseWorkloads.FENCED + ":");
            Measurement measured = harness.measure(all.fenced(), 1);
            progress.clear();
            report.table(measured, (workload, candidate) -> OptionalDouble.empty());
        }
    }

    // ---- what is promised

    private void atLeast(Measurement measured, String peer, double times) {
        Optional<Line> lease = measured.line(LeaseWorkloads.LEASE);
        Optional<Line> other = measured.line(peer);
        if (lease.isPresent() && other.isPresent()) {
            Statistics.Spread spread = lease.get().timesAsFastAs(other.get(), random);
            report.fact(
                    String.format(Locale.ROOT, "lease: at least %.1f times as fast as %s", times, peer),
                    Bounds.judgeAtLeast(times, spread),
                    "%s, 95 %% %s-%s, rounds %s..%s"
                            .formatted(
                                    RateTable.number(spread.median()),
                                    RateTable.number(spread.low()),
                                    RateTable.number(spread.high()),
                                    RateTable.number(spread.min()),
                                    RateTable.number(spread.max())));
        }
    }

    /** All holders there were, those of the warm-up too. */
    private void tokens(LockWorkload locks) {
        if (!locks.has(LeaseWorkloads.LEASE)) {
            return;
        }
        Exclusion lease = locks.exclusion(LeaseWorkloads.LEASE);
        report.fact(
                "lease: every holder with its own token, above the last",
                lease.tokens() == lease.finished() && lease.notRisen() == 0,
                "%d holders, %d tokens, %d not above the one before"
                        .formatted(lease.finished(), lease.tokens(), lease.notRisen()));
        report.fact(
                "lease: nobody else inside",
                lease.violations() == 0,
                "%d holders, %d violations".formatted(lease.finished(), lease.violations()));
    }
}
