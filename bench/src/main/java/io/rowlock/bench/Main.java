package io.rowlock.bench;

import io.rowlock.engines.EngineUnavailable;
import java.io.PrintStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The command line of the measurements. */
@Command(
        name = "rowlock bench",
        synopsisSubcommandLabel = "COMMAND",
        description = "Measures what Rowlock costs, beside the same by hand and beside other libraries.")
public final class Main implements Runnable {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Shows this and exits.")
    boolean help;

    private final PrintStream out;

    private Main(PrintStream out) {
        this.out = out;
    }

    /**
     * Runs a measurement and exits: 0 if it was taken, 1 if it failed, 2 if the command was wrong.
     *
     * @param args {@code core}, {@code serial}, {@code leases}, {@code cache} or {@code lab} and its options
     */
    public static void main(String[] args) {
        System.exit(run(System.out, System.err, args));
    }

    static int run(PrintStream out, PrintStream err, String... args) {
        CommandLine line = new CommandLine(new Main(out));
        line.addSubcommand(new CoreCommand(out, err));
        line.addSubcommand(new SerialCommand(out, err));
        line.addSubcommand(new LeasesCommand(out, err));
        line.addSubcommand(new CacheCommand(out, err));
        line.addSubcommand(new LabCommand(out));
        line.setOut(new java.io.PrintWriter(out, true, java.nio.charset.StandardCharsets.UTF_8));
        line.setErr(new java.io.PrintWriter(err, true, java.nio.charset.StandardCharsets.UTF_8));
        line.setParameterExceptionHandler((wrong, given) -> {
            err.println("rowlock bench: " + oneLine(wrong) + "; see ./"
                    + wrong.getCommandLine().getCommandSpec().qualifiedName() + " --help");
            return ExitCode.USAGE;
        });
        line.setExecutionExceptionHandler((failed, command, given) -> {
            err.println("rowlock bench: "
                    + (isOurs(failed) ? oneLine(failed) : failed.getClass().getSimpleName() + ": " + oneLine(failed)));
            if (!isOurs(failed) && System.getenv("ROWLOCK_TRACE") != null) {
                failed.printStackTrace(err);
            }
            return ExitCode.SOFTWARE;
        });
        return line.execute(args);
    }

    private static boolean isOurs(Exception failed) {
        return failed instanceof EngineUnavailable
                || failed instanceof NotStored
                || failed instanceof ParameterException;
    }

    private static String oneLine(Exception failed) {
        return String.valueOf(failed.getMessage()).strip().replaceAll("\\s*\\R\\s*", " ");
    }

    @Override
    public void run() {
        CommandLine.usage(this, out);
    }
}
