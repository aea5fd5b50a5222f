package io.rowlock.app.races;

import io.rowlock.app.audit.Finding;
import io.rowlock.dialect.Engine;
import io.rowlock.dialect.Isolation;
import io.rowlock.lab.ActorResult;
import io.rowlock.lab.Outcome;
import io.rowlock.lab.Scenario;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is looked at after each run of a race, and where races cannot show: as far as the systems have that in common. */
public final class Checks {
    /** How many states of the database a check remembers as audited. */
    private static final int REMEMBERED_MAX = 1_000;

    private Checks() {}

    /** Whether a system's books are right. */
    @FunctionalInterface
    public interface Audit {
        List<Finding> run(Connection connection) throws SQLException;
    }

    /** The books are right, and something else as well. */
    public static Scenario.Check right(Audit audit, Scenario.Check more) {
        return (connection, results) -> rightAnd(Finding.lines(audit.run(connection)), more, connection, results);
    }

    /**
     * As {@link #right}, for scenarios whose state is all that there is. Many runs come to few states, so each state is audited
     * once. For one thread.
     *
     * @throws IllegalStateException at the first run, if the scenario's state is a query of its own: others may be hidden by it
     */
    public static Scenario.Check rightInEachState(Audit audit, Scenario.Check more) {
        Map<List<String>, List<String>> audited = new HashMap<>();
        return (connection, results) -> {
            if (results.state().stream().anyMatch(rows -> rows.startsWith("["))) {
                throw new IllegalStateException("A scenario with .state(...) is audited after each run: use right");
            }
            List<String> wrong = audited.get(results.state());
            if (wrong == null) {
                wrong = Finding.lines(audit.run(connection));
                if (audited.size() < REMEMBERED_MAX) {
                    audited.put(results.state(), wrong);
                }
            }
            return rightAnd(wrong, more, connection, results);
        };
    }

    private static Optional<String> rightAnd(
            List<String> wrong, Scenario.Check more, Connection connection, Outcome results) throws SQLException {
        return wrong.isEmpty() ? more.violation(connection, results) : Optional.of(String.join("; ", wrong));
    }

    /** Both of two. */
    public static Scenario.Check both(Scenario.Check first, Scenario.Check second) {
        return (connection, results) -> {
            Optional<String> wrong = first.violation(connection, results);
            return wrong.isPresent() ? wrong : second.violation(connection, results);
        };
    }

    /** A query finds nothing. */
    public static Scenario.Check noRow(String query) {
        return (connection, results) -> firstRow(connection, query);
    }

    /** The first row that a query finds, as {@code name=value, name=value}. */
    public static Optional<String> firstRow(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            if (!row.next()) {
                return Optional.empty();
            }
            StringBuilder text = new StringBuilder();
            for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                text.append(i == 1 ? "" : ", ")
                        .append(row.getMetaData().getColumnLabel(i))
                        .append('=')
                        .append(row.getString(i));
            }
            return Optional.of(text.toString());
        }
    }

    // ---- who was told what

    /** Each came to its end: it was answered, crashed as it was to, or may try again. */
    public static Scenario.Check allEnded() {
        return (connection, results) -> results.results().values().stream()
                .filter(result -> result instanceof ActorResult.Threw threw && !threw.contention())
                .findFirst()
                .map(ActorResult::toString);
    }

    /** Nobody was turned away, not even to try again. */
    public static Scenario.Check nobodyThrew() {
        return (connection, results) -> results.results().values().stream()
                .filter(ActorResult.Threw.class::isInstance)
                .findFirst()
                .map(ActorResult::toString);
    }

    /** How many were answered with this. */
    public static long told(Outcome results, String answer) {
        return results.results().values().stream()
                .filter(new ActorResult.Returned(answer)::equals)
                .count();
    }

    /** Whether an actor lost against another, and may try again. */
    public static boolean lost(Outcome results, char actor) {
        return isContention(results.results().get(actor));
    }

    /** Whether any did. */
    public static boolean anyLost(Outcome results) {
        return results.results().values().stream().anyMatch(Checks::isContention);
    }

    private static boolean isContention(@Nullable ActorResult result) {
        return result instanceof ActorResult.Threw threw && threw.contention();
    }

    // ---- where it cannot show

    /** Why of two who read and then write the second may fail by itself; empty where it does not. SQLite is another matter. */
    public static Optional<String> secondWriterFails(Engine engine, Isolation level) {
        if (engine == Engine.POSTGRESQL && level != Isolation.READ_COMMITTED) {
            return Optional.of("a row that was changed after the snapshot can be neither locked nor changed (40001)");
        }
        if (isInnoDb(engine) && level == Isolation.SERIALIZABLE) {
            return Optional.of("plain reads lock what they read: one of the two waits, or is ended by a deadlock");
        }
        return Optional.empty();
    }

    /** Whether it is MariaDB or MySQL. */
    public static boolean isInnoDb(Engine engine) {
        return engine == Engine.MARIADB || engine == Engine.MYSQL;
    }
}
