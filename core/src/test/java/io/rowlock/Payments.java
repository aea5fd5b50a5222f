package io.rowlock;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Eventually;
import io.rowlock.once.Fingerprint;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;

/** Accounts from which each payment takes one, for tests that count how often a payment was made. */
final class Payments {
    static final long BEFORE = 1_000_000;

    record Account(long id, long balance, long version) {
        Account paid() {
            return new Account(id, balance - 1, version);
        }
    }

    static final Table<Account, Long> ACCOUNTS =
            Table.of("payment_accounts", Account.class).key("id", Long.class).build();

    static final Fingerprint ONE = Fingerprint.of("pay", 1);

    private Payments() {}

    /** Accounts 1 to 20, and Rowlock's own tables. */
    static void create(Database database) throws SQLException {
        database.execute(
                "DROP TABLE IF EXISTS payment_accounts",
                "CREATE TABLE payment_accounts (id BIGINT PRIMARY KEY, balance BIGINT NOT NULL,"
                        + " version BIGINT DEFAULT 1 NOT NULL)");
        for (int id = 1; id <= 20; id++) {
            database.execute("INSERT INTO payment_accounts (id, balance) VALUES (" + id + ", " + BEFORE + ")");
        }
        List<String> unused = RowlockTables.createMissing(database.dataSource());
    }

    static Key newKey() {
        return Key.of("payment", UUID.randomUUID());
    }

    /** Takes one from the account and answers what is left. */
    static Long pay(Tx tx, long account) {
        return tx.update(tx.read(ACCOUNTS, account).orElseThrow(), Account::paid)
                .value()
                .balance();
    }

    /** As {@link #pay}, with the row locked before. */
    static Long payLocked(Tx tx, long account) {
        return tx.update(tx.lock(ACCOUNTS, account).orElseThrow(), Account::paid)
                .value()
                .balance();
    }

    /** How many payments were made from the account. */
    static long made(Rowlock rowlock, long account) {
        return BEFORE
                - rowlock.<Account, RuntimeException>read(
                                tx -> tx.peek(ACCOUNTS, account).orElseThrow().value())
                        .balance();
    }

    /** Waits until that many statements wait for a lock in this database. PostgreSQL and MariaDB. */
    static void awaitLockWaits(Database database, int wanted) {
        Eventually.eventually(() -> assertThat(lockWaits(database)).isEqualTo(wanted));
    }

    private static long lockWaits(Database database) throws SQLException {
        boolean postgres = database.engine() == Engine.POSTGRESQL;
        String sql = postgres
                ? "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
                : "SHOW ENGINE INNODB STATUS";
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            assertThat(row.next()).isTrue();
            if (postgres) {
                return row.getLong(1);
            }
            // Above stands the latest deadlock, whose waits are over.
            String status = row.getString(3);
            return status.substring(status.indexOf("LIST OF TRANSACTIONS"))
                    .lines()
                    .filter(line -> line.contains("`" + database.name() + "`") && line.endsWith("waiting"))
                    .count();
        }
    }
}
