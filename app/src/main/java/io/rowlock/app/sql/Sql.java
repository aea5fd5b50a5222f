package io.rowlock.app.sql;

import io.rowlock.ReadTx;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Queries in a unit's transaction. What fails is told as the unit tells it. */
public final class Sql {
    private Sql() {}

    /** Makes a value of a row. */
    @FunctionalInterface
    public interface Each<T extends @Nullable Object> {
        T of(ResultSet row) throws SQLException;
    }

    /** What is done with a connection. */
    @FunctionalInterface
    public interface Use<T extends @Nullable Object> {
        T of(Connection connection) throws SQLException;
    }

    /** Whatever else is done with the unit's connection. */
    public static <T extends @Nullable Object> T on(ReadTx tx, Use<T> use) {
        try {
            return use.of(tx.connection());
        } catch (SQLException failed) {
            throw tx.failure(failed);
        }
    }

    /** One value for each row, in their order. */
    public static <T extends @Nullable Object> List<T> query(ReadTx tx, Each<T> each, String sql, Object... values) {
        return on(tx, connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                for (int i = 0; i < values.length; i++) {
                    statement.setObject(i + 1, values[i]);
                }
                List<T> all = new ArrayList<>();
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        all.add(each.of(rows));
                    }
                }
                return all;
            }
        });
    }

    /** The ids that a search finds, in its order. */
    public static List<UUID> ids(ReadTx tx, String sql, Object... values) {
        return query(tx, row -> uuid(row, 1), sql, values);
    }

    /** The texts that a search finds, in its order. */
    public static List<String> texts(ReadTx tx, String sql, Object... values) {
        return query(tx, row -> row.getString(1), sql, values);
    }

    /** The one number that a query answers. */
    public static long number(ReadTx tx, String sql) {
        return query(tx, row -> row.getLong(1), sql).get(0);
    }

    /** An id in a column. */
    public static UUID uuid(ResultSet row, int column) throws SQLException {
        return UUID.fromString(row.getString(column));
    }
}
