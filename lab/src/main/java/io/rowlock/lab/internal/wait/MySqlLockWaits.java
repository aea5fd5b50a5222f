package io.rowlock.lab.internal.wait;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Set;

/** MySQL 8 or newer, by its performance schema. Written from its manual; no build of this project has run it yet. */
final class MySqlLockWaits extends PolledLockWaits {

    private static final String READING = """
            SELECT t.PROCESSLIST_ID FROM performance_schema.data_lock_waits AS w
              JOIN performance_schema.threads AS t ON t.THREAD_ID = w.REQUESTING_THREAD_ID
             WHERE t.PROCESSLIST_ID IN (%1$s)
            UNION
            SELECT t.PROCESSLIST_ID FROM performance_schema.metadata_locks AS m
              JOIN performance_schema.threads AS t ON t.THREAD_ID = m.OWNER_THREAD_ID
             WHERE m.LOCK_STATUS = 'PENDING' AND t.PROCESSLIST_ID IN (%1$s)""";

    private final Statement asking;

    MySqlLockWaits(Connection connection) throws SQLException {
        super(connection);
        asking = connection.createStatement();
    }

    @Override
    Set<Long> read(Set<Long> sessions) throws SQLException {
        Set<Long> waiting = new HashSet<>();
        try (ResultSet rows = asking.executeQuery(READING.formatted(list(sessions)))) {
            while (rows.next()) {
                waiting.add(rows.getLong(1));
            }
        }
        return waiting;
    }

    @Override
    public String sessionSql() {
        return "SELECT CONNECTION_ID()";
    }
}
