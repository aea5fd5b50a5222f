package io.rowlock.app.sync;

import io.rowlock.app.audit.Finding;
import io.rowlock.app.sync.audit.SyncAudit;
import io.rowlock.lab.ActorResult;
import io.rowlock.lab.Outcome;
import io.rowlock.lab.Scenario;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;

/** What is looked at after each run of a race. */
final class SyncChecks {
    private SyncChecks() {}

    /** A query finds nothing. */
    static Scenario.Check noRow(String query) {
        return (connection, results) -> {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(query)) {
                return row.next() ? Optional.of("there is " + row.getString(1)) : Optional.empty();
            }
        };
    }

    /** How many actors were answered with this. */
    static long told(Outcome results, String answer) {
        return results.results().values().stream()
                .filter(new ActorResult.Returned(answer)::equals)
                .count();
    }

    /** Everybody was answered. */
    static Scenario.Check nobodyLost() {
        return (connection, results) -> results.results().values().stream()
                .filter(ActorResult.Threw.class::isInstance)
                .findFirst()
                .map(ActorResult::toString);
    }

    /** What is stored agrees with itself, each came to its end, and something else is so as well. */
    static Scenario.Check right(Scenario.Check more) {
        return (connection, results) -> {
            List<String> wrong = Finding.lines(SyncAudit.run(connection));
            if (!wrong.isEmpty()) {
                return Optional.of(String.join("; ", wrong));
            }
            Optional<String> broken = results.results().values().stream()
                    .filter(result -> result instanceof ActorResult.Threw threw && !threw.contention())
                    .findFirst()
                    .map(ActorResult::toString);
            return broken.isPresent() ? broken : more.violation(connection, results);
        };
    }
}
