package io.rowlock.app.credits;

import io.rowlock.ReadTx;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Queries in a unit's transaction. */
final class Sql {
    private Sql() {}

    /** Makes a value of a row. */
    @FunctionalInterface
    interface Each<T extends @Nullable Object> {
        T of(ResultSet row) throws SQLException;
    }

    /** One value for each row, in their order. */
    static <T extends @Nullable Object> List<T> query(ReadTx tx, Each<T> each, String sql, Object... values) {
        try (PreparedStatement statement = tx.connection().prepareStatement(sql)) {
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
        } catch (SQLException failed) {
            throw new IllegalStateException("The database could not be read", failed);
        }
    }

    /** The ids that a search finds, in its order. */
    static List<UUID> ids(ReadTx tx, String sql, Object... values) {
        return query(tx, row -> uuid(row, 1), sql, values);
    }

    static long number(ReadTx tx, String sql) {
        return query(tx, row -> row.getLong(1), sql).get(0);
    }

    static UUID uuid(ResultSet row, int column) throws SQLException {
        return UUID.fromString(row.getString(column));
    }
}
