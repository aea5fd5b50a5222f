package io.rowlock.internal.unit;

import io.rowlock.Tx;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Deletes what has expired, the oldest first, and waits for nobody: a row that somebody replaces just now is left to them. */
final class Reaping {
    /** How many rows one transaction deletes at the most. */
    static final int ROWS_MAX = 500;

    private Reaping() {}

    /** Deletes up to that many expired answers. */
    static int answers(Tx tx, Flow flow, int rowsMax) throws SQLException {
        Connection connection = tx.connection();
        List<byte[]> keys = expired(connection, flow, rowsMax);
        if (keys.isEmpty()) {
            return 0;
        }
        String sql = "DELETE FROM rowlock_once WHERE once_key IN ("
                + String.join(", ", Collections.nCopies(keys.size(), "?")) + ")";
        try (PreparedStatement delete = connection.prepareStatement(sql)) {
            for (int i = 0; i < keys.size(); i++) {
                delete.setBytes(i + 1, keys.get(i));
            }
            return delete.executeUpdate();
        }
    }

    private static List<byte[]> expired(Connection connection, Flow flow, int rowsMax) throws SQLException {
        String sql = "SELECT once_key FROM rowlock_once WHERE expires_at <= " + flow.nowMillis()
                + " ORDER BY expires_at LIMIT ?" + flow.exclusive(io.rowlock.LockMode.Kind.SKIP_LOCKED);
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setInt(1, rowsMax);
            List<byte[]> keys = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    keys.add(rows.getBytes(1));
                }
            }
            return keys;
        }
    }
}
