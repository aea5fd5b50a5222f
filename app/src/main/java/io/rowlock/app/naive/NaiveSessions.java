package io.rowlock.app.naive;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * Sessions of the sync as they are mostly written: one transaction over all instances, in which each account is stored as it is
 * found and the instance asked for its columns in between. From the second account on the local rows are locked while somebody
 * else's server is waited for.
 *
 * <p>On a table of its own. Safe for use by many threads.
 */
public final class NaiveSessions {
    private static final String TABLE = "CREATE TABLE IF NOT EXISTS naive_session_account ("
            + "instance VARCHAR(200) NOT NULL, name VARCHAR(200) NOT NULL, columns_text VARCHAR(2000) NOT NULL,"
            + " PRIMARY KEY (instance, name))";

    private final DataSource pool;
    private final Runnable remoteTrip;

    /**
     * On a database, in which it makes its table.
     *
     * @param remoteTrip what each question to an instance costs besides
     * @throws SQLException if the table cannot be made
     */
    public NaiveSessions(DataSource pool, Runnable remoteTrip) throws SQLException {
        this.pool = pool;
        this.remoteTrip = remoteTrip;
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(TABLE);
        }
    }

    /**
     * Syncs SQLite files, one after the other.
     *
     * @param client whose instances they are
     * @return how many accounts are stored
     */
    public int sync(String client, List<Path> files) throws SQLException {
        try (Connection local = pool.getConnection()) {
            local.setAutoCommit(false);
            try {
                int stored = 0;
                for (Path file : files) {
                    stored += sync(local, client + "/" + file.getFileName(), file);
                }
                local.commit();
                return stored;
            } catch (SQLException | RuntimeException failed) {
                local.rollback();
                throw failed;
            } finally {
                local.setAutoCommit(true);
            }
        }
    }

    private int sync(Connection local, String instance, Path file) throws SQLException {
        try (Connection remote = DriverManager.getConnection("jdbc:sqlite:" + file)) {
            List<String> accounts = names(remote);
            for (String account : accounts) {
                store(local, instance, account, columns(remote, account));
            }
            return accounts.size();
        }
    }

    private List<String> names(Connection remote) throws SQLException {
        remoteTrip.run();
        List<String> names = new ArrayList<>();
        try (Statement statement = remote.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name")) {
            while (rows.next()) {
                names.add(rows.getString(1));
            }
        }
        return names;
    }

    private String columns(Connection remote, String account) throws SQLException {
        remoteTrip.run();
        StringBuilder columns = new StringBuilder();
        try (PreparedStatement statement = remote.prepareStatement("SELECT name FROM pragma_table_info(?)")) {
            statement.setString(1, account);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    columns.append(rows.getString(1)).append(' ');
                }
            }
        }
        return columns.toString();
    }

    private static void store(Connection local, String instance, String name, String columns) throws SQLException {
        String update = "UPDATE naive_session_account SET columns_text = ? WHERE instance = ? AND name = ?";
        try (PreparedStatement statement = local.prepareStatement(update)) {
            statement.setString(1, columns);
            statement.setString(2, instance);
            statement.setString(3, name);
            if (statement.executeUpdate() == 1) {
                return;
            }
        }
        String insert = "INSERT INTO naive_session_account (columns_text, instance, name) VALUES (?, ?, ?)";
        try (PreparedStatement statement = local.prepareStatement(insert)) {
            statement.setString(1, columns);
            statement.setString(2, instance);
            statement.setString(3, name);
            int unused = statement.executeUpdate();
        }
    }

    /** How many accounts of a client are stored. */
    public long stored(String client) {
        try (Connection local = pool.getConnection();
                PreparedStatement statement =
                        local.prepareStatement("SELECT COUNT(*) FROM naive_session_account WHERE instance LIKE ?")) {
            statement.setString(1, client + "/%");
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        } catch (SQLException failed) {
            throw new IllegalStateException("Not counted", failed);
        }
    }
}
