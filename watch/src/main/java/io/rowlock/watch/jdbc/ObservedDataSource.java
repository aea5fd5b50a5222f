package io.rowlock.watch.jdbc;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * A data source whose every step is shown to a {@link JdbcObserver}, before and after.
 *
 * <p>A step is: each execution of a statement (plain, prepared, callable, or a batch), {@code commit}, {@code rollback},
 * {@code setAutoCommit(true)} in a transaction, {@code setSavepoint}, {@code rollback(savepoint)}, and {@code close} in a
 * transaction. No step costs a round trip more than without the observer.
 *
 * <p><b>Holds when</b> the program works through the objects that it got from here. <b>Breaks when</b> it unwraps them, or
 * takes a connection from {@link java.sql.DatabaseMetaData#getConnection}: what it does there is not seen.
 *
 * <p>{@code unwrap} and {@code isWrapperFor} reach through to what is underneath, down to the driver's own objects.
 *
 * <p>Safe for use by many threads.
 */
public final class ObservedDataSource implements DataSource {

    /** Rows of one answer that are shown; the program gets all. More than any row set a decision is taken on. */
    public static final int ROWS_MAX = 10_000;

    /** Columns of a row that are shown, the first ones. */
    public static final int COLUMNS_MAX = 256;

    /** Characters or bytes of a value that are shown, the first ones. */
    public static final int VALUE_LENGTH_MAX = 4_096;

    private final DataSource target;
    private final JdbcObserver observer;
    private final AtomicLong sessions = new AtomicLong();
    private final AtomicLong steps = new AtomicLong();

    private ObservedDataSource(DataSource target, JdbcObserver observer) {
        this.target = target;
        this.observer = observer;
    }

    /** Wraps a data source. Steps and sessions are numbered from 1 for each wrapping. */
    public static DataSource observe(DataSource target, JdbcObserver observer) {
        return new ObservedDataSource(target, observer);
    }

    @Override
    public Connection getConnection() throws SQLException {
        return observed(target.getConnection());
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        return observed(target.getConnection(user, password));
    }

    private Connection observed(Connection connection) throws SQLException {
        try {
            return ObservedSession.open(
                    new JdbcSession(sessions.incrementAndGet(), connection), observer, steps::incrementAndGet);
        } catch (SQLException | RuntimeException | Error e) {
            closeAfter(e, connection);
            throw e;
        }
    }

    private static void closeAfter(Throwable failure, Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            failure.addSuppressed(e);
        }
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        if (type.isInstance(this)) {
            return type.cast(this);
        }
        return type.isInstance(target) ? type.cast(target) : target.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return type.isInstance(this) || type.isInstance(target) || target.isWrapperFor(type);
    }

    @Override
    public PrintWriter getLogWriter() throws SQLException {
        return target.getLogWriter();
    }

    @Override
    public void setLogWriter(PrintWriter out) throws SQLException {
        target.setLogWriter(out);
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        target.setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() throws SQLException {
        return target.getLoginTimeout();
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        return target.getParentLogger();
    }
}
