package io.rowlock.app.load;

import io.rowlock.app.load.Alternation.Plan;
import io.rowlock.app.load.SideBySide.FormFigures;
import io.rowlock.app.serve.CannotStart;
import io.rowlock.app.serve.DatabaseChoice;
import io.rowlock.app.serve.EngineOption;
import io.rowlock.app.serve.Progress;
import io.rowlock.app.serve.Usage;
import io.rowlock.dialect.Engine;
import java.io.PrintWriter;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code rowlock compare mastery}: over HTTP and at a given rate, for what is asked is what users of the service wait for. A form is a server in
 * a process of its own; one that stored in both ways would go back to the naive one by itself.
 */
@Command(
        name = "mastery",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Compare how answers are stored: in parts (naive) and in one commit (guarded).",
            "",
            "Both forms have servers of their own on one database, and take turns at the",
            "same rate, over HTTP. Requests are due at fixed times, and latency counts from",
            "then. All is started for this, ends with it, and the books are audited."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all holds: rate, errors, success, P99, and the books of the guarded form",
            "1:the load could not be driven, or the database not be read",
            "2:the command was not understood",
            "3:something does not hold; a line each says what"
        },
        footer = {"", "What holds when: docs/reference/compare.md"})
public final class MasteryCompareCommand implements Callable<Integer> {
    private static final int NOT_HELD = 3;
    private static final int CLIENTS_MAX = 1000;
    private static final int ROUNDS_MAX = 1_000;
    private static final int TURN_MIN = 10;
    private static final int TURN_MAX = 60_000;
    private static final int SERVERS_MAX = 4;
    private static final int USERS_MAX = 1_000_000;
    private static final long REQUESTS_MAX = 10_000_000;
    private static final int DECISION_MIN = 50;
    private static final int DECISION_MAX = 5_000;
    private static final String NAIVE = "rowlock.mastery.transactional-persistence.enabled=false";
    private static final String GUARDED = "rowlock.mastery.transactional-persistence.enabled=true";

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before anything is called
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("NullAway.Init") // set by picocli before anything is called
    private EngineOption engine;

    @Option(names = "--redis", description = "Start a Redis too, of which the servers make a cache that they share.")
    private boolean redis;

    @Option(
            names = "--rate",
            paramLabel = "N/s",
            converter = Quantities.Rate.class,
            description = "How many requests are due a second (default: 1000/s).")
    private double rate = 1000;

    @Option(names = "--clients", paramLabel = "N", description = "Requests at once, 1 to 1000 (default: 64).")
    private int clients = 64;

    @Option(names = "--rounds", paramLabel = "N", description = "Turns of each form, 1 to 1000 (default: 10).")
    private int rounds = 10;

    @Option(names = "--turn-millis", paramLabel = "MS", description = "Length of a turn, 10 to 60000 (default: 6000).")
    private int turnMillis = 6000;

    @Option(
            names = "--warm-up-millis",
            paramLabel = "MS",
            description = "Length of each form's first turn, which does not count, 10 to 60000 (default: 20000).")
    private int warmUpMillis = 20_000;

    @Option(
            names = "--users",
            paramLabel = "N",
            description = "Simulated learners of each form, 10 to 1000000 (default: 1000).")
    private int users = 1000;

    @Option(names = "--servers", paramLabel = "N", description = "Servers of each form, 1 to 4 (default: 1).")
    private int servers = 1;

    @Option(
            names = "--decision-millis",
            paramLabel = "MS",
            description = "Time for a decision before it is a fallback, 50 to 5000 (default: 500, the service's own).")
    private int decisionMillis = 500;

    @Option(names = "--seed", paramLabel = "S", description = "Of what is asked for (default: random, printed).")
    private @Nullable Long seed;

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    @Override
    public Integer call() throws CannotStart, InterruptedException {
        Usage.requireRange(spec, "--clients", clients, 1, CLIENTS_MAX);
        Usage.requireRange(spec, "--rounds", rounds, 1, ROUNDS_MAX);
        Usage.requireRange(spec, "--turn-millis", turnMillis, TURN_MIN, TURN_MAX);
        Usage.requireRange(spec, "--warm-up-millis", warmUpMillis, TURN_MIN, TURN_MAX);
        Usage.requireRange(spec, "--users", users, MasteryLoad.USERS_MIN, USERS_MAX);
        Usage.requireRange(spec, "--servers", servers, 1, SERVERS_MAX);
        Usage.requireRange(spec, "--decision-millis", decisionMillis, DECISION_MIN, DECISION_MAX);
        Engine chosen = engine.chosen(spec);
        Plan plan = new Plan(
                clients,
                rate,
                rounds,
                Duration.ofMillis(turnMillis),
                Duration.ofMillis(warmUpMillis),
                seed == null ? new SecureRandom().nextInt(Integer.MAX_VALUE) : seed);
        Usage.require(
                spec,
                plan.requests() <= REQUESTS_MAX,
                "These are " + plan.requests() + " requests, and " + REQUESTS_MAX + " are the most");
        try {
            return compared(chosen, plan);
        } catch (CannotLoad cannot) {
            throw new CannotStart(String.valueOf(cannot.getMessage()), cannot);
        }
    }

    // ---- the run

    private int compared(Engine chosen, Plan plan) throws CannotLoad, CannotStart, InterruptedException {
        MasteryLoad naiveSystem = MasteryLoad.plain(users);
        MasteryLoad guardedSystem = MasteryLoad.plain(users);
        try (Fleet fleet = Fleet.open(chosen, false, redis)) {
            // On Ctrl-C this is all that runs.
            Runtime.getRuntime().addShutdownHook(new Thread(fleet::close, "compare-end"));
            List<String> naiveUrls = fleet.start(servers, List.of(), options(NAIVE));
            List<String> guardedUrls = fleet.start(servers, List.of(), options(GUARDED));
            Load.Plan none = new Load.Plan(plan.clients(), 0, plan.perSecond(), plan.seed());
            try (Load naive = new Load(naiveSystem, naiveUrls, none);
                    Load guarded = new Load(guardedSystem, guardedUrls, none)) {
                naive.prepare();
                guarded.prepare();
                Alternation turns = new Alternation(naive, guarded, plan);
                drive(turns, plan);
                naive.settle();
                guarded.settle();
                // What counts is what is stored, and nobody changes it now.
                fleet.stopServers();
                return tell(new SideBySide(
                        title(chosen, plan),
                        plan.perSecond(),
                        plan.seed(),
                        FormFigures.of("naive", turns.naive()),
                        FormFigures.of("guarded", turns.guarded()),
                        audit(fleet.database(), naiveSystem, guardedSystem),
                        figures(naiveSystem, guardedSystem)));
            }
        }
    }

    private List<String> options(String persistence) {
        return List.of(persistence, "rowlock.mastery.decision-timeout=" + decisionMillis + "ms");
    }

    private void drive(Alternation turns, Plan plan) throws InterruptedException {
        long all = plan.requests();
        Progress progress = Progress.show(
                spec.commandLine().getErr(), all, turns::done, () -> turns.done() + " of " + all + " answered");
        try {
            turns.run();
        } finally {
            progress.close();
        }
    }

    private static MasteryBooks audit(DatabaseChoice.Given database, MasteryLoad naive, MasteryLoad guarded)
            throws CannotLoad, CannotStart {
        try (Connection connection = Load.oneMoment(database)) {
            return MasteryBooks.audit(connection, naive, guarded);
        } catch (SQLException failed) {
            throw new CannotLoad("The database cannot be audited: " + failed.getMessage(), failed);
        }
    }

    private String title(Engine chosen, Plan plan) {
        return String.format(
                Locale.ROOT,
                "Mastery on %s%s, %,.1f requests/s due, %d clients, %d turns of %,d ms each after %,d ms to warm up",
                chosen.title(),
                (redis ? " with Redis" : "") + (servers == 1 ? "" : ", " + servers + " servers of each form"),
                plan.perSecond(),
                plan.clients(),
                plan.rounds(),
                turnMillis,
                warmUpMillis);
    }

    private Map<String, String> figures(MasteryLoad naive, MasteryLoad guarded) {
        Map<String, String> figures = new TreeMap<>();
        if (redis) {
            figures.put(
                    "cache",
                    "guarded " + guarded.figures().get("cache") + "; naive "
                            + naive.figures().get("cache"));
        }
        return figures;
    }

    private int tell(SideBySide report) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            report.printJson(out);
        } else {
            report.printText(out);
        }
        return report.holds() ? ExitCode.OK : NOT_HELD;
    }
}
