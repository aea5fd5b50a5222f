package io.rowlock.dialect;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * One live server's facts that decide what is safe on it: engine, version, and the switches that change its rules.
 *
 * <p>Read once from a connection with {@link #read}; immutable, safe for use by many threads.
 *
 * @param engine which engine answers
 * @param version the server's version as it states it
 * @param snapshotIsolation InnoDB's {@code innodb_snapshot_isolation}: whether writing or locking a row that changed since
 *     the snapshot fails (error 1020) instead of going through; on by default from MariaDB 11.6.2, absent on MySQL,
 *     {@code false} on other engines
 * @param rollbackOnTimeout InnoDB's {@code innodb_rollback_on_timeout}: whether a lock wait timeout undoes the whole
 *     transaction instead of the statement
 * @param multiWriter whether the server is a member of a cluster that may accept writes on several nodes (Galera): row
 *     locks are then local to a node, and nothing Rowlock promises holds if two nodes write
 */
public record EngineProfile(
        Engine engine, String version, boolean snapshotIsolation, boolean rollbackOnTimeout, boolean multiWriter) {

    /** When a transaction's plain reads stop seeing what others commit. */
    public enum SnapshotPoint {
        /** Each statement has a snapshot of its own. */
        EACH_STATEMENT,
        /** The first statement of any kind fixes it, a locking read included (PostgreSQL). */
        FIRST_STATEMENT,
        /** The first plain read fixes it; BEGIN and locking reads do not (InnoDB). */
        FIRST_PLAIN_READ,
        /** There is none: plain reads take share locks (InnoDB at SERIALIZABLE). */
        NONE
    }

    /**
     * Reads the profile of the server behind a connection. Changes nothing and leaves no transaction open on an
     * autocommit connection.
     *
     * @throws IllegalArgumentException if the product is none that Rowlock knows
     * @throws SQLException if the server cannot be asked
     */
    public static EngineProfile read(Connection connection) throws SQLException {
        Engine engine = Engine.of(connection);
        String version = connection.getMetaData().getDatabaseProductVersion();
        return switch (engine) {
            case MARIADB, MYSQL ->
                new EngineProfile(
                        engine,
                        version,
                        variable(connection, "innodb_snapshot_isolation"),
                        variable(connection, "innodb_rollback_on_timeout"),
                        variable(connection, "wsrep_on"));
            case POSTGRESQL, SQLITE -> new EngineProfile(engine, version, false, false, false);
        };
    }

    private static boolean variable(Connection connection, String name) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SHOW VARIABLES LIKE '" + name + "'")) {
            return rows.next() && ("ON".equalsIgnoreCase(rows.getString(2)) || "1".equals(rows.getString(2)));
        }
    }

    /** When the snapshot of a transaction at this level is fixed on this engine. */
    public SnapshotPoint snapshotAt(Isolation level) {
        return switch (engine) {
            case POSTGRESQL ->
                level == Isolation.READ_COMMITTED ? SnapshotPoint.EACH_STATEMENT : SnapshotPoint.FIRST_STATEMENT;
            case MARIADB, MYSQL ->
                switch (level) {
                    case READ_COMMITTED -> SnapshotPoint.EACH_STATEMENT;
                    case REPEATABLE_READ -> SnapshotPoint.FIRST_PLAIN_READ;
                    case SERIALIZABLE -> SnapshotPoint.NONE;
                };
            case SQLITE -> SnapshotPoint.FIRST_STATEMENT;
        };
    }

    /**
     * Whether, after a snapshot was fixed, this engine lets a later row lock succeed on a row that changed meanwhile while
     * plain reads go on seeing the old state. That combination grants twice what should be granted once: the lock looks
     * like protection, the decision is taken from the past.
     *
     * <p>True only for InnoDB at REPEATABLE READ without {@code innodb_snapshot_isolation}. PostgreSQL refuses with 40001,
     * SQLite with BUSY_SNAPSHOT.
     */
    public boolean letsStaleReadThrough(Isolation level) {
        return snapshotAt(level) == SnapshotPoint.FIRST_PLAIN_READ && !snapshotIsolation;
    }
}
