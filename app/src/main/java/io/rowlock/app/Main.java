package io.rowlock.app;

import io.rowlock.app.load.LoadCommand;
import io.rowlock.app.serve.AppVersion;
import io.rowlock.app.serve.CannotStart;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command line, {@code rowlock}.
 *
 * <p>Exit codes: 0 done, 1 the world is not as it has to be, 2 the command was not understood.
 */
@Command(
        name = "rowlock",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        synopsisSubcommandLabel = "[COMMAND]",
        description = "Keeps application data right under concurrency on the database you already run.",
        footer = {
            "",
            "Without a command it serves: rowlock = rowlock serve.",
            "rowlock COMMAND --help tells the options."
        },
        subcommands = {
            ServeCommand.class,
            LoadCommand.class,
            CompareCommand.class,
            RacesCommand.class,
            LabCommand.class,
            StoryCommand.class,
            SyncCommand.class,
            VersionCommand.class,
            CommandLine.HelpCommand.class
        })
final class Main {
    static final int DONE = 0;
    static final int WORLD = 1;
    static final int USAGE = 2;

    private Main() {}

    /**
     * Runs one command. The process ends with its exit code; a service that runs keeps it alive.
     *
     * @param args the command and its options; without a command it is {@code serve}
     */
    public static void main(String[] args) {
        System.exit(commandLine().execute(withCommand(args)));
    }

    /** Runs one command in this process, which says what it has to say there. */
    static int execute(PrintWriter out, PrintWriter err, String... args) {
        return commandLine().setOut(out).setErr(err).execute(withCommand(args));
    }

    private static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setParameterExceptionHandler(Main::misunderstood)
                .setExecutionExceptionHandler(Main::failed)
                .setExitCodeExceptionMapper(failure -> WORLD)
                .setCaseInsensitiveEnumValuesAllowed(true);
    }

    /** Options without a command are those of serve; --help and --version are the program's own. */
    private static String[] withCommand(String[] args) {
        boolean own = args.length > 0
                && (!args[0].startsWith("-")
                        || Arrays.asList("--help", "-h", "--version", "-V").contains(args[0]));
        return own
                ? args
                : Stream.concat(Stream.of("serve"), Arrays.stream(args)).toArray(String[]::new);
    }

    private static int misunderstood(ParameterException misunderstood, String[] args) {
        CommandLine command = misunderstood.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("rowlock: " + oneLine(misunderstood.getMessage()) + suggestion(misunderstood) + " (see "
                + command.getCommandSpec().qualifiedName() + " --help)");
        err.flush();
        return USAGE;
    }

    private static String suggestion(ParameterException misunderstood) {
        return misunderstood instanceof UnmatchedArgumentException unmatched
                        && !unmatched.getSuggestions().isEmpty()
                ? ", did you mean " + String.join(" or ", unmatched.getSuggestions()) + "?"
                : "";
    }

    private static int failed(Exception failed, CommandLine command, ParseResult parsed) {
        PrintWriter err = command.getErr();
        err.println("rowlock: "
                + (failed instanceof CannotStart
                        ? oneLine(failed.getMessage())
                        : "failed: " + failed.getClass().getSimpleName() + ", " + oneLine(failed.getMessage())));
        err.flush();
        return WORLD;
    }

    private static String oneLine(@Nullable String message) {
        return message == null
                ? ""
                : String.join(" ", message.lines().map(String::strip).toList());
    }

    /** What --version prints. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {line()};
        }

        static String line() {
            return "rowlock " + AppVersion.current() + " (Java " + System.getProperty("java.version") + ", "
                    + System.getProperty("os.name") + " " + System.getProperty("os.arch") + ")";
        }
    }
}
