package io.rowlock.app;

import io.rowlock.app.serve.AppVersion;
import io.rowlock.app.serve.CannotStart;
import io.rowlock.app.serve.DatabaseChoice;
import io.rowlock.app.serve.GivenDatabase;
import io.rowlock.app.serve.RedisChoice;
import io.rowlock.app.serve.ServeSettings;
import io.rowlock.app.serve.Service;
import io.rowlock.app.serve.Usage;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code rowlock serve}: checks the options, starts the service, says where it is. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Start the service: the systems over HTTP, their API reference, health and metrics.",
            "",
            "Without options it keeps its data in an SQLite file in ./data and listens on this machine alone."
        },
        footer = {
            "",
            "A password is never an option: it is read from the environment variable",
            "ROWLOCK_DB_PASSWORD or from the file that --db-password-file names, and that of a Redis",
            "from ROWLOCK_REDIS_PASSWORD or from the file that --redis-password-file names.",
            "",
            "Ends on Ctrl-C or SIGTERM once the requests that run are answered."
        })
final class ServeCommand implements Callable<Integer> {
    private static final int PORT_MAX = 65_535;
    private static final int POOL_MAX = 500;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before anything is called
    private CommandSpec spec;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "Port to listen on; 0 takes any that is free (default: 8080).")
    private int port = 8080;

    @Option(
            names = "--bind",
            paramLabel = "ADDRESS",
            description = "Address to listen on; 0.0.0.0 for every one this machine has (default: 127.0.0.1)."
                    + " Nobody is asked who they are.")
    private String bind = "127.0.0.1";

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Folder for the database and the log (default: ./data).")
    private Path data = Path.of("data");

    @Option(
            names = "--engine",
            paramLabel = "ENGINE",
            description = "sqlite, postgres or mariadb (default: sqlite). The latter two start a server of their own,"
                    + " with its data in the data folder.")
    private @Nullable String engine;

    @Option(
            names = "--db-url",
            paramLabel = "URL",
            description = {
                "JDBC URL of a database that is there, one of",
                "  jdbc:postgresql://HOST/DATABASE",
                "  jdbc:mariadb://HOST/DATABASE",
                "  jdbc:sqlite:FILE"
            })
    private @Nullable String dbUrl;

    @Option(names = "--db-user", paramLabel = "USER", description = "Who to be there.")
    private @Nullable String dbUser;

    @Option(names = "--db-password-file", paramLabel = "FILE", description = "File whose first line is the password.")
    private @Nullable Path dbPasswordFile;

    @Option(
            names = "--redis",
            description = "Keep what is read often in a Redis that is started with the service, keeps nothing, and ends"
                    + " with it.")
    private boolean redis;

    @Option(
            names = "--redis-url",
            paramLabel = "URL",
            description = {
                "Keep it in a Redis that is there, for all servers on the database together, one of",
                "  redis://[USER@]HOST[:PORT][/DATABASE]",
                "  redis://[USER@]HOST[:PORT][,HOST[:PORT]] of a cluster, one member or several",
                "  redis-sentinel://HOST[:PORT][,HOST[:PORT]]#MASTER",
                "  rediss://... and rediss-sentinel://... with TLS"
            })
    private @Nullable String redisUrl;

    @Option(
            names = "--redis-password-file",
            paramLabel = "FILE",
            description = "File whose first line is the password there.")
    private @Nullable Path redisPasswordFile;

    @Option(
            names = "--redis-prefix",
            paramLabel = "NAME",
            description = "What all keys there begin with (default: rowlock). Services with different databases take"
                    + " different ones.")
    private @Nullable String redisPrefix;

    @Option(
            names = "--pool",
            paramLabel = "N",
            description = "Most connections to the database at once, 1 to 500 (default: 16).")
    private int pool = 16;

    @Option(names = "--no-samples", description = "Leave an empty database empty.")
    private boolean noSamples;

    @Option(
            names = "--zone",
            paramLabel = "ZONE",
            description = "Time zone of the shop, whose midnight begins a new day (default: this machine's).")
    private @Nullable String zone;

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            description = "An option of the systems, such as rowlock.lottery.rate-limit.max=0; may be given several"
                    + " times. docs/reference/options.md lists them.")
    private Map<String, String> options = new LinkedHashMap<>();

    @Option(names = "--ends-with", hidden = true, description = "Ends when this process has ended.")
    private @Nullable Long endsWith;

    @Override
    public Integer call() throws CannotStart, InterruptedException {
        if (endsWith != null) {
            endWith(endsWith);
        }
        Service service = Service.start(settings());
        greet(service);
        service.awaitEnd();
        return Main.DONE;
    }

    /** For who starts a service for itself: also if it is killed, and can end nobody, the service ends. */
    private static void endWith(long pid) {
        CompletableFuture<ProcessHandle> ended = ProcessHandle.of(pid)
                .map(ProcessHandle::onExit)
                .orElseGet(() -> CompletableFuture.completedFuture(null));
        CompletableFuture<Void> unused = ended.thenRun(() -> System.exit(Main.DONE));
    }

    // ---- what the options mean

    private ServeSettings settings() throws CannotStart {
        Usage.requireRange(spec, "--port", port, 0, PORT_MAX);
        Usage.requireRange(spec, "--pool", pool, 1, POOL_MAX);
        return new ServeSettings(bind, port, data, database(), redis(), pool, !noSamples, zoneId(), options);
    }

    private DatabaseChoice database() throws CannotStart {
        try {
            if (dbUrl == null) {
                Usage.require(spec, dbUser == null, "--db-user goes with --db-url");
                Usage.require(spec, dbPasswordFile == null, "--db-password-file goes with --db-url");
                return DatabaseChoice.Own.named(engine == null ? "sqlite" : engine);
            }
            Usage.require(
                    spec,
                    engine == null,
                    "--engine starts a database and --db-url names one that is there: give one of them");
            return GivenDatabase.of(dbUrl, dbUser, dbPasswordFile);
        } catch (IllegalArgumentException unusable) {
            throw misunderstood(String.valueOf(unusable.getMessage()));
        }
    }

    private RedisChoice redis() throws CannotStart {
        if (redisUrl == null) {
            Usage.require(spec, redisPasswordFile == null, "--redis-password-file goes with --redis-url");
            Usage.require(spec, redisPrefix == null, "--redis-prefix goes with --redis-url");
            return redis ? new RedisChoice.Own() : new RedisChoice.None();
        }
        Usage.require(spec, !redis, "--redis starts a Redis and --redis-url names one that is there: give one of them");
        try {
            return RedisChoice.Given.of(redisUrl, redisPasswordFile, redisPrefix);
        } catch (IllegalArgumentException unusable) {
            throw misunderstood(String.valueOf(unusable.getMessage()));
        }
    }

    private ZoneId zoneId() {
        try {
            return zone == null ? ZoneId.systemDefault() : ZoneId.of(zone);
        } catch (DateTimeException unknown) {
            throw misunderstood("--zone is a time zone such as Asia/Dushanbe or +05:00, not '" + zone + "'");
        }
    }

    private ParameterException misunderstood(String why) {
        return new ParameterException(spec.commandLine(), why);
    }

    // ---- what a newcomer sees

    private void greet(Service service) {
        PrintWriter out = spec.commandLine().getOut();
        out.println("Rowlock " + AppVersion.current() + " is listening.");
        out.println();
        out.println("  Web       " + service.url() + "/  (API reference: " + service.url() + "/docs)");
        out.println("  Database  " + service.database());
        if (!service.redis().isEmpty()) {
            out.println("  Cache     " + service.redis());
        }
        out.println("  Data      " + data.toAbsolutePath().normalize() + "  (log: " + data.relativize(Service.log(data))
                + ")");
        if (!service.commands().isEmpty()) {
            out.println();
            out.println("Try, in another terminal:");
            out.println();
            service.commands().forEach(command -> out.println("  " + command));
        }
        out.println();
        out.println("Ctrl-C ends it.");
        out.flush();
    }
}
