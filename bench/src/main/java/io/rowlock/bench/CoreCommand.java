package io.rowlock.bench;

import io.rowlock.dialect.Engine;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench core}: units of work beside hand-written JDBC and other libraries. */
@Command(
        name = "core",
        description = "What a unit of work costs beside the same by hand, on SQLite, PostgreSQL and MariaDB.",
        footer = {
            "",
            "Servers are started for this run alone, durable, and are gone afterwards.",
            "Names for --only: read-modify-write, read-two-write-one, save (workloads);",
            "hand-autocommit, transact, update, hibernate, jdbi, jooq (candidates, each beside its reference).",
            "docs/reference/bench.md explains the tables."
        })
final class CoreCommand implements Callable<Integer> {

    @Option(
            names = "--engine",
            split = ",",
            paramLabel = "ENGINE",
            defaultValue = "all",
            description = "sqlite, postgres, mariadb or all (default).")
    private List<String> engines = new ArrayList<>();

    @Mixin
    private final ThreadsOption threads = new ThreadsOption();

    @Mixin
    private final WhichOptions which = new WhichOptions();

    @Mixin
    private final MeasureOptions options = new MeasureOptions();

    private final PrintStream out;
    private final PrintStream err;

    CoreCommand(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    @Override
    public Integer call() throws Exception {
        List<Engine> chosen = engines();
        List<Integer> numbers = threads.numbers(options);
        options.requireNames(which.only(), CoreWorkloads.NAMES);
        Plan plan = options.plan();
        Report report = new Report(out, options.json);
        report.head(spelled(chosen, numbers, plan), plan);
        Progress progress = new Progress(err, Progress.isTerminal());
        try {
            for (int i = 0; i < chosen.size(); i++) {
                measure(chosen.get(i), numbers, plan, report, progress, chosen.size() - i);
            }
        } finally {
            progress.clear();
        }
        report.end();
        return 0;
    }

    private void measure(
            Engine engine, List<Integer> numbers, Plan plan, Report report, Progress progress, int enginesLeft)
            throws Exception {
        progress.begin("starting " + word(engine));
        try (Rig rig = Rig.open(engine, Collections.max(numbers));
                CoreWorkloads all = new CoreWorkloads(rig)) {
            Cpu cpu = new Cpu();
            cpu.add(rig.pid());
            Harness harness = new Harness(plan, cpu, progress::slice);
            List<Workload> workloads = all.workloads(which.peers(), which.only());
            int slices = workloads.stream().mapToInt(harness::slices).sum() * numbers.size();
            progress.expect(progress.done() + slices * enginesLeft);
            progress.clear();
            report.engine(word(engine), rig.product(), rig.settings());
            for (Workload workload : workloads) {
                for (int number : numbers) {
                    progress.begin(word(engine) + ", " + workload.name() + ", threads " + number + ":");
                    Measurement measured = harness.measure(workload, number);
                    progress.clear();
                    report.table(measured, (measuredOf, candidate) -> Bounds.of(engine, number, measuredOf, candidate));
                }
            }
        }
    }

    private List<Engine> engines() {
        List<Engine> chosen = new ArrayList<>();
        for (String word : engines) {
            List<Engine> meant = switch (word) {
                case "all" -> List.of(Engine.SQLITE, Engine.POSTGRESQL, Engine.MARIADB);
                case "sqlite" -> List.of(Engine.SQLITE);
                case "postgres" -> List.of(Engine.POSTGRESQL);
                case "mariadb" -> List.of(Engine.MARIADB);
                default ->
                    throw options.wrong("No such engine: " + word + " (there are sqlite, postgres, mariadb and all)");
            };
            for (Engine engine : meant) {
                if (!chosen.contains(engine)) {
                    chosen.add(engine);
                }
            }
        }
        return chosen;
    }

    private static String word(Engine engine) {
        return engine == Engine.POSTGRESQL ? "postgres" : engine.name().toLowerCase(Locale.ROOT);
    }

    private String spelled(List<Engine> chosen, List<Integer> numbers, Plan plan) {
        List<String> words = new ArrayList<>(List.of("./rowlock", "bench", "core", "--engine"));
        words.add(String.join(",", chosen.stream().map(CoreCommand::word).toList()));
        words.addAll(ThreadsOption.spelled(numbers));
        words.addAll(options.spelled(plan));
        words.addAll(which.spelled());
        return String.join(" ", words);
    }
}
