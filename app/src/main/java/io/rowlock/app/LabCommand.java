package io.rowlock.app;

import io.rowlock.app.serve.CannotStart;
import io.rowlock.app.serve.OpenDatabase;
import io.rowlock.app.serve.TemporaryFolder;
import io.rowlock.app.serve.Terminal;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.EngineUnavailable;
import io.rowlock.engines.PostgresServer;
import io.rowlock.lab.hermitage.HermitageCell;
import io.rowlock.lab.hermitage.HermitageReport;
import io.rowlock.lab.hermitage.HermitageRun;
import io.rowlock.lab.spec.SpecReport;
import io.rowlock.lab.spec.SpecResult;
import io.rowlock.lab.spec.SpecRun;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rowlock lab}: what others have written down about isolation, run. */
@Command(
        name = "lab",
        mixinStandardHelpOptions = true,
        description = "Run what others have written down about isolation, step by step on a real server.",
        subcommands = {LabCommand.SpecFiles.class, LabCommand.Hermitage.class})
final class LabCommand implements Callable<Integer> {
    private static final int OTHERWISE = 3;
    private static final int POOL_SIZE = 8;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before anything is called
    private CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getOut());
        return Main.DONE;
    }

    private static void progress(CommandSpec spec, String what) {
        if (Terminal.isThere()) {
            PrintWriter err = spec.commandLine().getErr();
            err.print("\r\u001b[K" + what);
            err.flush();
        }
    }

    private static void requireRelease(CommandSpec spec, int release) {
        if (release != 15 && release != 18) {
            throw new ParameterException(spec.commandLine(), "--release is 15 or 18, not " + release);
        }
    }

    private static PostgresServer postgres(int release) throws CannotStart {
        try {
            return PostgresServer.startTemporary(release, Map.of("max_prepared_transactions", "3"));
        } catch (EngineUnavailable unavailable) {
            throw new CannotStart(
                    "PostgreSQL " + release + " is not to be had: " + unavailable.getMessage(), unavailable);
        }
    }

    /** Told before a server is started. */
    private static void requireThere(Path file) throws CannotStart {
        if (!Files.isReadable(file)) {
            throw new CannotStart(
                    Files.exists(file)
                            ? "The file cannot be read (file=" + file + ")"
                            : "There is no such file (file=" + file + ")");
        }
    }

    private static void print(CommandSpec spec, String what) {
        spec.commandLine().getOut().print(what);
        spec.commandLine().getOut().flush();
    }

    private static int exitCode(boolean same, List<String> problems) {
        if (!same) {
            return OTHERWISE;
        }
        return problems.isEmpty() ? Main.DONE : Main.WORLD;
    }

    /** {@code rowlock lab spec}. */
    @Command(
            name = "spec",
            mixinStandardHelpOptions = true,
            description = {
                "Play PostgreSQL's isolation tests (.spec files, or folders of them) over JDBC, and compare waits, order,"
                        + " errors and rows with their expected output beside them (../expected)."
            },
            footer = {
                "",
                "Exit codes:",
                "  0   all as expected",
                "  1   no server, or a file that cannot be played",
                "  2   the command was not understood",
                "  3   something came out otherwise; it is listed"
            })
    static final class SpecFiles implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init") // set by picocli before anything is called
        private CommandSpec spec;

        @Parameters(arity = "1..*", paramLabel = "FILE", description = "A .spec file, or a folder of them.")
        @SuppressWarnings("NullAway.Init") // picocli refuses a command line without it
        private List<Path> files;

        @Option(names = "--release", paramLabel = "N", description = "Of PostgreSQL: 15, which they are of, or 18.")
        private int release = 15;

        @Option(names = "--json", description = "One JSON document instead of lines.")
        private boolean json;

        @Override
        public Integer call() throws CannotStart {
            requireRelease(spec, release);
            for (Path file : files) {
                requireThere(file);
            }
            try (PostgresServer server = postgres(release)) {
                SpecReport report = SpecRun.on(server.url("postgres"), server.user(), server.password())
                        .run(files, result -> progress(spec, result.name()));
                progress(spec, "");
                print(spec, json ? LabDocuments.of(report) : report.text());
                return exitCode(report.results().stream().allMatch(SpecResult::asExpected), report.problems());
            }
        }
    }

    /** {@code rowlock lab hermitage}. */
    @Command(
            name = "hermitage",
            mixinStandardHelpOptions = true,
            description = {
                "Run Hermitage's cases: those of a Markdown file of it, or without a file all that were transcribed, at"
                        + " every level of the engine."
            },
            footer = {
                "",
                "The cases are Martin Kleppmann's, github.com/ept/hermitage, CC BY 4.0.",
                "",
                "Exit codes:",
                "  0   all as Hermitage has it",
                "  1   no server, or a file that cannot be played",
                "  2   the command was not understood",
                "  3   something came out otherwise; it is listed"
            })
    static final class Hermitage implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init") // set by picocli before anything is called
        private CommandSpec spec;

        @Parameters(arity = "0..1", paramLabel = "FILE", description = "Such as postgres.md or mysql.md.")
        private @Nullable Path file;

        @Option(names = "--engine", paramLabel = "ENGINE", description = "postgres (default) or mariadb.")
        private String engine = "postgres";

        @Option(
                names = "--release",
                paramLabel = "N",
                description = "Of PostgreSQL: 15 or 18 (default: the one that is found first).")
        private @Nullable Integer release;

        @Option(names = "--json", description = "One JSON document instead of lines.")
        private boolean json;

        @Override
        public Integer call() throws CannotStart {
            Engine chosen = engine();
            if (file != null) {
                requireThere(file);
            }
            if (release != null) {
                requireRelease(spec, release);
                if (chosen != Engine.POSTGRESQL) {
                    throw new ParameterException(spec.commandLine(), "--release is of PostgreSQL");
                }
                try (PostgresServer server = postgres(release)) {
                    return play(new DriverManagerDataSource(server.url("postgres"), server.user(), server.password()));
                }
            }
            try (TemporaryFolder folder = TemporaryFolder.named("rowlock-lab-");
                    OpenDatabase database = OpenDatabase.openTemporary(chosen, folder, POOL_SIZE)) {
                return play(database.pool());
            }
        }

        private int play(DataSource database) {
            HermitageRun run = HermitageRun.on(database);
            HermitageReport report = file == null ? run.allLevels() : run.file(file);
            print(spec, json ? LabDocuments.of(report) : report.text());
            return exitCode(report.cells().stream().allMatch(HermitageCell::asClaimed), report.problems());
        }

        private Engine engine() {
            return switch (engine) {
                case "postgres", "postgresql" -> Engine.POSTGRESQL;
                case "mariadb" -> Engine.MARIADB;
                default ->
                    throw new ParameterException(
                            spec.commandLine(), "--engine is postgres or mariadb, not '" + engine + "'");
            };
        }
    }
}
