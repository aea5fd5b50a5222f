package io.rowlock.lab.internal.wait;

import io.rowlock.dialect.Engine;
import io.rowlock.dialect.EngineProfile;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/**
 * How soon a deadlock is found. PostgreSQL looks for one only when a session has waited for {@code deadlock_timeout}, a
 * second by default; whoever explores many deadlocks wants less. InnoDB looks when a wait begins, SQLite refuses before.
 */
public final class DeadlockDetection {

    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    private DeadlockDetection() {}

    /**
     * Lets a session look for deadlocks sooner, until it ends. Among the sessions of a deadlock the one that looks first is
     * the victim, so give all of them the same.
     *
     * @param connection in autocommit, since a refusal would doom a transaction
     * @param timeout at least a millisecond
     * @return whether deadlocks are found this soon; no, if the user may not change it (it takes a superuser, or from
     *     PostgreSQL 15 a GRANT SET)
     * @throws IllegalStateException if a transaction may be open
     * @throws SQLException if the session cannot be asked
     */
    public static boolean within(Connection connection, EngineProfile profile, Duration timeout) throws SQLException {
        if (profile.engine() != Engine.POSTGRESQL) {
            return true;
        }
        if (!connection.getAutoCommit()) {
            throw new IllegalStateException("Deadlock detection is set outside transactions; call setAutoCommit(true)");
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET deadlock_timeout = " + Math.max(1, timeout.toMillis()));
            return true;
        } catch (SQLException e) {
            if (INSUFFICIENT_PRIVILEGE.equals(e.getSQLState())) {
                return false;
            }
            throw e;
        }
    }
}
