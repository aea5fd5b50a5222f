package io.rowlock.app;

import io.rowlock.Rowlock;
import io.rowlock.app.serve.CannotStart;
import io.rowlock.app.serve.OpenDatabase;
import io.rowlock.app.serve.Progress;
import io.rowlock.app.sync.LocalSync;
import io.rowlock.app.sync.LocalSync.InstanceState;
import io.rowlock.app.sync.LocalSync.Session;
import io.rowlock.app.sync.LocalSync.State;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code rowlock sync}: one session of the sync, run here. */
@Command(
        name = "sync",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Sync instances in a session of their own, in this process, and tell what became of each.",
            "",
            "Without names it takes all instances that are enabled; where there is none at all it takes in a few",
            "SQLite files to try. An instance that another session works on is skipped.",
            "Ctrl-C cancels the session."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:each instance was synced",
            "1:the database could not be had",
            "2:the command was not understood, or names an instance that there is not",
            "3:an instance was not synced; a line each says why",
            "130:cancelled by Ctrl-C"
        },
        footer = {"", DatabaseOptions.PASSWORD_FOOTER})
final class SyncCommand implements Callable<Integer> {
    /** An instance was not synced; a line each says why. */
    static final int NOT_ALL = 3;

    private static final int POOL_SIZE = 8;
    private static final Duration LOOK_EVERY = Duration.ofMillis(200);

    /** How long a cancelled session has to say so before the process ends: more than one unit's deadline. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(12);

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before anything is called
    private CommandSpec spec;

    @Parameters(paramLabel = "INSTANCE", arity = "0..*", description = "Names of instances (default: all).")
    private List<String> names = new ArrayList<>();

    @Option(
            names = "--add",
            paramLabel = "NAME=URL",
            description = {
                "Take in an instance first, unless it is there; may be given several times. URL is one of",
                "  jdbc:postgresql://HOST[:PORT]/DATABASE",
                "  jdbc:mariadb://HOST[:PORT]/DATABASE",
                "  jdbc:sqlite:FILE (in the folder instances of the data)"
            })
    private Map<String, String> added = new LinkedHashMap<>();

    @Option(names = "--user", paramLabel = "USER", description = "Who to be at what --add takes in.")
    private @Nullable String user;

    @Option(
            names = "--credential",
            paramLabel = "NAME",
            description = "The name of that user's password, which is a line NAME=PASSWORD of credentials.properties in"
                    + " the data, or in the environment as ROWLOCK_SYNC_PASSWORD_NAME.")
    private @Nullable String credential;

    @Mixin
    @SuppressWarnings("NullAway.Init") // set by picocli before anything is called
    private DatabaseOptions database;

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            description = "An option of the sync, such as rowlock.sync.parallel=8; may be given several times."
                    + " docs/reference/options.md lists them.")
    private Map<String, String> options = new LinkedHashMap<>();

    @Option(names = "--json", description = "One JSON document instead of lines.")
    private boolean json;

    @Override
    public Integer call() throws CannotStart, InterruptedException {
        if (added.isEmpty() && (user != null || credential != null)) {
            throw misunderstood("--user and --credential go with --add");
        }
        CountDownLatch told = new CountDownLatch(1);
        try (OpenDatabase open =
                        OpenDatabase.openWithTables(database.database(spec.commandLine()), database.data(), POOL_SIZE);
                LocalSync sync = LocalSync.open(Rowlock.on(open.pool()), database.data(), options)) {
            takeIn(sync);
            Session session = begin(sync);
            Thread cancelling = cancelledByCtrlC(sync, session, told);
            try {
                State end = await(sync, session);
                print(end);
                return end.status().equals("completed") ? Main.DONE : NOT_ALL;
            } finally {
                forget(cancelling);
            }
        } finally {
            told.countDown();
        }
    }

    private void takeIn(LocalSync sync) {
        for (Map.Entry<String, String> instance : added.entrySet()) {
            sync.register(instance.getKey(), instance.getValue(), user, credential)
                    .ifPresent(why -> {
                        throw misunderstood("--add " + instance.getKey() + ": " + why);
                    });
        }
        if (added.isEmpty() && names.isEmpty()) {
            sync.loadSamples();
        }
    }

    private Session begin(LocalSync sync) {
        for (String name : names) {
            if (!sync.has(name)) {
                throw misunderstood("There is no instance '" + name + "'; there are " + some(sync.instances()));
            }
        }
        return sync.begin(names.isEmpty() ? sync.instances() : names)
                .orElseThrow(() -> misunderstood("There is no instance to sync; --add takes one in"));
    }

    private static String some(List<String> names) {
        int shown = 10;
        return names.isEmpty()
                ? "none"
                : String.join(", ", names.subList(0, Math.min(shown, names.size())))
                        + (names.size() > shown ? " and " + (names.size() - shown) + " more" : "");
    }

    /** The end of this process cancels the session, and waits until that has been told. */
    private static Thread cancelledByCtrlC(LocalSync sync, Session session, CountDownLatch told) {
        Thread cancelling = new Thread(
                () -> {
                    boolean unused = sync.cancel(session.id());
                    try {
                        boolean unusedInTime = told.await(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS);
                    } catch (InterruptedException interrupted) {
                        Thread.currentThread().interrupt();
                    }
                },
                "sync-cancel");
        Runtime.getRuntime().addShutdownHook(cancelling);
        return cancelling;
    }

    private static void forget(Thread cancelling) {
        try {
            boolean unused = Runtime.getRuntime().removeShutdownHook(cancelling);
        } catch (IllegalStateException ending) {
            // Then it runs.
        }
    }

    /** What was seen of the session last. */
    private static final class Seen {
        private volatile State state;

        Seen(State state) {
            this.state = state;
        }

        int ended() {
            return state.ended();
        }

        String text() {
            State now = state;
            return now.ended() + " of " + now.total() + " instances"
                    + (now.failed() == 0 ? "" : ", " + now.failed() + " not synced");
        }
    }

    private State await(LocalSync sync, Session session) throws InterruptedException {
        Seen seen = new Seen(look(sync, session));
        Progress progress =
                Progress.show(spec.commandLine().getErr(), Math.max(1, seen.state.total()), seen::ended, seen::text);
        try {
            while (true) {
                try {
                    Object unused = session.ended().get(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
                    return look(sync, session);
                } catch (TimeoutException runsOn) {
                    seen.state = look(sync, session);
                    if (seen.state.isEnded()) {
                        // Cancelled; who reads an instance at this moment has not noticed yet.
                        return seen.state;
                    }
                } catch (ExecutionException never) {
                    throw new IllegalStateException("A run ends without an exception", never);
                }
            }
        } finally {
            progress.close();
        }
    }

    private static State look(LocalSync sync, Session session) {
        return sync.state(session.id())
                .orElseThrow(() -> new IllegalStateException("The session was removed (session=" + session.id() + ")"));
    }

    private void print(State state) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(new JsonMapper().writerWithDefaultPrettyPrinter().writeValueAsString(state));
        } else {
            int width = state.instances().stream()
                    .mapToInt(instance -> instance.name().length())
                    .max()
                    .orElse(1);
            for (InstanceState instance : state.instances()) {
                out.printf("%-9s  %-" + width + "s  %s%n", instance.status(), instance.name(), detail(instance));
            }
            out.printf(
                    "%s: %d of %d instances synced (session %s)%n",
                    state.status(), state.successful(), state.total(), state.session());
        }
        out.flush();
    }

    private static String detail(InstanceState instance) {
        return instance.code().isEmpty()
                ? instance.synced() + " accounts: " + instance.created() + " new, " + instance.updated() + " changed, "
                        + instance.deleted() + " gone"
                : instance.code() + ", " + instance.message();
    }

    private ParameterException misunderstood(String why) {
        return new ParameterException(spec.commandLine(), why);
    }
}
