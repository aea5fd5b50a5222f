package io.rowlock.app;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line, {@code rowlock}. */
@Command(name = "rowlock", mixinStandardHelpOptions = true, description = "Safe concurrent updates.")
public final class Main implements Runnable {

    private Main() {}

    /**
     * Runs one command and ends with its exit code.
     *
     * @param args the command and its options
     */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Main()).execute(args));
    }

    @Override
    public void run() {
        new CommandLine(this).usage(System.out);
    }

    @Command(name = "serve", mixinStandardHelpOptions = true, description = "Start the service.")
    int serve() {
        return 0;
    }
}
