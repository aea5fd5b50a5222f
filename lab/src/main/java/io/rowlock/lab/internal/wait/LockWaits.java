package io.rowlock.lab.internal.wait;

import io.rowlock.dialect.Engine;
import io.rowlock.dialect.EngineProfile;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.TreeSet;
import javax.sql.DataSource;

/**
 * Tells which sessions of a server wait for a lock that another session holds. It asks over a connection of its own, in
 * autocommit, which takes no locks and is seen by no observer.
 *
 * <p>A session is {@linkplain #waiting reported} when two readings in a row say so. A statement that is merely slow (a computation, a sleep, a
 * wait for the client) is never reported. A report is of a moment: who was waiting may have gone on since, so whoever acts
 * on it first looks whether the statement has returned.
 *
 * <p><em>Holds when</em> the user may see the other sessions: on PostgreSQL any user may; on MariaDB it needs PROCESS.
 * <em>Breaks when</em> the wait is not for a lock of the database, or, on PostgreSQL, for one of its internal latches.
 *
 * <p>Safe for use by many threads, one of which asks at a time.
 */
public interface LockWaits extends AutoCloseable {

    /**
     * Opens the connection that asks.
     *
     * @param unwrapped of the server under test, without any observer around it
     * @param profile of that server
     * @throws IllegalArgumentException for SQLite, where {@link SqliteBusy} tells it instead
     * @throws SQLException if no connection is to be had, or its user may not see who waits
     */
    static LockWaits on(DataSource unwrapped, EngineProfile profile) throws SQLException {
        if (profile.engine() == Engine.SQLITE) {
            throw new IllegalArgumentException("SQLite has no server to ask who waits; use SqliteBusy.install");
        }
        Connection connection = unwrapped.getConnection();
        try {
            connection.setAutoCommit(true);
            return switch (profile.engine()) {
                case POSTGRESQL -> new PostgresLockWaits(connection);
                case MARIADB -> new MariaDbLockWaits(connection);
                case MYSQL -> new MySqlLockWaits(connection);
                case SQLITE -> throw new AssertionError(profile);
            };
        } catch (SQLException | RuntimeException e) {
            try (connection) {
                throw e;
            }
        }
    }

    /** Whether a session waits for a lock now. */
    default boolean isWaiting(long serverSession) throws SQLException {
        return !waiting(Set.of(serverSession)).isEmpty();
    }

    /**
     * Those of the sessions that wait for a lock now. All of them are asked for at once, and it takes a millisecond or a
     * few: a caller may poll without pause.
     *
     * @param sessions as {@link #serverSession} numbers them; those that have ended count as not waiting
     * @throws SQLException if the server cannot be asked
     */
    default Set<Long> waiting(Set<Long> sessions) throws SQLException {
        Set<Long> both = new TreeSet<>(reading(sessions));
        if (!both.isEmpty()) {
            both.retainAll(reading(sessions));
        }
        return both;
    }

    /** One reading, for a caller that takes two by itself, and can see whether something else happened between them. */
    Set<Long> reading(Set<Long> sessions) throws SQLException;

    /**
     * The number by which the server knows a connection: PostgreSQL's process id, MariaDB's connection id. It is asked of
     * the server, so ask before the connection works, and outside any observer.
     *
     * @throws SQLException if the server cannot be asked
     */
    default long serverSession(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sessionSql())) {
            rows.next();
            return rows.getLong(1);
        }
    }

    /** The statement by which a session learns its own number. */
    String sessionSql();

    /** Closes the connection that asks. */
    @Override
    void close() throws SQLException;
}
