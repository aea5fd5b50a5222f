package io.rowlock.app.lottery;

import io.rowlock.engines.Database;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Plain SQL, as people write it who have no guards. */
final class Jdbc {
    private Jdbc() {}

    /** Runs one statement in a transaction of its own. */
    static int update(Database database, String sql) throws SQLException {
        try (Connection connection = database.dataSource().getConnection()) {
            return update(connection, sql);
        }
    }

    static int update(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate(sql);
        }
    }

    /** The first column of the first row, as text. */
    static String read(Database database, String sql) throws SQLException {
        try (Connection connection = database.dataSource().getConnection()) {
            return read(connection, sql);
        }
    }

    static String read(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            if (!rows.next()) {
                throw new AssertionError("There is no such row (sql=" + sql + ")");
            }
            return rows.getString(1);
        }
    }
}
