package io.rowlock.app.serve;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Refuses what a command line says and cannot be: one line, and the exit code of a command that was not understood. */
public final class Usage {
    private Usage() {}

    /**
     * What options have to be.
     *
     * @param otherwise what they are to be instead
     * @throws ParameterException unless it holds
     */
    public static void require(CommandSpec spec, boolean holds, String otherwise) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), otherwise);
        }
    }

    /**
     * As {@link #require}, for a number.
     *
     * @param option its name, such as {@code --clients}
     */
    public static void requireRange(CommandSpec spec, String option, int value, int min, int max) {
        require(
                spec,
                value >= min && value <= max,
                option + " is a number from " + min + " to " + max + ", not " + value);
    }
}
