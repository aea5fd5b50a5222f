package io.rowlock;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;

/** The README's Java, as it stands there, so that it compiles; {@link ReadmeTest} compares the two and runs it. */
final class ReadmeExamples {
    record Account(long id, String owner, long balance, long version) {
        Account withBalance(long newBalance) {
            return new Account(id, owner, newBalance, version);
        }
    }

    static final Table<Account, Long> ACCOUNTS = Table.of("accounts", Account.class)
            .key("id", Long.class)
            .tombstones()
            .build();

    private ReadmeExamples() {}

    /** The bug; {@code between} runs where another request would come in between. */
    static void deductByHand(Connection connection, Runnable between) throws SQLException {
        long balance = readBalance(connection, 1);
        between.run();
        if (balance >= 150) {
            try (PreparedStatement write =
                    connection.prepareStatement("UPDATE accounts SET balance = ? WHERE id = ?")) {
                write.setLong(1, balance - 150);
                write.setLong(2, 1);
                write.executeUpdate();
            }
        }
    }

    static Rowlock open(DataSource dataSource) {
        Rowlock rowlock = Rowlock.on(dataSource).build();
        return rowlock;
    }

    static void deductGuarded(Rowlock rowlock) {
        rowlock.transact(tx -> {
            Row<Account> account = tx.read(ACCOUNTS, 1L).orElseThrow();
            return account.value().balance() < 150
                    ? account
                    : tx.update(account, a -> a.withBalance(a.balance() - 150));
        });
    }

    static long readBalance(Connection connection, long id) throws SQLException {
        try (PreparedStatement read = connection.prepareStatement("SELECT balance FROM accounts WHERE id = ?")) {
            read.setLong(1, id);
            try (ResultSet row = read.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }
}
