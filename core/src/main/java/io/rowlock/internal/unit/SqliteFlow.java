package io.rowlock.internal.unit;

import io.rowlock.LockMode;
import io.rowlock.RowlockBuilder.SqliteSynchronous;
import io.rowlock.dialect.EngineProfile;
import io.rowlock.dialect.Isolation;
import io.rowlock.dialect.RowClock;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;

/**
 * SQLite: one writer at a time, so the unit takes the write lock before its body runs ({@code BEGIN IMMEDIATE}, behind a
 * fair queue of this JVM) and nothing it reads can change until it ends. There is nothing to validate and nothing to
 * deadlock. Beginning with a read and writing later is the trap: the write fails at once with BUSY_SNAPSHOT when anybody
 * has committed since, whatever the busy timeout says, and never succeeds however often it is repeated.
 */
final class SqliteFlow extends Flow {
    /** How long a connection asks the file at a time where the pool had set nothing; the unit's loop goes on. */
    private static final int BUSY_MILLIS = 250;
    /** A longer time of the pool's is cut to this: by so much can a unit outlast its deadline. */
    private static final int BUSY_MILLIS_MAX = 5000;

    private final SqliteQueue queue;

    SqliteFlow(EngineProfile profile, SqliteQueue queue) {
        super(profile);
        this.queue = queue;
    }

    /** The database's file, empty for one in memory. */
    static String fileOf(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("PRAGMA database_list")) {
            while (rows.next()) {
                if ("main".equals(rows.getString(2))) {
                    String file = rows.getString(3);
                    return file == null ? "" : file;
                }
            }
            return "";
        }
    }

    @Override
    SqliteQueue queue() {
        return queue;
    }

    @Override
    boolean preparesConnections() {
        return true;
    }

    @Override
    void prepare(Connection connection, Settings settings) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            String journal = pragma(statement, "journal_mode");
            if (!"wal".equals(journal) && !"memory".equals(journal)) {
                statement.execute("PRAGMA journal_mode = WAL");
            }
            statement.execute("PRAGMA synchronous = " + settings.sqliteSynchronous());
            statement.execute("PRAGMA foreign_keys = ON");
            int busy = Integer.parseInt(pragma(statement, "busy_timeout"));
            if (busy == 0 || busy > BUSY_MILLIS_MAX) {
                statement.execute("PRAGMA busy_timeout = " + (busy == 0 ? BUSY_MILLIS : BUSY_MILLIS_MAX));
            }
            require(statement, "foreign_keys", "1");
            require(statement, "synchronous", settings.sqliteSynchronous() == SqliteSynchronous.FULL ? "2" : "1");
        }
    }

    private static void require(Statement statement, String pragma, String wanted) throws SQLException {
        String actual = pragma(statement, pragma);
        if (!wanted.equals(actual)) {
            throw new IllegalStateException("SQLite did not take a setting (pragma=" + pragma + ", wanted=" + wanted
                    + ", actual=" + actual + "): is a transaction open on the pooled connection?");
        }
    }

    private static String pragma(Statement statement, String name) throws SQLException {
        try (ResultSet row = statement.executeQuery("PRAGMA " + name)) {
            return row.next() ? row.getString(1).toLowerCase(Locale.ROOT) : "";
        }
    }

    @Override
    boolean answersOverNetwork() {
        return false;
    }

    @Override
    void refuseManualCommit() {
        throw new IllegalStateException(
                "The pool hands out SQLite connections with autoCommit=false; the driver then begins"
                        + " a transaction at once and again after every commit, and idle connections keep locks."
                        + " Set autoCommit to true on the pool; Rowlock begins and ends its transactions itself");
    }

    @Override
    boolean saysNoTransaction(SQLException refused) {
        return String.valueOf(refused.getMessage()).contains("no transaction is active");
    }

    @Override
    boolean readsBeforeBegin(Isolation level) {
        return false;
    }

    @Override
    void begin(Session session, Isolation level) {
        session.executeWaiting("BEGIN IMMEDIATE");
        session.inTransaction(true);
    }

    @Override
    void beginReadOnly(Session session, Isolation level) {
        session.execute("BEGIN DEFERRED", false);
        session.inTransaction(true);
    }

    @Override
    String exclusive(LockMode.Kind mode) {
        return "";
    }

    @Override
    String shared() {
        return "";
    }

    @Override
    String guardSql() {
        return """
                INSERT INTO rowlock_guard (guard_key, version) VALUES (?, 1)
                ON CONFLICT (guard_key) DO UPDATE SET version = version + 1""";
    }

    @Override
    String markSql() {
        return """
                INSERT INTO rowlock_once (once_key, run_id, fingerprint, answer, answered_at, expires_at)
                VALUES (?, ?, ?, ?, %1$s, %1$s + ?) ON CONFLICT DO NOTHING""".formatted(nowMillis());
    }

    @Override
    String nowMillis() {
        return RowClock.millis(engine());
    }

    @Override
    String burySql() {
        return """
                INSERT INTO rowlock_tombstone (row_key, version) VALUES (?, ?)
                ON CONFLICT (row_key) DO UPDATE SET version = excluded.version""";
    }

    @Override
    void flush(Session session, Shared shared, Isolation level, List<Step> steps, boolean commit) {
        stepwise(session, level, steps, commit);
    }
}
