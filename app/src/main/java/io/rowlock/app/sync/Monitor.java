package io.rowlock.app.sync;

import io.rowlock.ReadTx;
import io.rowlock.Rowlock;
import io.rowlock.Unit;
import io.rowlock.app.audit.Finding;
import io.rowlock.app.sql.Sql;
import io.rowlock.app.sync.audit.SyncAudit;
import io.rowlock.dialect.Isolation;
import java.time.Duration;
import java.util.List;

/** How the sync stands, for those who run it. Locks nothing; each answer is of one moment. Safe for use by many threads. */
final class Monitor {
    private static final Unit SETTINGS = Unit.named("sync-settings");

    /** The audit reads whole tables. */
    private static final Unit AUDIT =
            Unit.named("sync-audit").withIsolation(Isolation.REPEATABLE_READ).withDeadline(Duration.ofSeconds(60));

    private final Rowlock rowlock;

    Monitor(Rowlock rowlock) {
        this.rowlock = rowlock;
    }

    /** Whether what is stored agrees with itself. */
    List<Finding> audit() {
        return rowlock.read(AUDIT, tx -> Sql.on(tx, SyncAudit::run));
    }

    /**
     * A setting of a connection.
     *
     * @param needed what it has to be for the promises to hold, or what is advised
     * @param holds whether it is so
     */
    record Setting(String name, String value, String needed, boolean holds) {}

    /** What a connection of the pool is set to, asked on one that was just borrowed: settings of SQLite are a connection's own. */
    List<Setting> settings() {
        return rowlock.read(SETTINGS, tx -> switch (rowlock.profile().engine()) {
            case SQLITE ->
                List.of(
                        setting(tx, "foreign_keys", "PRAGMA foreign_keys", "1", "1"),
                        atLeast(tx, "busy_timeout", "PRAGMA busy_timeout", 250),
                        setting(tx, "journal_mode", "PRAGMA journal_mode", "wal", "wal"),
                        setting(tx, "synchronous", "PRAGMA synchronous", "2 (FULL) or 1 (NORMAL)", "2", "1"),
                        setting(tx, "cache_size", "PRAGMA cache_size", "any"));
            case POSTGRESQL ->
                List.of(
                        setting(tx, "transaction_isolation", "SHOW transaction_isolation", "any"),
                        setting(tx, "session_replication_role", "SHOW session_replication_role", "origin", "origin"));
            case MARIADB, MYSQL ->
                List.of(
                        setting(tx, "tx_isolation", "SELECT @@tx_isolation", "any"),
                        setting(tx, "foreign_key_checks", "SELECT @@foreign_key_checks", "1", "1"));
        });
    }

    /**
     * Refuses to go on where sessions would be deleted without their records.
     *
     * @throws IllegalStateException naming the setting
     */
    void requireSettings() {
        for (Setting setting : settings()) {
            if (!setting.holds()) {
                throw new IllegalStateException("A connection is not set as it has to be (name=" + setting.name()
                        + ", value=" + setting.value() + ", needed=" + setting.needed() + ")");
            }
        }
    }

    private static String value(ReadTx tx, String sql) {
        return String.valueOf(Sql.texts(tx, sql).stream().findFirst().orElse(""));
    }

    /** @param values what it may be; none for anything */
    private static Setting setting(ReadTx tx, String name, String sql, String needed, String... values) {
        String value = value(tx, sql);
        return new Setting(
                name, value, needed, values.length == 0 || List.of(values).contains(value));
    }

    private static Setting atLeast(ReadTx tx, String name, String sql, long least) {
        String value = value(tx, sql);
        return new Setting(name, value, "at least " + least, Long.parseLong(value) >= least);
    }
}
