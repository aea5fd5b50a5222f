package io.rowlock.app;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code rowlock version}. */
@Command(name = "version", mixinStandardHelpOptions = true, description = "Tell which Rowlock this is.")
final class VersionCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before anything is called
    private CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine().getOut().println(Main.Version.line());
        return Main.DONE;
    }
}
