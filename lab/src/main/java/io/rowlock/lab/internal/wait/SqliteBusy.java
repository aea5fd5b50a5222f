package io.rowlock.lab.internal.wait;

import java.sql.Connection;
import java.sql.SQLException;
import org.sqlite.BusyHandler;
import org.sqlite.SQLiteConnection;

/**
 * Tells when a statement of a SQLite connection finds a lock taken. The engine calls at that moment, on the statement's own
 * thread, and asks whether to try again: there is nothing to poll, and the callback may take as long as it likes.
 *
 * <pre>{@code
 * SqliteBusy busy = SqliteBusy.install(connection, times -> waitUntilSomebodyCommitted());
 * ...
 * busy.reinstall();                      // before each statement
 * }</pre>
 *
 * <p><em>Holds when</em> it is the connection's busy handler, of which there is one: {@code PRAGMA busy_timeout}, the
 * driver's property {@code busy_timeout} and a statement with a query timeout put another in its place. Hence
 * {@link #reinstall}, which costs a native call. <em>Breaks when</em> waiting cannot help: SQLite then refuses without a
 * call. That is so for SQLITE_BUSY_SNAPSHOT (the snapshot is too old to write from) and where two would wait for each
 * other.
 *
 * <p>One thread at a time, as a connection is.
 */
public final class SqliteBusy {

    private final SQLiteConnection connection;
    private final BusyHandler handler;

    private SqliteBusy(SQLiteConnection connection, BusyHandler handler) {
        this.connection = connection;
        this.handler = handler;
    }

    /** Asked while a statement cannot go on. */
    @FunctionalInterface
    public interface Callback {
        /**
         * Whether the statement shall try again; otherwise it fails with SQLITE_BUSY. What it throws counts as no.
         *
         * @param times how often it was asked for the same lock before
         */
        boolean retry(int times);
    }

    /**
     * Puts a callback in the place of the connection's busy timeout.
     *
     * @param connection of SQLite's driver, or one that unwraps to it
     * @throws SQLException if it is none, or closed
     */
    public static SqliteBusy install(Connection connection, Callback callback) throws SQLException {
        BusyHandler handler = new BusyHandler() {
            @Override
            protected int callback(int times) {
                try {
                    return callback.retry(times) ? 1 : 0;
                } catch (RuntimeException e) {
                    // Below us is native code, through which no exception passes.
                    return 0;
                }
            }
        };
        SqliteBusy busy = new SqliteBusy(connection.unwrap(SQLiteConnection.class), handler);
        busy.reinstall();
        return busy;
    }

    /** Puts the callback in its place again, whatever has taken it. */
    public void reinstall() throws SQLException {
        BusyHandler.setHandler(connection, handler);
    }

    /** Takes the callback away: from now on a statement that finds a lock taken fails at once. */
    public void remove() throws SQLException {
        BusyHandler.clearHandler(connection);
    }
}
