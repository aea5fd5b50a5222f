package io.rowlock.bench;

import io.rowlock.dialect.Engine;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Locks as one writes them by hand. Each thread keeps a connection for itself, which no program could afford and which makes
 * these the floor.
 */
final class LocksByHand implements AutoCloseable {
    /** How long a row that is taken is left alone before it is tried again. */
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Rig rig;
    private final List<Connection> connections = new ArrayList<>();

    LocksByHand(Rig rig) {
        this.rig = rig;
    }

    static void createTable(Rig rig) {
        rig.execute(
                switch (rig.engine()) {
                    case POSTGRESQL -> """
                    CREATE TABLE hand_lease (
                        name       VARCHAR(100) NOT NULL PRIMARY KEY,
                        token      BIGINT NOT NULL,
                        expires_at TIMESTAMPTZ NOT NULL)
                    """;
                    case SQLITE -> """
                    CREATE TABLE hand_lease (
                        name       TEXT NOT NULL PRIMARY KEY,
                        token      INTEGER NOT NULL,
                        expires_at REAL NOT NULL)
                    """;
                    default -> """
                    CREATE TABLE hand_lease (
                        name       VARCHAR(100) NOT NULL PRIMARY KEY,
                        token      BIGINT NOT NULL,
                        expires_at DATETIME(6) NOT NULL) ENGINE=InnoDB
                    """;
                });
    }

    private Connection connection() throws SQLException {
        Connection connection = rig.connect();
        connections.add(connection);
        return connection;
    }

    // ---- a row that is taken until it expires, with a token

    private String take() {
        return switch (rig.engine()) {
            case POSTGRESQL -> """
                    UPDATE hand_lease
                       SET token = token + 1, expires_at = clock_timestamp() + INTERVAL '30 seconds'
                     WHERE name = ? AND expires_at <= clock_timestamp()
                    RETURNING token
                    """;
            case SQLITE -> """
                    UPDATE hand_lease
                       SET token = token + 1, expires_at = julianday('now') + 30.0 / 86400
                     WHERE name = ? AND expires_at <= julianday('now')
                    RETURNING token
                    """;
            // The token comes back with the count, as the number that was last inserted.
            default -> """
                    UPDATE hand_lease
                       SET token = LAST_INSERT_ID(token + 1), expires_at = SYSDATE(6) + INTERVAL 30 SECOND
                     WHERE name = ? AND expires_at <= SYSDATE(6)
                    """;
        };
    }

    private String free() {
        String now = switch (rig.engine()) {
            case POSTGRESQL -> "clock_timestamp()";
            case SQLITE -> "julianday('now')";
            default -> "SYSDATE(6)";
        };
        return "UPDATE hand_lease SET expires_at = %1$s WHERE name = ? AND token = ? AND expires_at > %1$s"
                .formatted(now);
    }

    /** One statement takes the row, one frees it; who finds it taken comes again in a millisecond. */
    Locking row(String name) throws SQLException {
        Connection connection = connection();
        insertUnlessThere(connection, name);
        boolean returning = rig.engine() != Engine.MARIADB;
        PreparedStatement take = returning
                ? connection.prepareStatement(take())
                : connection.prepareStatement(take(), Statement.RETURN_GENERATED_KEYS);
        PreparedStatement free = connection.prepareStatement(free());
        take.setString(1, name);
        free.setString(1, name);
        return inside -> {
            OptionalLong token = returning ? returned(take) : generated(take);
            while (token.isEmpty()) {
                LockSupport.parkNanos(POLL_NANOS);
                token = returning ? returned(take) : generated(take);
            }
            inside.enter(token.getAsLong());
            free.setLong(2, token.getAsLong());
            if (free.executeUpdate() != 1) {
                throw new IllegalStateException("Somebody else has taken this thread's row");
            }
        };
    }

    private void insertUnlessThere(Connection connection, String name) throws SQLException {
        String first = rig.engine() == Engine.SQLITE ? "0" : "TIMESTAMP '2000-01-01 00:00:00'";
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO hand_lease SELECT ?, 0, " + first
                + " WHERE NOT EXISTS (SELECT 1 FROM hand_lease WHERE name = ?)")) {
            insert.setString(1, name);
            insert.setString(2, name);
            insert.executeUpdate();
        }
    }

    private static OptionalLong returned(PreparedStatement take) throws SQLException {
        try (ResultSet row = take.executeQuery()) {
            return row.next() ? OptionalLong.of(row.getLong(1)) : OptionalLong.empty();
        }
    }

    private static OptionalLong generated(PreparedStatement take) throws SQLException {
        if (take.executeUpdate() == 0) {
            return OptionalLong.empty();
        }
        try (ResultSet row = take.getGeneratedKeys()) {
            return row.next() ? OptionalLong.of(row.getLong(1)) : OptionalLong.empty();
        }
    }

    // ---- the engine's own lock, which ends with the session

    /** {@code pg_advisory_lock} or {@code GET_LOCK}: nothing is stored, and there is no token. Not on SQLite. */
    Locking session(long number) throws SQLException {
        Connection connection = connection();
        boolean postgres = rig.engine() == Engine.POSTGRESQL;
        PreparedStatement take =
                connection.prepareStatement(postgres ? "SELECT pg_advisory_lock(?)" : "SELECT GET_LOCK(?, 30)");
        PreparedStatement free =
                connection.prepareStatement(postgres ? "SELECT pg_advisory_unlock(?)" : "SELECT RELEASE_LOCK(?)");
        take.setLong(1, number);
        free.setLong(1, number);
        return inside -> {
            try (ResultSet row = take.executeQuery()) {
                if (!row.next() || (!postgres && row.getInt(1) != 1)) {
                    throw new IllegalStateException("The engine's lock was not had in time");
                }
            }
            inside.enter(Locking.Inside.NO_TOKEN);
            try (ResultSet row = free.executeQuery()) {
                if (!row.next() || !row.getBoolean(1)) {
                    throw new IllegalStateException("The engine's lock was not this thread's");
                }
            }
        };
    }

    @Override
    public void close() throws SQLException {
        for (Connection connection : connections) {
            connection.close();
        }
    }
}
