package io.rowlock.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.Key;
import io.rowlock.Rowlock;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;

/**
 * A real process is frozen in the midst of its unit until its lease is over, another takes over and commits, and the first runs
 * on: it is refused.
 *
 * <p>On PostgreSQL and MariaDB it is frozen inside of its transaction, on SQLite before it begins: inside it would have the
 * file's write lock, which no time ends and nobody can take from a process that lives. There the others wait, and nothing can be
 * lost either.
 */
class StoppedHolderTest {
    private Bank bank;
    private Rowlock rowlock;

    @BeforeEach
    void open(Database database) throws SQLException {
        bank = Bank.open(database);
        rowlock = bank.rowlock();
    }

    @Databases
    void aFencedHolderThatWasFrozenIsRefused(Database database) throws Exception {
        assertThat(frozenBeyondItsLease(database, Fence.CHECK_AT_COMMIT)).startsWith("lost Lease lost");
        assertThat(bank.balance(1)).isEqualTo(Bank.INITIAL + 1);
    }

    /** The same process without a fence writes over what the other has committed. */
    @Databases
    void withoutAFenceItCommitsWhatItReadBefore(Database database) throws Exception {
        assertThat(frozenBeyondItsLease(database, null)).isEqualTo("committed");
        assertThat(bank.balance(1)).isEqualTo(Bank.INITIAL + 1);
    }

    /** What the holder tells in the end; one other commit came in between. */
    private @Nullable String frozenBeyondItsLease(Database database, @Nullable Fence fence) throws Exception {
        Key key = Bank.newKey();
        boolean inside = database.engine() != Engine.SQLITE;
        try (HolderProcess holder = HolderProcess.start(database, key, fence, inside)) {
            assertThat(holder.told()).isEqualTo("read");
            holder.freeze();
            try (Lease lease = rowlock.leases().acquire(key, Bank.BY_HAND, Duration.ofSeconds(30))) {
                rowlock.transact(tx -> {
                    tx.fence(lease);
                    Bank.write(tx, 1, Bank.read(tx, 1) + 1);
                    return null;
                });
            }
            assertThat(bank.balance(1)).isEqualTo(Bank.INITIAL + 1);
            holder.thaw();
            holder.goOn();
            return holder.told();
        }
    }
}
