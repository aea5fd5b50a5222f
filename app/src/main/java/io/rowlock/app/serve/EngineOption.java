package io.rowlock.app.serve;

import io.rowlock.dialect.Engine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code --engine} of a command that makes a database for itself; mixed in. */
public final class EngineOption {
    /** Without the option. */
    public static final String DEFAULT = "sqlite";

    @Option(
            names = "--engine",
            paramLabel = "ENGINE",
            description = "sqlite, postgres or mariadb (default: sqlite). The latter two start a server of their own.")
    private String engine = DEFAULT;

    /**
     * The engine that is meant.
     *
     * @throws ParameterException if there is none of that name
     */
    public Engine chosen(CommandSpec spec) {
        return named(spec, engine);
    }

    /** As {@link #chosen}, by a name that another option gives. */
    public static Engine named(CommandSpec spec, String engine) {
        try {
            return DatabaseChoice.Own.named(engine).engine();
        } catch (IllegalArgumentException unknown) {
            throw new ParameterException(spec.commandLine(), String.valueOf(unknown.getMessage()));
        }
    }
}
