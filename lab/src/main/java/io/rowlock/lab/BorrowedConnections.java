package io.rowlock.lab;

import io.rowlock.dialect.EngineProfile;
import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Connections of the lab's user, set as the lab needs them while it has them, and as they came when they are closed: they may
 * go back to a pool. Safe for use by many threads.
 */
final class BorrowedConnections implements DataSource {
    private final DataSource target;
    private final LabOptions options;

    BorrowedConnections(DataSource target, LabOptions options) {
        this.target = target;
        this.options = options;
    }

    /** A statement, and whether the user may be forbidden to run it. */
    private record Change(String sql, boolean mayBeDenied) {}

    @Override
    public Connection getConnection() throws SQLException {
        Connection connection = target.getConnection();
        try {
            Loan loan = new Loan(connection);
            loan.begin();
            return (Connection) Proxy.newProxyInstance(
                    Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, loan::invoke);
        } catch (SQLException | RuntimeException failed) {
            try (connection) {
                throw failed;
            }
        }
    }

    /** One connection, until it is closed. */
    private final class Loan {
        private final Connection connection;
        private final List<String> before = new ArrayList<>();
        private final int isolation;
        private final boolean autoCommit;
        private final int networkTimeoutMillis;
        private boolean given;

        Loan(Connection connection) throws SQLException {
            this.connection = connection;
            this.isolation = connection.getTransactionIsolation();
            this.autoCommit = connection.getAutoCommit();
            this.networkTimeoutMillis = connection.getNetworkTimeout();
        }

        void begin() throws SQLException {
            connection.setAutoCommit(true);
            List<Change> changes = new ArrayList<>();
            switch (EngineProfile.read(connection).engine()) {
                case SQLITE -> {
                    keep("PRAGMA synchronous", "PRAGMA synchronous = ");
                    keep("PRAGMA query_only", "PRAGMA query_only = ");
                    // It also takes the place of the busy handler by which waits are seen.
                    keep("PRAGMA busy_timeout", "PRAGMA busy_timeout = ");
                    if (!options.durable()) {
                        changes.add(new Change("PRAGMA synchronous = OFF", false));
                    }
                }
                case POSTGRESQL -> {
                    if (!options.durable()) {
                        keep("SHOW synchronous_commit", "SET synchronous_commit = ");
                        changes.add(new Change("SET synchronous_commit = off", false));
                    }
                    keep(
                            "SELECT setting FROM pg_catalog.pg_settings WHERE name = 'deadlock_timeout'",
                            "SET deadlock_timeout = ");
                    changes.add(new Change(
                            "SET deadlock_timeout = "
                                    + options.deadlockTimeout().toMillis(),
                            true));
                }
                case MARIADB, MYSQL -> {}
            }
            options.sessionSql().ifPresent(sql -> changes.add(new Change(sql, false)));
            for (Change change : changes) {
                make(change);
            }
        }

        private void keep(String question, String answer) throws SQLException {
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(question)) {
                rows.next();
                before.add(answer + rows.getString(1));
            }
        }

        private void make(Change change) throws SQLException {
            try (Statement statement = connection.createStatement()) {
                statement.execute(change.sql());
            } catch (SQLException denied) {
                if (!change.mayBeDenied() || !"42501".equals(denied.getSQLState())) {
                    throw denied;
                }
                before.remove(before.size() - 1);
            }
        }

        @Nullable
        Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
            switch (method.getName()) {
                case "equals" -> {
                    return arguments != null && proxy == arguments[0];
                }
                case "hashCode" -> {
                    return System.identityHashCode(proxy);
                }
                case "close" -> giveBack();
                default -> {}
            }
            try {
                return method.invoke(connection, arguments);
            } catch (InvocationTargetException thrown) {
                throw thrown.getCause() == null ? thrown : thrown.getCause();
            }
        }

        private synchronized void giveBack() throws SQLException {
            if (given || connection.isClosed()) {
                return;
            }
            given = true;
            if (options.sessionSql().isPresent()) {
                // Nobody knows what that changed.
                discard();
                return;
            }
            try {
                if (!connection.getAutoCommit()) {
                    connection.rollback();
                    connection.setAutoCommit(true);
                }
                try (Statement statement = connection.createStatement()) {
                    for (String sql : before) {
                        statement.execute(sql);
                    }
                }
                connection.setTransactionIsolation(isolation);
                connection.setAutoCommit(autoCommit);
                connection.setNetworkTimeout(Runnable::run, networkTimeoutMillis);
            } catch (SQLException broken) {
                // One that cannot be set back is not to be lent to others.
                discard();
                throw broken;
            }
        }

        private void discard() throws SQLException {
            connection.abort(Runnable::run);
            try (Statement statement = connection.createStatement()) {
                boolean unused = statement.execute("SELECT 1");
            } catch (SQLException gone) {
                // By this a pool learns of it, which else lends what it had a moment ago without a look.
            }
        }
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException("A lab has the user of its data source");
    }

    @Override
    public @Nullable PrintWriter getLogWriter() throws SQLException {
        return target.getLogWriter();
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
        throw new SQLFeatureNotSupportedException("The data source is not the lab's to change");
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        // A pool asks for this when it starts, and the data source is not the lab's to change.
    }

    @Override
    public int getLoginTimeout() throws SQLException {
        return target.getLoginTimeout();
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        return target.getParentLogger();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return type.isInstance(this) ? type.cast(this) : target.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return type.isInstance(this) || target.isWrapperFor(type);
    }
}
