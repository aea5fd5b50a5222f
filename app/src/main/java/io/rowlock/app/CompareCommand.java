package io.rowlock.app;

import io.rowlock.Rowlock;
import io.rowlock.app.compare.Comparison;
import io.rowlock.app.compare.Comparison.Result;
import io.rowlock.app.compare.Contest;
import io.rowlock.app.lottery.LotteryContests;
import io.rowlock.app.naive.NaiveLottery;
import io.rowlock.app.naive.NaiveSessions;
import io.rowlock.app.serve.CannotStart;
import io.rowlock.app.serve.DatabaseChoice;
import io.rowlock.app.serve.OpenDatabase;
import io.rowlock.app.serve.TemporaryFolder;
import io.rowlock.app.serve.Terminal;
import io.rowlock.app.sync.SyncContests;
import io.rowlock.dialect.Engine;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code rowlock compare}: a system's operations as they are mostly written, beside the guarded ones. */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Run a system's operations naive (read, decide, write) and guarded under the same load:",
            "throughput, latency, how long locks are held, and what is wrong in the books afterwards.",
            "",
            "The database is made for this and removed afterwards."
        },
        footer = {
            "",
            "held    from the answer to a transaction's first locking statement to the answer to its",
            "        commit; a statement that is a transaction by itself counts whole, waiting included",
            "failed  of all operations, those that ended with a database error",
            "wrong   lottery: shares whose number another share has too, and cents missing from balances;",
            "        sync: accounts that an instance has and that are not stored",
            "",
            "lottery: the naive form writes no row per number sold, which the guarded one does: the unique",
            "key on those rows would refuse what is to be shown. sync: each client has instances of its own;",
            "the naive form reads and stores all of them in one transaction."
        })
final class CompareCommand implements Callable<Integer> {
    private static final List<String> SYSTEMS = List.of("lottery", "sync");
    private static final int CLIENTS_MAX = 400;
    private static final int ROUNDS_MAX = 1_000;
    private static final int TURN_MAX = 60_000;
    private static final int REMOTE_MAX = 1_000;
    private static final int SPARE_CONNECTIONS = 2;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before anything is called
    private CommandSpec spec;

    @Parameters(paramLabel = "SYSTEM", description = "lottery or sync")
    @SuppressWarnings("NullAway.Init") // picocli refuses a command line without it
    private String system;

    @Option(
            names = "--engine",
            paramLabel = "ENGINE",
            description = "sqlite, postgres or mariadb (default: sqlite). The latter two start a server of their own.")
    private String engine = "sqlite";

    @Option(names = "--clients", paramLabel = "N", description = "Threads at once, 1 to 400 (default: 16).")
    private int clients = 16;

    @Option(names = "--rounds", paramLabel = "N", description = "Turns of each form, 1 to 1000 (default: 6).")
    private int rounds = 6;

    @Option(names = "--turn-millis", paramLabel = "MS", description = "Length of a turn, 10 to 60000 (default: 500).")
    private int turnMillis = 500;

    @Option(
            names = "--remote-millis",
            paramLabel = "MS",
            description =
                    "sync: what each question to an instance takes besides, in both forms, 0 to 1000 (default: 10).")
    private int remoteMillis = 10;

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

    @Override
    public Integer call() throws CannotStart, InterruptedException {
        require(
                SYSTEMS.contains(system),
                "The systems that can be compared: " + String.join(" or ", SYSTEMS) + ", not '" + system + "'");
        require(clients >= 1 && clients <= CLIENTS_MAX, "--clients is a number from 1 to " + CLIENTS_MAX);
        require(rounds >= 1 && rounds <= ROUNDS_MAX, "--rounds is a number from 1 to " + ROUNDS_MAX);
        require(turnMillis >= 10 && turnMillis <= TURN_MAX, "--turn-millis is a number from 10 to " + TURN_MAX);
        require(remoteMillis >= 0 && remoteMillis <= REMOTE_MAX, "--remote-millis is a number from 0 to " + REMOTE_MAX);
        Engine chosen = chosen();
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
        DataSource watched = comparison.watching(database.pool());
        Random random = new Random(order);
        List<Result> results = new ArrayList<>();
        if (system.equals("lottery")) {
            LotteryContests contests =
                    new LotteryContests(Rowlock.on(watched), new NaiveLottery(watched, chosen), clients);
            for (Contest contest : contests.all()) {
                results.addAll(comparison.run(contest, chosen, random, this::progress));
            }
        } else {
            Runnable trip = SyncContests.trip(Duration.ofMillis(remoteMillis));
            try (SyncContests contests =
                    new SyncContests(Rowlock.on(watched), new NaiveSessions(watched, trip), folder, clients, trip)) {
                for (Contest contest : contests.all()) {
                    results.addAll(comparison.run(contest, chosen, random, this::progress));
                }
            } catch (IOException | SQLException failed) {
                throw new CannotStart("The instances cannot be made: " + failed.getMessage(), failed);
            }
        }
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

    // ----

    private Engine chosen() {
        try {
            return DatabaseChoice.Own.named(engine).engine();
        } catch (IllegalArgumentException unknown) {
            throw new ParameterException(spec.commandLine(), String.valueOf(unknown.getMessage()));
        }
    }

    private void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), otherwise);
        }
    }
}
