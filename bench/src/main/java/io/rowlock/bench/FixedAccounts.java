package io.rowlock.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.LongAdder;

/** Rows that are only read. What is in one follows from its key, so that each read can be checked. Counts what it loads. */
final class FixedAccounts {
    static final String TABLE = "fixed_account";

    /** Rows are numbered from 1 to this. */
    static final int ROWS = 1 << 17;

    private static final String SELECT = "SELECT id, balance, version FROM " + TABLE + " WHERE id = ?";

    private final Rig rig;
    private final LongAdder loads = new LongAdder();

    FixedAccounts(Rig rig) {
        this.rig = rig;
    }

    static void createTable(Rig rig) {
        rig.execute(
                "CREATE TABLE " + TABLE
                        + " (id BIGINT NOT NULL PRIMARY KEY, balance BIGINT NOT NULL, version BIGINT NOT NULL)",
                "INSERT INTO " + TABLE + " VALUES (1, 7, 1)");
        for (int rows = 1; rows < ROWS; rows *= 2) {
            rig.execute("INSERT INTO %1$s SELECT id + %2$d, (id + %2$d) * 7, 1 FROM %1$s".formatted(TABLE, rows));
        }
    }

    /** Reads a row from the database by a statement of its own. */
    Account load(Long id) throws SQLException {
        loads.increment();
        try (Connection connection = rig.automatic().getConnection()) {
            return ByHand.read(connection, SELECT, id);
        }
    }

    /** How many rows were loaded. */
    long loads() {
        return loads.sum();
    }

    static void require(Account account, long id) {
        if (account.id() != id || account.balance() != id * 7 || account.version() != 1) {
            throw new IllegalStateException("Not what the row has (id=" + id + ", read=" + account + ")");
        }
    }
}
