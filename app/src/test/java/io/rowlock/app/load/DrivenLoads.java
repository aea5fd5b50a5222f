package io.rowlock.app.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.app.RunningService;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A load of one system that went through once on each engine, for the tests of a class that plant errors behind it: what is planted
 * is taken back.
 */
final class DrivenLoads<S extends LoadedSystem> implements AfterAllCallback {
    private final Supplier<S> newSystem;
    private final Load.Plan plan;
    private final Map<Engine, Driven<S>> driven = new EnumMap<>(Engine.class);

    /** One that went through, and the service that still runs. */
    record Driven<S>(RunningService service, S system, Load load, Driver.Run run) {}

    /** Plants something in a transaction that is rolled back. */
    @FunctionalInterface
    interface Plant {
        void into(Statement statement) throws SQLException;

        /** Statements that each change something. */
        static Plant of(String... planted) {
            return statement -> {
                for (String sql : planted) {
                    assertThat(statement.executeUpdate(sql)).as(sql).isPositive();
                }
            };
        }
    }

    DrivenLoads(Supplier<S> newSystem, Load.Plan plan) {
        this.newSystem = newSystem;
        this.plan = plan;
    }

    Driven<S> on(Database database) {
        return driven.computeIfAbsent(database.engine(), engine -> {
            S system = newSystem.get();
            RunningService service = RunningService.on(database, settings(system));
            Load load = new Load(system, List.of(service.url()), plan);
            try {
                load.prepare();
                return new Driven<>(service, system, load, load.run());
            } catch (CannotLoad | InterruptedException failed) {
                throw new AssertionError("Not driven", failed);
            }
        });
    }

    /** The service has the options that the load gives to servers which it starts itself. */
    private static Map<String, String> settings(LoadedSystem system) {
        return system.serverOptions().stream()
                .map(option -> option.split("=", 2))
                .collect(Collectors.toMap(option -> option[0], option -> option[1]));
    }

    /** What the audit finds with something planted. */
    List<String> findings(Database database, Plant plant) throws SQLException, CannotLoad {
        Load load = on(database).load();
        try (Connection connection = database.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                plant.into(statement);
                return load.audit(connection);
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        driven.values().forEach(one -> {
            one.load().close();
            one.service().close();
        });
        driven.clear();
    }
}
