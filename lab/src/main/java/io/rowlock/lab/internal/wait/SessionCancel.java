package io.rowlock.lab.internal.wait;

import io.rowlock.dialect.EngineProfile;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.sqlite.SQLiteConnection;

/**
 * Ends what does not end by itself: the running statement of a session, or the session with its transaction. It opens a
 * connection for each request.
 *
 * <p>Safe for use by many threads.
 */
public final class SessionCancel {

    private final DataSource unwrapped;
    private final EngineProfile profile;

    /**
     * Ends sessions of one server.
     *
     * @param unwrapped of the server under test, without any observer around it
     */
    public SessionCancel(DataSource unwrapped, EngineProfile profile) {
        this.unwrapped = unwrapped;
        this.profile = profile;
    }

    /**
     * Lets the running statement of a session fail; its transaction stays. A session that runs none is left alone.
     *
     * @param serverSession as {@link LockWaits#serverSession} numbers them
     * @throws SQLException if the user may not, or on MariaDB if there is no such session
     * @throws IllegalArgumentException for SQLite, where {@link #interrupt} does it
     */
    public void cancelStatement(long serverSession) throws SQLException {
        execute(
                switch (profile.engine()) {
                    case POSTGRESQL -> "SELECT pg_catalog.pg_cancel_backend(" + serverSession + ")";
                    case MARIADB, MYSQL -> "KILL QUERY " + serverSession;
                    case SQLITE -> throw noServer();
                });
    }

    /**
     * Ends a session; its transaction is rolled back by the server, soon but not before this returns.
     *
     * @param serverSession as {@link LockWaits#serverSession} numbers them
     * @throws SQLException if the user may not, or on MariaDB if there is no such session
     * @throws IllegalArgumentException for SQLite; close the connection instead
     */
    public void terminate(long serverSession) throws SQLException {
        execute(
                switch (profile.engine()) {
                    case POSTGRESQL -> "SELECT pg_catalog.pg_terminate_backend(" + serverSession + ")";
                    case MARIADB, MYSQL -> "KILL CONNECTION " + serverSession;
                    case SQLITE -> throw noServer();
                });
    }

    /**
     * Lets the running statement of a SQLite connection fail with SQLITE_INTERRUPT, from any thread. A statement that is
     * held in {@link SqliteBusy.Callback} fails as soon as that returns.
     *
     * @throws SQLException if it is no connection of SQLite's driver, or closed
     */
    public static void interrupt(Connection connection) throws SQLException {
        connection.unwrap(SQLiteConnection.class).getDatabase().interrupt();
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = unwrapped.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(true);
            statement.execute(sql);
        }
    }

    private static IllegalArgumentException noServer() {
        return new IllegalArgumentException("SQLite has no server to ask; use SessionCancel.interrupt");
    }
}
