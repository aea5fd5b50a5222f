package io.rowlock.bench;

import io.rowlock.Row;
import io.rowlock.Rowlock;
import io.rowlock.Table;
import io.rowlock.Update;
import java.sql.Connection;
import java.sql.SQLException;

/** The same through Rowlock. */
final class ByRowlock {
    static final Table<Account, Long> ACCOUNTS =
            Table.of("account", Account.class).key("id", Long.class).build();

    private final Rig rig;
    private final Rowlock rowlock;

    ByRowlock(Rig rig) {
        this(rig, Rowlock.on(rig.rowlock()).build());
    }

    /** With a Rowlock on this rig that somebody else has made. */
    ByRowlock(Rig rig, Rowlock rowlock) {
        this.rig = rig;
        this.rowlock = rowlock;
    }

    Op transact(int thread) {
        Long id = Rig.written(thread);
        return () -> {
            Row<Account> written = rowlock.transact(tx -> {
                Row<Account> row = tx.read(ACCOUNTS, id).orElseThrow();
                return tx.update(row, Account::plusOne);
            });
            require(written.version().number() > 1);
        };
    }

    Op update(int thread) {
        Long id = Rig.written(thread);
        return () -> require(rowlock.update(ACCOUNTS, id, Account::plusOne).isApplied());
    }

    Op readTwoWriteOne(int thread) {
        Long id = Rig.written(thread);
        Long other = Rig.readOnly(thread);
        return () -> {
            Row<Account> written = rowlock.transact(tx -> {
                Row<Account> row = tx.read(ACCOUNTS, id).orElseThrow();
                Row<Account> fixed = tx.read(ACCOUNTS, other).orElseThrow();
                return tx.update(row.value().balance() >= fixed.value().balance() ? row : fixed, Account::plusOne);
            });
            require(written.version().number() > 1);
        };
    }

    Op save(int thread) {
        long id = Rig.written(thread);
        return new Op() {
            private Account seen = new Account(id, 0, 1);

            @Override
            public void prepare() throws SQLException {
                try (Connection connection = rig.automatic().getConnection()) {
                    seen = ByHand.read(connection, id);
                }
            }

            @Override
            public void run() {
                Update<Account> saved = rowlock.save(ACCOUNTS, seen.plusOne(), seen.version());
                seen = saved.<Account>fold(Update.Applied::row, conflict -> seen, missing -> seen);
                require(saved.isApplied());
            }
        };
    }

    private static void require(boolean done) {
        if (!done) {
            throw new IllegalStateException("Somebody else wrote this thread's row");
        }
    }
}
