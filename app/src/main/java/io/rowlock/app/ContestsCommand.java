package io.rowlock.app;

import io.rowlock.app.compare.Comparison;
import io.rowlock.app.compare.Comparison.Result;
import io.rowlock.app.compare.Contest;
import io.rowlock.app.serve.CannotStart;
import io.rowlock.app.serve.EngineOption;
import io.rowlock.app.serve.OpenDatabase;
import io.rowlock.app.serve.TemporaryFolder;
import io.rowlock.app.serve.Terminal;
import io.rowlock.app.serve.Usage;
import io.rowlock.dialect.Engine;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code rowlock compare SYSTEM}, in this process and without HTTP: clients that do an operation again and again, in both forms. */
@Command(mixinStandardHelpOptions = true, sortOptions = false)
abstract class ContestsCommand implements Callable<Integer> {
    /** What is measured, and where; for the help. */
    static final String MEASURED = "Both forms under the same load: throughput, latency, how long locks are held,%n"
            + "and what is wrong in the books afterwards. The database is made for this and%n"
            + "removed afterwards.";

    /** What columns mean; for the end of the help. */
    static final String COLUMNS = "held    from the answer to a transaction's first locking statement to the%n"
            + "        answer to its commit; a statement that is a transaction by itself%n"
            + "        counts whole, waiting included%n"
            + "failed  of all operations, those that ended with a database error";

    private static final int CLIENTS_MAX = 400;
    private static final int ROUNDS_MAX = 1_000;
    private static final int TURN_MIN = 10;
    private static final int TURN_MAX = 60_000;
    private static final int SPARE_CONNECTIONS = 2;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before anything is called
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("NullAway.Init") // set by picocli before anything is called
    private EngineOption engine;

    @Option(names = "--clients", paramLabel = "N", description = "Threads at once, 1 to 400 (default: 16).")
    private int clients = 16;

    @Option(names = "--rounds", paramLabel = "N", description = "Turns of each form, 1 to 1000 (default: 6).")
    private int rounds = 6;

    @Option(names = "--turn-millis", paramLabel = "MS", description = "Length of a turn, 10 to 60000 (default: 500).")
    private int turnMillis = 500;

    @Option(names = "--seed", paramLabel = "S", description = "Order of the turns (default: random, and printed).")
    private @Nullable Long seed;

    @Option(names = "--json", description = "One JSON document instead of a table.")
    private boolean json;

    /**
     * What --json prints.
     *
     * @param database engine, version and place
     * @param seed the order of the turns
     */
    private record Document(
            String database, int clients, int rounds, int turnMillis, long seed, List<Result> results) {}

    /**
     * Where contests are held.
     *
     * @param database watched, so that what is locked is seen
     * @param folder for what a system needs besides
     * @param clients how many there will be
     */
    record Place(DataSource database, Engine engine, Path folder, int clients) {}

    /** Holds a contest. */
    @FunctionalInterface
    interface Runner {
        void run(Contest contest) throws InterruptedException;
    }

    /** Makes the contests of the system, and has them held. */
    abstract void run(Place place, Runner runner) throws CannotStart, InterruptedException;

    /** Refuses options of one system that make no sense. */
    void requireSense() {
        // Most have none.
    }

    @Override
    public final Integer call() throws CannotStart, InterruptedException {
        requireRange("--clients", clients, 1, CLIENTS_MAX);
        requireRange("--rounds", rounds, 1, ROUNDS_MAX);
        requireRange("--turn-millis", turnMillis, TURN_MIN, TURN_MAX);
        requireSense();
        Engine chosen = engine.chosen(spec);
        long order = seed == null ? new Random().nextLong() >>> 1 : seed;
        try (TemporaryFolder folder = TemporaryFolder.named("rowlock-compare-");
                OpenDatabase database = OpenDatabase.openTemporary(chosen, folder, clients + SPARE_CONNECTIONS)) {
            Document document = new Document(
                    database.title().replaceFirst(", .*", ""),
                    clients,
                    rounds,
                    turnMillis,
                    order,
                    results(database, folder.path(), chosen, order));
            print(document);
            return Main.DONE;
        }
    }

    private List<Result> results(OpenDatabase database, Path folder, Engine chosen, long order)
            throws CannotStart, InterruptedException {
        Comparison comparison = new Comparison(clients, rounds, Duration.ofMillis(turnMillis));
        Random random = new Random(order);
        List<Result> results = new ArrayList<>();
        Place place = new Place(comparison.watching(database.pool()), chosen, folder, clients);
        run(place, contest -> results.addAll(comparison.run(contest, chosen, random, this::progress)));
        progress("");
        return results;
    }

    private void progress(String what) {
        if (Terminal.isThere()) {
            PrintWriter err = spec.commandLine().getErr();
            err.print("\r\u001b[K" + what);
            err.flush();
        }
    }

    private void print(Document document) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(new JsonMapper().writerWithDefaultPrettyPrinter().writeValueAsString(document));
        } else {
            out.printf(
                    Locale.ROOT,
                    "%s, %d clients, %d turns of %d ms each in random order (seed %d)%n",
                    document.database(),
                    clients,
                    rounds,
                    turnMillis,
                    document.seed());
            Result first = null;
            for (Result result : document.results()) {
                if (first == null || !result.contest().equals(first.contest())) {
                    first = result;
                    out.printf(
                            Locale.ROOT,
                            "%n  %-44s %9s %9s %9s %10s %10s %10s %8s %8s%n",
                            result.contest(),
                            "done/s",
                            "p50 ms",
                            "p99 ms",
                            "held p50",
                            "held p99",
                            "held max",
                            "failed",
                            "wrong");
                }
                out.printf(
                        Locale.ROOT,
                        "    %-42s %9.0f %9.2f %9.2f %10.2f %10.2f %10.2f %7.1f%% %8d%n",
                        result.form(),
                        result.perSecond(),
                        result.p50Millis(),
                        result.p99Millis(),
                        result.heldP50Millis(),
                        result.heldP99Millis(),
                        result.heldMaxMillis(),
                        result.failedPercent(),
                        result.wrong());
                if (!result.form().equals(first.form())) {
                    out.printf(
                            Locale.ROOT,
                            "    %-42s %9s %9s %9s %10s %10s %10s%n",
                            result.form() + " against " + first.form(),
                            change(first.perSecond(), result.perSecond()),
                            change(first.p50Millis(), result.p50Millis()),
                            change(first.p99Millis(), result.p99Millis()),
                            change(first.heldP50Millis(), result.heldP50Millis()),
                            change(first.heldP99Millis(), result.heldP99Millis()),
                            change(first.heldMaxMillis(), result.heldMaxMillis()));
                }
            }
        }
        out.flush();
    }

    private static String change(double from, double to) {
        return from == 0 ? "" : String.format(Locale.ROOT, "%+.0f %%", (to / from - 1) * 100);
    }

    /** What options have to be, also those that one system has of its own. */
    final void requireRange(String option, int value, int min, int max) {
        Usage.requireRange(spec, option, value, min, max);
    }
}
