package io.rowlock.app.lottery;

import io.rowlock.app.audit.Finding;
import io.rowlock.app.lottery.audit.BookAudit;
import io.rowlock.app.naive.EarlyLottery;
import io.rowlock.lab.ActorResult;
import io.rowlock.lab.Scenario;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;

/** What is looked at after each run of a race. */
final class RaceChecks {
    static final String DONE = EarlyLottery.DONE;

    private RaceChecks() {}

    /** A query finds nothing. */
    static Scenario.Check noRow(String query) {
        return (connection, results) -> firstRow(connection, query);
    }

    /** Of all who took part one was told that it is done. */
    static Scenario.Check oneIsDone() {
        return (connection, results) -> {
            long done = done(results);
            return done == 1 ? Optional.empty() : Optional.of(done + " were told that it is done");
        };
    }

    /** The books are right, and something else as well. */
    static Scenario.Check books(Scenario.Check more) {
        return (connection, results) -> {
            List<String> wrong = Finding.lines(BookAudit.run(connection));
            return wrong.isEmpty() ? more.violation(connection, results) : Optional.of(String.join("; ", wrong));
        };
    }

    /** Both of two. */
    static Scenario.Check both(Scenario.Check first, Scenario.Check second) {
        return (connection, results) -> {
            Optional<String> wrong = first.violation(connection, results);
            return wrong.isPresent() ? wrong : second.violation(connection, results);
        };
    }

    /** Nothing more than that each came to its end: it was answered, crashed as it was to, or may try again. */
    static Scenario.Check allEnded() {
        return (connection, results) -> results.results().values().stream()
                .filter(result -> result instanceof ActorResult.Threw threw && !threw.contention())
                .findFirst()
                .map(ActorResult::toString);
    }

    /** As {@link #allEnded}, and whoever was answered was told that it is done. */
    static Scenario.Check nobodyIsRefused() {
        return both(
                allEnded(),
                (connection, results) -> results.results().values().stream()
                        .filter(result -> result instanceof ActorResult.Returned returned
                                && !returned.value().equals(DONE))
                        .findFirst()
                        .map(result -> "refused: " + result));
    }

    /** How many were told that it is done. */
    static long done(io.rowlock.lab.Outcome results) {
        return results.results().values().stream()
                .filter(new ActorResult.Returned(DONE)::equals)
                .count();
    }

    /** Whether an actor lost, and may try again. */
    static boolean lost(io.rowlock.lab.Outcome results, char actor) {
        return results.results().get(actor) instanceof ActorResult.Threw threw && threw.contention();
    }

    static Optional<String> firstRow(Connection connection, String query) throws SQLException {
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
}
