package io.rowlock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;

/** What a unit of work promises to one caller, and to several, on each engine. */
class UnitOfWorkTest {
    record Account(long id, String owner, long balance, long version) {
        Account plus(long amount) {
            return new Account(id, owner, balance + amount, version);
        }
    }

    private static final Table<Account, Long> ACCOUNTS = Table.of("accounts", Account.class)
            .key("id", Long.class)
            .tombstones()
            .build();

    private Rowlock rowlock;

    @BeforeEach
    void accounts(Database database) throws Exception {
        database.execute(
                "DROP TABLE IF EXISTS accounts",
                "CREATE TABLE accounts (id BIGINT PRIMARY KEY, owner VARCHAR(40) NOT NULL, balance BIGINT NOT NULL,"
                        + " version BIGINT DEFAULT 1 NOT NULL)");
        RowlockTables.createMissing(database.dataSource());
        rowlock = Rowlock.on(database.dataSource()).build();
        rowlock.transact(tx -> {
            for (long id = 1; id <= 8; id++) {
                tx.insert(ACCOUNTS, new Account(id, "owner " + id, 1000, 0));
            }
            return null;
        });
    }

    private Account account(long id) {
        return rowlock.read(tx -> tx.peek(ACCOUNTS, id).orElseThrow().value());
    }

    @Databases
    void aStagedChangeIsCommittedWithTheNextVersion(Database database) {
        Row<Account> row =
                rowlock.transact(tx -> tx.update(tx.read(ACCOUNTS, 1L).orElseThrow(), a -> a.plus(-150)));
        assertThat(row.version()).isEqualTo(Version.of(2));
        assertThat(account(1)).isEqualTo(new Account(1, "owner 1", 850, 2));
    }

    @Databases
    void severalWritersOfOneRowLoseNothing(Database database) throws Exception {
        int threads = 8;
        int each = 50;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        CountDownLatch start = new CountDownLatch(1);
        List<Future<?>> all = new java.util.ArrayList<>();
        for (int t = 0; t < threads; t++) {
            all.add(pool.submit(() -> {
                start.await();
                for (int i = 0; i < each; i++) {
                    rowlock.transact(tx -> tx.update(tx.read(ACCOUNTS, 1L).orElseThrow(), a -> a.plus(1)));
                }
                return null;
            }));
        }
        start.countDown();
        for (Future<?> f : all) {
            f.get();
        }
        pool.shutdown();
        assertThat(account(1))
                .isEqualTo(new Account(1, "owner 1", 1000L + (long) threads * each, 1L + (long) threads * each));
    }

    @Databases
    void transfersKeepTheSum(Database database) throws Exception {
        int threads = 8;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        List<Future<?>> all = new java.util.ArrayList<>();
        for (int t = 0; t < threads; t++) {
            long seed = t;
            all.add(pool.submit(() -> {
                java.util.Random random = new java.util.Random(seed);
                for (int i = 0; i < 50; i++) {
                    long from = 1L + random.nextInt(8);
                    long to = 1 + (from + random.nextInt(7)) % 8;
                    rowlock.transact(tx -> {
                        Row<Account> a = tx.read(ACCOUNTS, from).orElseThrow();
                        Row<Account> b = tx.read(ACCOUNTS, to).orElseThrow();
                        if (a.value().balance() >= 10) {
                            tx.update(a, x -> x.plus(-10));
                            tx.update(b, x -> x.plus(10));
                        }
                        return null;
                    });
                }
                return null;
            }));
        }
        for (Future<?> f : all) {
            f.get();
        }
        pool.shutdown();
        long sum = 0;
        for (long id = 1; id <= 8; id++) {
            sum += account(id).balance();
        }
        assertThat(sum).isEqualTo(8000);
    }

    @Databases
    void lockAllLocksInOrderAndLeavesOutWhatIsNotThere(Database database) {
        rowlock.transact(tx -> {
            Map<Long, Row<Account>> rows = tx.lockAll(ACCOUNTS, List.of(5L, 3L, 99L, 4L));
            assertThat(rows.keySet()).containsExactly(3L, 4L, 5L);
            tx.update(rows.get(3L), a -> a.plus(5));
            tx.guard(Key.of("k", 1));
            return null;
        });
        assertThat(account(3).balance()).isEqualTo(1005);
    }

    @Databases
    void aSavepointUndoesItsPartAlone(Database database) {
        rowlock.transact(tx -> {
            Row<Account> one = tx.read(ACCOUNTS, 1L).orElseThrow();
            assertThatThrownBy(() -> tx.savepoint(inner -> {
                        inner.insert(ACCOUNTS, new Account(1, "twice", 0, 0));
                        return null;
                    }))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> tx.savepoint(inner -> {
                        inner.insert(ACCOUNTS, new Account(2, "twice", 0, 0));
                        return null;
                    }))
                    .isInstanceOf(DatabaseFailure.class);
            tx.update(one, a -> a.plus(1));
            return null;
        });
        assertThat(account(1).balance()).isEqualTo(1001);
        assertThat(account(2).owner()).isEqualTo("owner 2");
    }

    @Databases
    void afterDeleteAndRecreateEveryOlderVersionConflicts(Database database) {
        assertThat(rowlock.save(ACCOUNTS, account(1).plus(1), 1).isApplied()).isTrue();
        assertThat(rowlock.save(ACCOUNTS, account(1).plus(1), 2).isApplied()).isTrue();
        rowlock.transact(tx -> {
            tx.delete(tx.read(ACCOUNTS, 1L).orElseThrow());
            return null;
        });
        assertThat(rowlock.save(ACCOUNTS, new Account(1, "x", 5, 0), 3)).isInstanceOf(Update.Missing.class);
        rowlock.transact(tx -> tx.insert(ACCOUNTS, new Account(1, "again", 7, 0)));
        for (long old = 1; old <= 3; old++) {
            assertThat(rowlock.save(ACCOUNTS, new Account(1, "x", 5, 0), old)).isInstanceOf(Update.Conflict.class);
        }
        assertThat(account(1)).isEqualTo(new Account(1, "again", 7, 4));
    }

    @Databases
    void sqlOfItsOwnRunsInTheUnit(Database database) throws Exception {
        rowlock.transact(tx -> {
            tx.update(tx.read(ACCOUNTS, 1L).orElseThrow(), a -> a.plus(1));
            try (var statement = tx.connection().prepareStatement("SELECT balance FROM accounts WHERE id = ?")) {
                statement.setLong(1, 1);
                try (var rows = statement.executeQuery()) {
                    rows.next();
                    assertThat(rows.getLong(1)).isEqualTo(1001);
                }
            }
            assertThat(tx.execute("UPDATE accounts SET balance = 0, version = version + 1 WHERE id = ?", 2L)
                            .one())
                    .isTrue();
            return null;
        });
        assertThat(account(2).balance()).isZero();
        Optional<View<Account>> none = rowlock.read(tx -> tx.peek(ACCOUNTS, 77L));
        assertThat(none).isEmpty();
    }
}
