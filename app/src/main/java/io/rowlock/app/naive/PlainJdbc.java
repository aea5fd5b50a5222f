package io.rowlock.app.naive;

import io.rowlock.dialect.Engine;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.OptionalInt;
import javax.sql.DataSource;

/** JDBC as it is mostly written, as far as the forms without guards have it in common. Safe for use by many threads, as its pool is. */
final class PlainJdbc {
    private final DataSource pool;
    private final Engine engine;

    PlainJdbc(DataSource pool, Engine engine) {
        this.pool = pool;
        this.engine = engine;
    }

    /** What is done with a connection. */
    @FunctionalInterface
    interface Work {
        String run(Connection connection) throws SQLException;
    }

    /** Each statement is a transaction. */
    String inSteps(Work work) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            return work.run(connection);
        }
    }

    /** All statements are one transaction. */
    String together(Work work) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            return together(connection, work);
        }
    }

    static String together(Connection connection, Work work) throws SQLException {
        connection.setAutoCommit(false);
        try {
            String answer = work.run(connection);
            connection.commit();
            return answer;
        } catch (SQLException | RuntimeException failed) {
            connection.rollback();
            throw failed;
        } finally {
            connection.setAutoCommit(true);
        }
    }

    /** {@link #together} on a server; in steps on SQLite, where nobody else could come between. */
    String inTransaction(Work work) throws SQLException {
        return engine == Engine.SQLITE ? inSteps(work) : together(work);
    }

    /** What a read that is to lock its rows ends with. SQLite has one lock for the whole file and no such clause. */
    String forUpdate() {
        return engine == Engine.SQLITE ? "" : " FOR UPDATE";
    }

    /** The first row's first column. */
    static OptionalInt number(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = prepared(connection, sql, values);
                ResultSet row = statement.executeQuery()) {
            return row.next() ? OptionalInt.of(row.getInt(1)) : OptionalInt.empty();
        }
    }

    /** Answers how many rows it changed, which few look at. */
    static int write(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = prepared(connection, sql, values)) {
            return statement.executeUpdate();
        }
    }

    static PreparedStatement prepared(Connection connection, String sql, Object... values) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
        return statement;
    }
}
