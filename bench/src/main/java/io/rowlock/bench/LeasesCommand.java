package io.rowlock.bench;

import io.rowlock.dialect.Engine;
import io.rowlock.engines.RedisServer;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench leases}: leases beside the locks of other libraries, and what a fenced unit costs. */
@Command(
        name = "leases",
        description =
                "What a lease costs beside the same by hand and beside Spring Integration, ShedLock and Redisson.",
        footer = {
            "",
            "Servers are started for this run alone, and are gone afterwards: the database durable, Redis as --redis says.",
            "Without --rounds and --round-millis there are 10 rounds of 1000 ms, with --quick 4 of 300.",
            "Names for --only: uncontended, contended (contended-4, contended-1), fenced (workloads); row, session-lock, lease,",
            "spring, spring-best, shedlock, redisson, redisson-30s (candidates, each beside its reference).",
            "docs/reference/bench.md explains the tables."
        })
final class LeasesCommand implements Callable<Integer> {
    @Mixin
    private final EngineOption engine = new EngineOption();

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "16",
            description = "How many want the one lock, 4 to 64; default 16.")
    private int threads = 16;

    @Option(
            names = "--redis",
            paramLabel = "HOW",
            defaultValue = "none",
            description = "What Redis keeps over a crash: none (default, its fastest), second or write.")
    private String durability = "none";

    @Mixin
    private final WhichOptions which = new WhichOptions();

    @Mixin
    private final MeasureOptions options = new MeasureOptions(new MeasureOptions.Defaults(10, 1000, 4, 300));

    private final PrintStream out;
    private final PrintStream err;

    LeasesCommand(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    @Override
    public Integer call() throws Exception {
        Engine chosen = engine.chosen();
        RedisServer.Durability kept = durability();
        if (options.requireThreads(List.of(threads)).get(0) < LeaseWorkloads.THREADS_MIN) {
            throw options.wrong(
                    "--threads takes numbers from " + LeaseWorkloads.THREADS_MIN + " to 64 (given: " + threads + ")");
        }
        options.requireNames(which.only(), LeaseWorkloads.NAMES);
        Plan plan = options.plan();
        Report report = new Report(out, options.json);
        report.head(
                spelled(plan),
                plan,
                "ops/s = median over the rounds, all threads together; times = median of how many times as fast as the",
                "first line in the same round, with the 95 % interval of that median (bootstrap). p50, p99 and max are of",
                "whole operations, from asking to freed. Under the lock a plain number is counted up: violations are what",
                "it lost, and what was seen of two inside at once.");
        Progress progress = new Progress(err, Progress.isTerminal());
        progress.begin("starting " + engine.word());
        try (Rig rig = Rig.open(chosen, threads);
                Redis redis = which.peers() ? new Redis(RedisServer.startTemporary(kept, Map.of())) : new Redis(null)) {
            LeaseWorkloads.createTables(rig);
            Cpu cpu = new Cpu();
            cpu.add(rig.pid());
            Map<String, String> settings = new LinkedHashMap<>(rig.settings());
            if (redis.server != null) {
                cpu.add(redis.server.pid());
                settings.putAll(redis.server.settings());
            }
            report.engine(engine.word(), rig.product(), settings);
            Supplier<LeaseWorkloads> workloads = () -> new LeaseWorkloads(rig, redis.server);
            new LeasesRun(workloads, plan, new Harness(plan, cpu, progress::slice), report, progress)
                    .measure(threads, which.peers(), which.only());
        } finally {
            progress.clear();
        }
        report.end();
        return 0;
    }

    /** A Redis, or none. */
    private record Redis(@Nullable RedisServer server) implements AutoCloseable {
        @Override
        public void close() {
            if (server != null) {
                server.close();
            }
        }
    }

    private RedisServer.Durability durability() {
        return switch (durability) {
            case "none" -> RedisServer.Durability.NONE;
            case "second" -> RedisServer.Durability.EVERY_SECOND;
            case "write" -> RedisServer.Durability.EVERY_WRITE;
            default -> throw options.wrong("--redis takes none, second or write (given: " + durability + ")");
        };
    }

    private String spelled(Plan plan) {
        List<String> words = new ArrayList<>(List.of("./rowlock", "bench", "leases", "--engine", engine.word()));
        words.addAll(List.of("--threads", String.valueOf(threads)));
        words.addAll(options.spelled(plan));
        if (which.peers()) {
            words.addAll(List.of("--redis", durability));
        }
        words.addAll(which.spelled());
        return String.join(" ", words);
    }
}
