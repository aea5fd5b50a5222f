package io.rowlock.bench;

import io.rowlock.dialect.Engine;
import io.rowlock.engines.RedisServer;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code bench cache}: the coherent cache beside other caches, which promise less. */
@Command(
        name = "cache",
        description = "What a hit, a miss and a write cost beside no cache, Caffeine, Spring Cache and Redisson.",
        footer = {
            "",
            "Servers are started for this run alone, and are gone afterwards: the database durable, Redis not.",
            "Names for --only: hit, miss, write (workloads); rowlock-local, rowlock-shared, save, caffeine, spring,",
            "redisson (candidates, each beside its reference).",
            "docs/reference/bench.md explains the tables, and says what each cache does not promise."
        })
final class CacheCommand implements Callable<Integer> {
    @Mixin
    private final EngineOption engine = new EngineOption();

    @Mixin
    private final ThreadsOption threads = new ThreadsOption();

    @Mixin
    private final WhichOptions which = new WhichOptions();

    @Mixin
    private final MeasureOptions options = new MeasureOptions();

    private final PrintStream out;
    private final PrintStream err;

    CacheCommand(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    @Override
    public Integer call() throws Exception {
        Engine chosen = engine.chosen();
        List<Integer> numbers = threads.numbers(options);
        options.requireNames(which.only(), CacheWorkloads.NAMES);
        Plan plan = options.plan();
        Report report = new Report(out, options.json);
        report.head(
                spelled(numbers, plan),
                plan,
                "cost = median of time per operation relative to the first line in the same round, with the 95 %",
                "interval of that median (bootstrap); below 1.00 is cheaper. Every read is compared with what the row",
                "has; after every slice of writes the table is read: the run fails unless it is what was reported.",
                "Caffeine, Spring Cache and Redisson let stale values stay: docs/reference/bench.md says when.");
        Progress progress = new Progress(err, Progress.isTerminal());
        progress.begin("starting " + engine.word() + " and Redis");
        int most = Collections.max(numbers);
        try (Rig rig = Rig.open(chosen, most);
                RedisServer redis = RedisServer.startTemporary(RedisServer.Durability.NONE, Map.of())) {
            CacheWorkloads.createTables(rig);
            try (CacheWorkloads all = new CacheWorkloads(rig, redis, most)) {
                Cpu cpu = new Cpu();
                cpu.add(rig.pid());
                cpu.add(redis.pid());
                Map<String, String> settings = new LinkedHashMap<>(rig.settings());
                settings.putAll(redis.settings());
                progress.clear();
                report.engine(engine.word(), rig.product(), settings);
                measure(all, numbers, new Harness(plan, cpu, progress::slice), report, progress);
            }
        } finally {
            progress.clear();
        }
        report.end();
        return 0;
    }

    private void measure(CacheWorkloads all, List<Integer> numbers, Harness harness, Report report, Progress progress)
            throws Exception {
        progress.expect(slices(all, harness) * numbers.size());
        for (int number : numbers) {
            Optional<ReadWorkload> hit = all.hit(which.peers()).only(which.only());
            if (hit.isPresent()) {
                measure(hit.get().workload(), number, harness, report, progress);
                hit.get().tell(report, "every read was a hit", reads -> reads.loads() == 0);
            }
        }
        for (int number : numbers) {
            Optional<ReadWorkload> miss = all.miss(which.peers()).only(which.only());
            if (miss.isPresent()) {
                measure(miss.get().workload(), number, harness, report, progress);
                miss.get().tell(report, "every read was a miss", reads -> reads.loads() == reads.right());
            }
        }
        Optional<Workload> write = all.write(which.peers()).only(which.only());
        if (write.isPresent()) {
            for (int number : numbers) {
                measure(write.get(), number, harness, report, progress);
                all.tellWhetherOpen(report);
            }
        }
    }

    private int slices(CacheWorkloads all, Harness harness) {
        List<Workload> workloads = new ArrayList<>();
        all.hit(which.peers()).only(which.only()).ifPresent(hit -> workloads.add(hit.workload()));
        all.miss(which.peers()).only(which.only()).ifPresent(miss -> workloads.add(miss.workload()));
        all.write(which.peers()).only(which.only()).ifPresent(workloads::add);
        return workloads.stream().mapToInt(harness::slices).sum();
    }

    private void measure(Workload workload, int number, Harness harness, Report report, Progress progress)
            throws Exception {
        progress.begin(workload.name() + ", threads " + number + ":");
        Measurement measured = harness.measure(workload, number);
        progress.clear();
        report.table(measured, (measuredOf, candidate) -> OptionalDouble.empty());
    }

    private String spelled(List<Integer> numbers, Plan plan) {
        List<String> words = new ArrayList<>(List.of("./rowlock", "bench", "cache", "--engine", engine.word()));
        words.addAll(ThreadsOption.spelled(numbers));
        words.addAll(options.spelled(plan));
        words.addAll(which.spelled());
        return String.join(" ", words);
    }
}
