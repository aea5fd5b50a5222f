package io.rowlock.watch.jdbc;

import io.rowlock.engines.Database;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.logging.Logger;
import javax.sql.DataSource;

/** Connections of the driver's, with nobody between who rolls back or counts what was left open. */
final class Plain implements DataSource {

    private final Database database;
    private Connection last;

    Plain(Database database) {
        this.database = database;
    }

    /** The connection that was handed out last. */
    Connection last() {
        return last;
    }

    @Override
    public Connection getConnection() throws SQLException {
        last = DriverManager.getConnection(database.url(), database.properties());
        return last;
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        return getConnection();
    }

    @Override
    public PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(PrintWriter out) {}

    @Override
    public void setLoginTimeout(int seconds) {}

    @Override
    public int getLoginTimeout() {
        return 0;
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getGlobal();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLException("Wraps nothing");
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
