package io.rowlock.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.Key;
import io.rowlock.Rowlock;
import io.rowlock.RowlockTables;
import io.rowlock.Table;
import io.rowlock.Tx;
import io.rowlock.dialect.Engine;
import io.rowlock.dialect.RowClock;
import io.rowlock.engines.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Accounts that holders of leases count up: they read a balance, do something else, and write what they have read plus one. A
 * final balance that is less than what it was and one for each commit has lost an update.
 */
final class Bank {
    static final long INITIAL = 100;
    static final LeaseOptions BY_HAND = LeaseOptions.defaults().withRenewal(Renewal.BY_HAND);

    record Account(long id, long balance, long version) {
        Account plusOne() {
            return new Account(id, balance + 1, version);
        }
    }

    static final Table<Account, Long> ACCOUNTS = Table.of("accounts", Account.class)
            .key("id", Long.class)
            .keysNeverReturn()
            .fenceColumn("lease_token")
            .build();

    private static final Pattern THREAD = Pattern.compile("MariaDB thread id (\\d+),");

    private final Database database;

    private Bank(Database database) {
        this.database = database;
    }

    /** With accounts 1 to 4, each of {@link #INITIAL}. */
    static Bank open(Database database) throws SQLException {
        List<String> unused = RowlockTables.createMissing(database.dataSource());
        database.execute(
                "DROP TABLE IF EXISTS accounts",
                "CREATE TABLE accounts (id BIGINT PRIMARY KEY, balance BIGINT NOT NULL,"
                        + " version BIGINT DEFAULT 1 NOT NULL, lease_token BIGINT)");
        Bank bank = new Bank(database);
        bank.reset();
        return bank;
    }

    void reset() {
        database.execute(
                "DELETE FROM accounts",
                "INSERT INTO accounts (id, balance) VALUES (1, 100), (2, 100), (3, 100), (4, 100)");
    }

    /** As another process would have it: nothing but the database is between two of these. */
    Rowlock rowlock() {
        return Rowlock.on(database.dataSource()).build();
    }

    static Key newKey() {
        return Key.of("account", UUID.randomUUID());
    }

    static Lease take(Rowlock from, Key key) {
        return take(from, key, BY_HAND);
    }

    static Lease take(Rowlock from, Key key, LeaseOptions options) {
        return from.leases().tryAcquire(key, options).fold(Acquired.Granted::lease, held -> {
            throw new AssertionError("held by " + held.holder());
        });
    }

    /** The time until the lease's end has passed, as far as its row says: its holder stood still and knows nothing of it. */
    void expire(Key key) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                PreparedStatement update = connection.prepareStatement(
                        "UPDATE rowlock_lease SET expires_at = 0 WHERE lease_key = ? AND run_id IS NOT NULL")) {
            update.setBytes(1, key.bytes());
            update.executeUpdate();
        }
    }

    // ---- what holders do, in SQL of their own, so that nothing but the fence protects it

    static long read(Tx tx, long id) throws SQLException {
        return read(tx.connection(), id);
    }

    private static long read(Connection connection, long id) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT balance FROM accounts WHERE id = ?")) {
            select.setLong(1, id);
            try (ResultSet row = select.executeQuery()) {
                assertThat(row.next()).isTrue();
                return row.getLong(1);
            }
        }
    }

    static void write(Tx tx, long id, long balance) throws SQLException {
        try (PreparedStatement update = tx.connection()
                .prepareStatement("UPDATE accounts SET balance = ?, version = version + 1 WHERE id = ?")) {
            update.setLong(1, balance);
            update.setLong(2, id);
            assertThat(update.executeUpdate()).isEqualTo(1);
        }
    }

    long balance(long id) throws SQLException {
        try (Connection connection = database.dataSource().getConnection()) {
            return read(connection, id);
        }
    }

    /** One number that the database answers; its key is the only parameter, if there is one. */
    long number(String sql, Key... key) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                PreparedStatement select = connection.prepareStatement(sql)) {
            for (int i = 0; i < key.length; i++) {
                select.setBytes(i + 1, key[i].bytes());
            }
            try (ResultSet row = select.executeQuery()) {
                assertThat(row.next()).isTrue();
                return row.getLong(1);
            }
        }
    }

    /** The database's clock, as leases read it: milliseconds since 1970. */
    String clock() {
        return RowClock.millis(database.engine());
    }

    /** How many sessions wait for a row lock now. Not on SQLite. */
    long lockWaits() throws SQLException {
        return database.engine() == Engine.POSTGRESQL
                ? number("SELECT count(*) FROM pg_stat_activity"
                        + " WHERE datname = current_database() AND wait_event_type = 'Lock'")
                : innodbLockWaits();
    }

    /** From the status, for InnoDB renews its lists of locks only when nobody has looked at them for a while. */
    private long innodbLockWaits() throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            Set<Long> here = new HashSet<>();
            try (ResultSet rows =
                    statement.executeQuery("SELECT id FROM information_schema.processlist WHERE db = DATABASE()")) {
                while (rows.next()) {
                    here.add(rows.getLong(1));
                }
            }
            try (ResultSet status = statement.executeQuery("SHOW ENGINE INNODB STATUS")) {
                assertThat(status.next()).isTrue();
                return Arrays.stream(status.getString("Status").split("---TRANSACTION "))
                        .filter(transaction -> transaction.contains("LOCK WAIT "))
                        .map(THREAD::matcher)
                        .filter(thread -> thread.find() && here.contains(Long.valueOf(thread.group(1))))
                        .count();
            }
        }
    }
}
