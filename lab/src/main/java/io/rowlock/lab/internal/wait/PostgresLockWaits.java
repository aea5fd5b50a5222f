package io.rowlock.lab.internal.wait;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Set;

/**
 * PostgreSQL. Where it may be called, the function of PostgreSQL's own isolation tests answers; it is made for being
 * polled, and nobody promises that it stays. Both ways know the wait of a DEFERRABLE transaction for a safe snapshot. An
 * autovacuum worker does not count as a blocker, since it steps aside.
 */
final class PostgresLockWaits extends PolledLockWaits {

    /**
     * Everybody but autovacuum; 0 stands for prepared transactions. A plain user is not told what kind others are, and the
     * view of the same name joins what is not needed here, at four times the cost.
     */
    private static final String BLOCKERS = """
            (SELECT array_agg(a.pid) || 0 FROM pg_catalog.pg_stat_get_activity(NULL) AS a
              WHERE a.backend_type IS DISTINCT FROM 'autovacuum worker')""";

    private static final String BY_TEST_FUNCTION = """
            SELECT s.pid FROM unnest(?::int[]) AS s (pid)
             WHERE pg_catalog.pg_isolation_test_session_is_blocked(s.pid, %s)""".formatted(BLOCKERS);

    private static final String BY_BLOCKING_PIDS = """
            SELECT s.pid FROM unnest(?::int[]) AS s (pid)
             WHERE pg_catalog.pg_blocking_pids(s.pid) && %s
                OR cardinality(pg_catalog.pg_safe_snapshot_blocking_pids(s.pid)) > 0""".formatted(BLOCKERS);

    private final PreparedStatement reading;

    PostgresLockWaits(Connection connection) throws SQLException {
        this(connection, hasTestFunction(connection));
    }

    PostgresLockWaits(Connection connection, boolean byTestFunction) throws SQLException {
        super(connection);
        reading = connection.prepareStatement(byTestFunction ? BY_TEST_FUNCTION : BY_BLOCKING_PIDS);
    }

    static boolean hasTestFunction(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("""
                        SELECT coalesce(has_function_privilege(
                            to_regprocedure('pg_catalog.pg_isolation_test_session_is_blocked(int, int[])'), 'EXECUTE'), false)
                        """)) {
            rows.next();
            return rows.getBoolean(1);
        }
    }

    @Override
    Set<Long> read(Set<Long> sessions) throws SQLException {
        reading.setString(1, "{" + list(sessions) + "}");
        Set<Long> waiting = new HashSet<>();
        try (ResultSet rows = reading.executeQuery()) {
            while (rows.next()) {
                waiting.add(rows.getLong(1));
            }
        }
        return waiting;
    }

    @Override
    public String sessionSql() {
        return "SELECT pg_catalog.pg_backend_pid()";
    }
}
