package io.rowlock.lab;

import io.rowlock.dialect.Engine;
import io.rowlock.dialect.SqlFailure;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;

/** One statement in front of each run. */
record ResetStatement(String sql) implements Scenario.Work {
    private static final int TRIES_MAX = 5;

    ResetStatement {
        Objects.requireNonNull(sql, "sql");
    }

    @Override
    public void run(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** In autocommit: what had no lock in time has done nothing, and can be done again. */
    void run(Connection connection, Engine engine) throws SQLException {
        for (int tries = 1; ; tries++) {
            try {
                run(connection);
                return;
            } catch (SQLException failed) {
                if (tries == TRIES_MAX || SqlFailure.of(engine, failed).kind() != SqlFailure.Kind.LOCK_TIMEOUT) {
                    throw failed;
                }
            }
        }
    }
}
