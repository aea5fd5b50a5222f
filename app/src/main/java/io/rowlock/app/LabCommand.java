package io.rowlock.app;

import io.rowlock.app.serve.CannotStart;
import io.rowlock.app.serve.DatabaseChoice;
import io.rowlock.app.serve.OpenDatabase;
import io.rowlock.app.serve.TemporaryFolder;
import io.rowlock.app.serve.Terminal;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.EngineUnavailable;
import io.rowlock.engines.PostgresServer;
import io.rowlock.lab.hermitage.HermitageReport;
import io.rowlock.lab.hermitage.HermitageRun;
import io.rowlock.lab.spec.SpecReport;
import io.rowlock.lab.spec.SpecRun;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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

    /** {@code rowlock lab spec}. */
    @Command(
            name = "spec",
            mixinStandardHelpOptions = true,
            description = {
                "Play PostgreSQL's isolation tests (.spec files, or folders of them) over JDBC, and compare waits, order,",
                "errors and rows with their expected output beside them (../expected)."
            },
            footer = {
                "",
                "Exit codes: 0 all as expected, 1 no server, 2 not understood, 3 something came out otherwise."
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

        @Override
        public Integer call() throws CannotStart {
            if (release != 15 && release != 18) {
                throw new ParameterException(spec.commandLine(), "--release is 15 or 18, not " + release);
            }
            try (PostgresServer server =
                    PostgresServer.startTemporary(release, Map.of("max_prepared_transactions", "3"))) {
                SpecReport report = SpecRun.on(server.url("postgres"), server.user(), server.password())
                        .run(files, result -> progress(spec, result.name()));
                progress(spec, "");
                spec.commandLine().getOut().print(report.text());
                spec.commandLine().getOut().flush();
                return report.asExpected() ? Main.DONE : OTHERWISE;
            } catch (EngineUnavailable unavailable) {
                throw new CannotStart(
                        "PostgreSQL " + release + " is not to be had: " + unavailable.getMessage(), unavailable);
            }
        }
    }

    /** {@code rowlock lab hermitage}. */
    @Command(
            name = "hermitage",
            mixinStandardHelpOptions = true,
            description = {
                "Run Hermitage's cases: those of a Markdown file of it, or without a file all that were transcribed, at",
                "every level of the engine."
            },
            footer = {
                "",
                "The cases are Martin Kleppmann's, github.com/ept/hermitage, CC BY 4.0.",
                "Exit codes: 0 all as claimed, 1 no server, 2 not understood, 3 something came out otherwise."
            })
    static final class Hermitage implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init") // set by picocli before anything is called
        private CommandSpec spec;

        @Parameters(arity = "0..1", paramLabel = "FILE", description = "Such as postgres.md or mysql.md.")
        private @Nullable Path file;

        @Option(names = "--engine", paramLabel = "ENGINE", description = "postgres (default) or mariadb.")
        private String engine = "postgres";

        @Override
        public Integer call() throws CannotStart {
            Engine chosen = engine();
            try (TemporaryFolder folder = TemporaryFolder.named("rowlock-lab-");
                    OpenDatabase database =
                            OpenDatabase.openWithTables(new DatabaseChoice.Own(chosen), folder.path(), POOL_SIZE)) {
                HermitageRun run = HermitageRun.on(database.pool());
                HermitageReport report = file == null ? run.allLevels() : run.file(file);
                spec.commandLine().getOut().print(report.text());
                spec.commandLine().getOut().flush();
                return report.asClaimed() && report.problems().isEmpty() ? Main.DONE : OTHERWISE;
            }
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
