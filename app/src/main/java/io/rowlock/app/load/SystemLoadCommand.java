package io.rowlock.app.load;

import io.rowlock.app.load.Report.Verdict;
import io.rowlock.app.serve.CannotStart;
import io.rowlock.app.serve.DatabaseChoice;
import io.rowlock.app.serve.EngineOption;
import io.rowlock.app.serve.GivenDatabase;
import io.rowlock.app.serve.Progress;
import io.rowlock.app.serve.Usage;
import io.rowlock.dialect.Engine;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code rowlock load SYSTEM}: drives a system, kills its servers if asked to, audits. What differs is which system. */
@Command(
        mixinStandardHelpOptions = true,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the audit found nothing (or --no-audit)",
            "1:the load could not be driven, or the database not be read",
            "2:the command was not understood",
            "3:the audit found something; a line each says what",
            "4:the audit was not run, because the database was not named"
        },
        footer = {"", "What the audit proves: docs/reference/load.md"})
abstract class SystemLoadCommand implements Callable<Integer> {
    static final int FOUND = 3;
    static final int NOT_AUDITED = 4;

    private static final int CLIENTS_MAX = 1000;
    private static final long OPS_MAX = 100_000_000;
    private static final int SERVERS_MAX = 8;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before anything is called
    private CommandSpec spec;

    @Option(names = "--clients", paramLabel = "N", description = "Clients at once, 1 to 1000 (default: 64).")
    private int clients = 64;

    @Option(names = "--ops", paramLabel = "N", description = "Operations in all (default: 20000).")
    private long ops = 20_000;

    @Option(
            names = "--rate",
            paramLabel = "N/s",
            converter = Quantities.Rate.class,
            description =
                    "Open loop: so many operations are due a second, and latency counts from then. Without it each"
                            + " client sends its next request after the last answer.")
    private @Nullable Double rate;

    @Option(
            names = "--engine",
            paramLabel = "ENGINE",
            description = "sqlite, postgres or mariadb, started for this run (default: sqlite).")
    private @Nullable String engine;

    @Option(names = "--servers", paramLabel = "N", description = "Servers on that database, 1 to 8 (default: 1).")
    private @Nullable Integer servers;

    @Option(
            names = "--kill-every",
            paramLabel = "TIME",
            converter = Quantities.Time.class,
            description =
                    "Kill a server (signal 9) so long after it took requests, such as 3s or 500ms, start it again, and"
                            + " so on; of several one in turn.")
    private @Nullable Duration killEvery;

    @Option(names = "--keep", description = "Keep the temporary folder, and say where it is.")
    private boolean keep;

    @Option(
            names = "--url",
            paramLabel = "URL",
            split = ",",
            description =
                    "Servers that run already, such as http://127.0.0.1:8080; several with commas. Start them with"
                            + " the rate limit off.")
    private List<String> urls = new ArrayList<>();

    @Option(names = "--db-url", paramLabel = "URL", description = "With --url: their database, for the audit.")
    private @Nullable String dbUrl;

    @Option(names = "--db-user", paramLabel = "USER", description = "Who to be there.")
    private @Nullable String dbUser;

    @Option(
            names = "--db-password-file",
            paramLabel = "FILE",
            description = "File whose first line is the password; without it ROWLOCK_DB_PASSWORD is.")
    private @Nullable Path dbPasswordFile;

    @Option(names = "--no-audit", description = "Do not audit.")
    private boolean noAudit;

    @Option(names = "--seed", paramLabel = "S", description = "Of what is asked for (default: random, printed).")
    private @Nullable Long seed;

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    /** The system that is driven, for one run. */
    abstract LoadedSystem system() throws CannotLoad;

    /** Whether the servers that are started share a Redis. */
    boolean startsRedis() {
        return false;
    }

    /** How long after the Redis was there it is killed, each time; empty if it is let be. */
    Optional<Duration> killsRedisEvery() {
        return Optional.empty();
    }

    /** Whether servers are driven that run already. */
    final boolean isGiven() {
        return !urls.isEmpty();
    }

    @Override
    public final Integer call() throws CannotStart, InterruptedException {
        requireSense();
        try {
            return urls.isEmpty() ? started() : given();
        } catch (CannotLoad cannot) {
            throw new CannotStart(String.valueOf(cannot.getMessage()), cannot);
        }
    }

    // ---- what the options mean

    private void requireSense() {
        Usage.requireRange(spec, "--clients", clients, 1, CLIENTS_MAX);
        require(ops >= 1 && ops <= OPS_MAX, "--ops is a number from 1 to 100000000, not " + ops);
        if (servers != null) {
            Usage.requireRange(spec, "--servers", servers, 1, SERVERS_MAX);
        }
        if (urls.isEmpty()) {
            require(dbUrl == null, "--db-url goes with --url");
            require(dbUser == null, "--db-user goes with --db-url");
            require(dbPasswordFile == null, "--db-password-file goes with --db-url");
            return;
        }
        urls.forEach(url -> require(isHttp(url), "--url is such as http://127.0.0.1:8080, not '" + url + "'"));
        require(engine == null, "--engine starts a service and --url names one that runs: give one of them");
        require(servers == null, "--servers starts a service and --url names one that runs: give one of them");
        require(killEvery == null, "--kill-every kills what this command has started, and --url names what it has not");
        require(!keep, "--keep keeps what this command has made, and --url names what it has not");
        require(dbUser == null || dbUrl != null, "--db-user goes with --db-url");
        require(dbPasswordFile == null || dbUrl != null, "--db-password-file goes with --db-url");
    }

    private static boolean isHttp(String url) {
        try {
            URI uri = URI.create(url);
            return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme())) && uri.getHost() != null;
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }

    private DatabaseChoice.@Nullable Given namedDatabase() throws CannotStart {
        if (dbUrl == null) {
            return null;
        }
        try {
            return GivenDatabase.of(dbUrl, dbUser, dbPasswordFile);
        } catch (IllegalArgumentException unusable) {
            throw misunderstood(String.valueOf(unusable.getMessage()));
        }
    }

    /** What options have to be, also those that one system has of its own. */
    final void require(boolean holds, String otherwise) {
        Usage.require(spec, holds, otherwise);
    }

    private ParameterException misunderstood(String why) {
        return new ParameterException(spec.commandLine(), why);
    }

    // ---- the run

    private int given() throws CannotLoad, CannotStart, InterruptedException {
        DatabaseChoice.Given database = namedDatabase();
        List<String> servers =
                urls.stream().map(url -> url.replaceFirst("/+$", "")).toList();
        LoadedSystem system = system();
        try (Load load = new Load(system, servers, plan())) {
            load.prepare();
            Driver.Run run = drive(load, () -> 0);
            load.settle();
            return tell(
                    system,
                    system.title() + " at " + String.join(", ", servers),
                    run,
                    0,
                    system.figures(),
                    audit(load, database));
        }
    }

    private int started() throws CannotLoad, CannotStart, InterruptedException {
        Engine chosen = EngineOption.named(spec, engine == null ? EngineOption.DEFAULT : engine);
        int count = servers == null ? 1 : servers;
        try (Fleet fleet = Fleet.open(chosen, keep, startsRedis())) {
            // On Ctrl-C this is all that runs.
            Runtime.getRuntime().addShutdownHook(new Thread(fleet::close, "load-end"));
            LoadedSystem system = system();
            fleet.start(count, List.of(), system.serverOptions());
            try (Load load = new Load(system, fleet.urls(), plan())) {
                load.prepare();
                Driver.Run run = driveAndKill(load, fleet);
                load.settle();
                // What counts is what is stored, and nobody changes it now.
                fleet.stopServers();
                Verdict verdict = audit(load, fleet.database());
                if (keep) {
                    spec.commandLine().getErr().println("rowlock: kept " + fleet.folder());
                }
                return tell(
                        system,
                        system.title() + " on " + chosen.title() + ", " + count + (count == 1 ? " server" : " servers"),
                        run,
                        fleet.kills(),
                        withRedis(system.figures(), fleet.redisKills()),
                        verdict);
            }
        }
    }

    private static Map<String, String> withRedis(Map<String, String> figures, int kills) {
        Map<String, String> more = new TreeMap<>(figures);
        if (kills > 0) {
            more.put("redis", kills + (kills == 1 ? " kill" : " kills"));
        }
        return more;
    }

    private Driver.Run driveAndKill(Load load, Fleet fleet) throws CannotLoad, InterruptedException {
        List<Future<?>> killing = new ArrayList<>();
        if (killEvery != null) {
            killing.add(fleet.killEvery(killEvery));
        }
        killsRedisEvery().ifPresent(pause -> killing.add(fleet.killRedisEvery(pause)));
        Driver.Run run = drive(load, () -> fleet.kills() + fleet.redisKills());
        fleet.stopKilling(killing);
        return run;
    }

    private Load.Plan plan() {
        return new Load.Plan(clients, ops, rate, seed());
    }

    private long seed() {
        Long given = seed;
        if (given == null) {
            given = (long) new SecureRandom().nextInt(Integer.MAX_VALUE);
            seed = given;
        }
        return given;
    }

    private Driver.Run drive(Load load, IntSupplier kills) throws InterruptedException {
        Progress progress = Progress.show(spec.commandLine().getErr(), ops, load::done, () -> soFar(load, kills));
        try {
            return load.run();
        } finally {
            progress.close();
        }
    }

    private String soFar(Load load, IntSupplier kills) {
        int killed = kills.getAsInt();
        return load.done() + " of " + ops + " answered" + (killed == 0 ? "" : ", " + killed + " kills");
    }

    private Verdict audit(Load load, DatabaseChoice.@Nullable Given database) throws CannotLoad, CannotStart {
        if (noAudit || database == null) {
            return new Verdict(false, List.of());
        }
        try (Connection connection = Load.oneMoment(database)) {
            return new Verdict(true, load.audit(connection));
        } catch (SQLException failed) {
            throw new CannotLoad("The database cannot be audited: " + failed.getMessage(), failed);
        }
    }

    private int tell(
            LoadedSystem system, String what, Driver.Run run, int kills, Map<String, String> figures, Verdict verdict) {
        Report report = new Report(
                what + ", " + clients + (clients == 1 ? " client, " : " clients, ")
                        + (rate == null ? "closed loop" : String.format(Locale.ROOT, "open loop at %.0f/s", rate)),
                seed(),
                system.leftOut(),
                rate != null,
                run,
                kills,
                system.promises().size(),
                figures,
                verdict);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            report.printJson(out);
        } else {
            report.printText(out);
        }
        if (!verdict.ran()) {
            return noAudit ? ExitCode.OK : NOT_AUDITED;
        }
        return verdict.findings().isEmpty() ? ExitCode.OK : FOUND;
    }
}
