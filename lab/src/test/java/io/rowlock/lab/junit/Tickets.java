package io.rowlock.lab.junit;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Sells tickets in plain JDBC. Knows nothing of Rowlock. */
final class Tickets {
    private final DataSource dataSource;

    Tickets(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** Looks, decides, writes. */
    boolean buy(int id) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement look = connection.prepareStatement("SELECT sold, total FROM ticket WHERE id = ?");
                PreparedStatement sell =
                        connection.prepareStatement("UPDATE ticket SET sold = sold + 1 WHERE id = ?")) {
            look.setInt(1, id);
            try (ResultSet rows = look.executeQuery()) {
                if (!rows.next() || rows.getInt("sold") >= rows.getInt("total")) {
                    return false;
                }
            }
            sell.setInt(1, id);
            return sell.executeUpdate() == 1;
        }
    }

    /** Decides where it writes. */
    boolean buyIfLeft(int id) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement sell = connection.prepareStatement(
                        "UPDATE ticket SET sold = sold + 1 WHERE id = ? AND sold < total")) {
            sell.setInt(1, id);
            return sell.executeUpdate() == 1;
        }
    }
}
