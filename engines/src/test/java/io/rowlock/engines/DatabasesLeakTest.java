package io.rowlock.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.testkit.engine.EventConditions.finishedWithFailure;

import io.rowlock.dialect.Engine;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

/** What a test method leaves behind fails it, and is gone before the next. */
class DatabasesLeakTest {

    /** Each is given two seconds to end by itself; together they take no longer than one. */
    private static final Map<Class<?>, CompletableFuture<List<Throwable>>> FAILURES = new ConcurrentHashMap<>();

    @BeforeAll
    static void runAllAtOnce() {
        Stream.of(
                        ForgetsToClose.class,
                        ForgetsToCommit.class,
                        ForgetsToUnlock.class,
                        LeavesAStatementRunning.class,
                        LeavesAForeignTransaction.class)
                .forEach(type -> FAILURES.put(type, CompletableFuture.supplyAsync(() -> run(type), runnable -> {
                    Thread thread = new Thread(runnable, "tests-of-" + type.getSimpleName());
                    thread.start();
                })));
    }

    private static List<Throwable> failuresOf(Class<?> type) {
        return FAILURES.get(type).join();
    }

    @Test
    void aConnectionThatIsNotClosedFailsTheTest() {
        List<Throwable> failures = failuresOf(ForgetsToClose.class);

        assertThat(failures)
                .hasSize(count(Engine.SQLITE, Engine.POSTGRESQL, Engine.MARIADB))
                .allSatisfy(failure -> {
                    assertThat(failure)
                            .hasMessageStartingWith("Left behind (engine=")
                            .hasMessageContaining("work=ForgetsToClose.first, count=")
                            .hasMessageContaining("Connection not closed (thread=");
                    assertThat(stacksOf(failure)).contains("ForgetsToClose.first");
                });
    }

    @Test
    void aTransactionThatIsLeftOpenFailsTheTest() {
        List<Throwable> failures = failuresOf(ForgetsToCommit.class);

        assertThat(failures)
                .hasSize(count(Engine.SQLITE, Engine.POSTGRESQL, Engine.MARIADB))
                .allSatisfy(failure -> {
                    assertThat(failure)
                            .hasMessageContaining("count=1")
                            .hasMessageMatching("(?s).*(Transaction left open|type=write).*");
                    assertThat(stacksOf(failure)).contains("ForgetsToCommit.first");
                });
    }

    @Test
    void aLockThatIsLeftBehindFailsTheTest() {
        List<Throwable> failures = failuresOf(ForgetsToUnlock.class);

        assertThat(failures)
                .hasSize(count(Engine.SQLITE, Engine.POSTGRESQL, Engine.MARIADB))
                .allSatisfy(failure -> {
                    assertThat(failure)
                            .hasMessageContaining("count=1")
                            .hasMessageMatching("(?s).*(Lock left behind|type=read).*");
                    assertThat(stacksOf(failure)).contains("ForgetsToUnlock.first");
                });
    }

    @Test
    void aStatementThatStillRunsFailsTheTest() {
        assertThat(failuresOf(LeavesAStatementRunning.class))
                .hasSize(count(Engine.POSTGRESQL, Engine.MARIADB))
                .allSatisfy(failure -> assertThat(failure)
                        .hasMessageContaining("Statement still running")
                        .hasMessageContaining("sql=SELECT"));
    }

    @Test
    void aTransactionOfAConnectionThatNobodyTracksFailsTheTest() {
        assertThat(failuresOf(LeavesAForeignTransaction.class))
                .hasSize(count(Engine.POSTGRESQL, Engine.MARIADB))
                .allSatisfy(failure -> assertThat(failure)
                        .hasMessageContaining("count=1")
                        .hasMessageContaining("Transaction left open (")
                        .hasNoSuppressedExceptions());
    }

    /** How many of these engines this run has. */
    private static int count(Engine... engines) {
        Set<Engine> allowed =
                Settings.get("rowlock.engines").map(DatabasesExtension::parse).orElse(EnumSet.allOf(Engine.class));
        return (int) Stream.of(engines).filter(allowed::contains).count();
    }

    /** Runs a class whose first method misbehaves and whose second must not notice. */
    private static List<Throwable> run(Class<?> type) {
        Events tests = EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(type))
                .execute()
                .testEvents();
        if (tests.finished().count() == 0) {
            return List.of();
        }
        assertThat(tests.succeeded().stream()
                        .map(event -> event.getTestDescriptor().getLegacyReportingName()))
                .as("the second method finds everything clean")
                .isNotEmpty()
                .allSatisfy(name -> assertThat(name).startsWith("second"));
        List<Throwable> failures = new ArrayList<>();
        tests.failed().stream()
                .filter(finishedWithFailure()::matches)
                .map(event -> event.getRequiredPayload(TestExecutionResult.class))
                .forEach(result -> failures.add(result.getThrowable().orElseThrow()));
        return failures;
    }

    private static String stacksOf(Throwable failure) {
        return Arrays.stream(failure.getSuppressed())
                .flatMap(stack -> Arrays.stream(stack.getStackTrace()))
                .map(StackTraceElement::toString)
                .toList()
                .toString();
    }

    private static void run(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** The table is written in each second method, so that no lock may remain. */
    @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
    abstract static class Planted {

        abstract void misbehave(Database database) throws SQLException;

        void prepare(Database database) throws SQLException {
            database.execute(
                    "CREATE TABLE account (id INT PRIMARY KEY, balance INT)", "INSERT INTO account VALUES (1, 100)");
            misbehave(database);
        }

        @Databases
        @Order(2)
        void second(Database database) {
            database.execute("UPDATE account SET balance = balance + 1");
        }
    }

    static class ForgetsToClose extends Planted {
        @Databases
        @Order(1)
        void first(Database database) throws SQLException {
            prepare(database);
        }

        @Override
        @SuppressWarnings("MustBeClosedChecker")
        void misbehave(Database database) throws SQLException {
            run(database.dataSource().getConnection(), "SELECT 1");
        }
    }

    static class ForgetsToCommit extends Planted {
        @Databases
        @Order(1)
        void first(Database database) throws SQLException {
            prepare(database);
        }

        @Override
        void misbehave(Database database) throws SQLException {
            try (Connection connection = database.dataSource().getConnection()) {
                run(
                        connection,
                        database.engine() == Engine.SQLITE ? "BEGIN IMMEDIATE" : "BEGIN",
                        "UPDATE account SET balance = 0 WHERE id = 1");
            }
        }
    }

    static class ForgetsToUnlock extends Planted {
        @Databases
        @Order(1)
        void first(Database database) throws SQLException {
            prepare(database);
        }

        @Override
        void misbehave(Database database) throws SQLException {
            try (Connection connection = database.dataSource().getConnection()) {
                switch (database.engine()) {
                    case SQLITE -> run(connection, "BEGIN", "SELECT balance FROM account");
                    case POSTGRESQL -> run(connection, "SELECT pg_advisory_lock(7)");
                    default -> run(connection, "SELECT GET_LOCK('seven', 1)");
                }
            }
        }
    }

    static class LeavesAStatementRunning extends Planted {
        @Databases({Engine.POSTGRESQL, Engine.MARIADB})
        @Order(1)
        void first(Database database) throws SQLException {
            prepare(database);
        }

        @Override
        @Databases({Engine.POSTGRESQL, Engine.MARIADB})
        @Order(2)
        void second(Database database) {
            super.second(database);
        }

        @Override
        void misbehave(Database database) throws SQLException {
            String sql = database.engine() == Engine.POSTGRESQL
                    ? "SELECT pg_sleep(60)"
                    : "SELECT balance, SLEEP(60) FROM account FOR UPDATE";
            Connection connection = database.connect();
            Thread runs = new Thread(() -> {
                try {
                    run(connection, sql);
                } catch (SQLException e) {
                    // It is ended from outside.
                }
            });
            runs.start();
        }
    }

    static class LeavesAForeignTransaction extends Planted {
        /** PostgreSQL's driver closes a connection that nobody refers to any more. */
        private static final List<Connection> REFERENCES = new CopyOnWriteArrayList<>();

        @Databases({Engine.POSTGRESQL, Engine.MARIADB})
        @Order(1)
        void first(Database database) throws SQLException {
            prepare(database);
        }

        @Override
        @Databases({Engine.POSTGRESQL, Engine.MARIADB})
        @Order(2)
        void second(Database database) {
            super.second(database);
        }

        @Override
        @SuppressWarnings("MustBeClosedChecker")
        void misbehave(Database database) throws SQLException {
            Connection connection = database.open();
            REFERENCES.add(connection);
            run(connection, "BEGIN", "UPDATE account SET balance = 0 WHERE id = 1");
        }
    }
}
