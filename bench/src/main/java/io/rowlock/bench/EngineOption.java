package io.rowlock.bench;

import io.rowlock.dialect.Engine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The engine of a measurement that has one. */
final class EngineOption {
    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    CommandSpec command;

    @Option(
            names = "--engine",
            paramLabel = "ENGINE",
            defaultValue = "postgres",
            description = "postgres (default), mariadb or sqlite.")
    private String engine = "postgres";

    /** As it was given. */
    String word() {
        return engine;
    }

    Engine chosen() {
        return switch (engine) {
            case "postgres" -> Engine.POSTGRESQL;
            case "mariadb" -> Engine.MARIADB;
            case "sqlite" -> Engine.SQLITE;
            default ->
                throw new ParameterException(
                        command.commandLine(),
                        "No such engine: " + engine + " (there are postgres, mariadb and sqlite)");
        };
    }
}
