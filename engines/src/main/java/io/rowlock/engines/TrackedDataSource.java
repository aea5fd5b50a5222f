package io.rowlock.engines;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A pool that knows who has its connections. It can be renewed: then the old pool is closed with all its connections, and
 * the next request finds a new one, so that whoever keeps the data source keeps something that works.
 */
final class TrackedDataSource extends WrappedDataSource {

    private final HikariConfig config;
    private final Loans loans;
    private final ReentrantLock renewing = new ReentrantLock();
    private volatile @Nullable HikariDataSource pool;
    private boolean closed;

    TrackedDataSource(HikariConfig config, Loans loans) {
        this.config = config;
        this.loans = loans;
    }

    /** A connection that can be broken from outside, as a failing network does. */
    interface Severable {
        void sever() throws SQLException;
    }

    /** Wraps a connection so that its loan ends with its close. */
    static Connection track(Connection connection, Loans loans) throws SQLException {
        return track(connection, loans, () -> {});
    }

    private static Connection track(Connection connection, Loans loans, Runnable forget) throws SQLException {
        Connection physical =
                connection.isWrapperFor(Connection.class) ? connection.unwrap(Connection.class) : connection;
        loans.borrowed(physical);
        return (Connection) Proxy.newProxyInstance(
                TrackedDataSource.class.getClassLoader(),
                new Class<?>[] {Connection.class, Severable.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "equals" -> proxy == arguments[0];
                    case "hashCode" -> System.identityHashCode(proxy);
                    case "sever" -> {
                        forget.run();
                        sever(physical);
                        yield null;
                    }
                    case "close", "abort" -> {
                        loans.returned(physical);
                        yield invoke(connection, method, arguments);
                    }
                    default -> invoke(connection, method, arguments);
                });
    }

    /** Breaks a connection of a driver. */
    static void sever(Connection physical) throws SQLException {
        physical.abort(Runnable::run);
        if (!physical.isClosed()) {
            // SQLite's driver aborts nothing; closing the file rolls back as well.
            physical.close();
        }
    }

    @Override
    public Connection getConnection() throws SQLException {
        HikariDataSource current = pool();
        Connection connection = current.getConnection();
        return track(connection, loans, () -> current.evictConnection(connection));
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException("This pool has one user");
    }

    private HikariDataSource pool() throws SQLException {
        HikariDataSource current = pool;
        if (current != null) {
            return current;
        }
        renewing.lock();
        try {
            current = pool;
            if (closed) {
                throw new SQLException("The pool is closed; its database is gone (pool=" + this + ")");
            }
            if (current == null) {
                HikariConfig copy = new HikariConfig();
                config.copyStateTo(copy);
                current = new HikariDataSource(copy);
                pool = current;
            }
            return current;
        } finally {
            renewing.unlock();
        }
    }

    /** Closes all connections; the next request opens new ones. */
    void renew() {
        renewing.lock();
        try {
            HikariDataSource current = pool;
            pool = null;
            if (current != null) {
                current.close();
            }
        } finally {
            renewing.unlock();
        }
    }

    /** Closes all connections; further requests are refused. */
    void close() {
        renewing.lock();
        try {
            closed = true;
            renew();
        } finally {
            renewing.unlock();
        }
    }

    @Override
    DataSource delegate() throws SQLException {
        return pool();
    }

    @Override
    public String toString() {
        return "TrackedDataSource(" + config.getPoolName() + ")";
    }
}
