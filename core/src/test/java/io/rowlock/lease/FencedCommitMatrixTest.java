package io.rowlock.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.Key;
import io.rowlock.LeaseLost;
import io.rowlock.Row;
import io.rowlock.Rowlock;
import io.rowlock.Tx;
import io.rowlock.Unit;
import io.rowlock.dialect.Engine;
import io.rowlock.dialect.Isolation;
import io.rowlock.engines.Actors;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.engines.Eventually;
import io.rowlock.lease.Bank.Account;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;

/**
 * What becomes of a holder that stands still until its lease is over while another takes over: on each engine, at each level,
 * without a fence and with each. A reads 100 and stands still; the lease expires; B is granted the key, reads, adds one and
 * commits; A goes on and writes what it has read plus one. Right is 100 and one for each commit. Both run at the same level.
 *
 * <p>Balances are read and written in SQL of the units' own, so that nothing but the fence protects them; A has one attempt, so
 * that the engine's own refusal is seen. What the leases' row says is set by SQL: A's JVM knows nothing of it and cannot have
 * refused by its own clock.
 */
class FencedCommitMatrixTest {
    private static final Duration WAIT = Duration.ofSeconds(30);

    private Database database;
    private Bank bank;
    private Rowlock a;
    private Rowlock b;

    @BeforeEach
    void open(Database database) throws SQLException {
        this.database = database;
        bank = Bank.open(database);
        a = bank.rowlock();
        b = bank.rowlock();
    }

    /** How A's unit ended. */
    private enum Ended {
        COMMITTED,
        LEASE_LOST,
        REFUSED_BY_THE_ENGINE
    }

    /**
     * One cell of the table.
     *
     * @param ended how A's unit did
     * @param waited whether B was not granted the key before that
     * @param balance what stands in the end
     */
    private record Cell(Ended ended, boolean waited, long balance) {
        long commits() {
            return ended == Ended.COMMITTED ? 2 : 1;
        }

        boolean lostAnUpdate() {
            return balance != Bank.INITIAL + commits();
        }
    }

    private List<Isolation> levels() {
        return database.engine() == Engine.SQLITE
                ? List.of(Isolation.READ_COMMITTED)
                : List.of(Isolation.READ_COMMITTED, Isolation.REPEATABLE_READ, Isolation.SERIALIZABLE);
    }

    // ---- without a fence

    @Databases
    void withoutAFenceTheUpdateIsLostWhereTheTableSaysSo(Database database) {
        boolean mariaDbRefusesOldSnapshots = !a.profile().letsStaleReadThrough(Isolation.REPEATABLE_READ);
        for (Isolation level : levels()) {
            Cell cell = play(level, null);
            System.out.println(database.engine() + " " + level + " no fence: " + cell);
            boolean loses = switch (database.engine()) {
                case POSTGRESQL -> level == Isolation.READ_COMMITTED;
                case MARIADB, MYSQL ->
                    level == Isolation.READ_COMMITTED
                            || (level == Isolation.REPEATABLE_READ && !mariaDbRefusesOldSnapshots);
                // The unit had the file's write lock from its first read on; B waited for it.
                case SQLITE -> false;
            };
            assertThat(cell.lostAnUpdate()).as("%s: %s", level, cell).isEqualTo(loses);
            if (loses) {
                assertThat(cell).isEqualTo(new Cell(Ended.COMMITTED, false, Bank.INITIAL + 1));
            }
        }
    }

    /** Where the decision stands on what was read before the unit, no level and no engine protects it. */
    @Databases
    void whatWasReadBeforeTheUnitIsLostEverywhereWithoutAFence(Database database) throws SQLException {
        for (Isolation level : levels()) {
            for (@Nullable Fence fence : withNone()) {
                bank.reset();
                Key key = Bank.newKey();
                Lease lease = Bank.take(a, key);
                long read = bank.balance(1);
                bank.expire(key);
                takeOverAndAddOne(key, level);
                Ended ended = commit(level, tx -> {
                    fence(tx, lease, fence);
                    Bank.write(tx, 1, read + 1);
                });
                // Statements of the unit's own carry no token: stamps are for rows written by tx.update.
                boolean fenced = fence != null && fence != Fence.STAMP_ROWS;
                assertThat(ended).as("%s %s", level, fence).isEqualTo(fenced ? Ended.LEASE_LOST : Ended.COMMITTED);
                assertThat(bank.balance(1)).isEqualTo(Bank.INITIAL + 1);
            }
        }
    }

    private static List<@Nullable Fence> withNone() {
        List<@Nullable Fence> all = new ArrayList<>(List.of(Fence.values()));
        all.add(null);
        return all;
    }

    // ---- with one

    @Databases
    void checkedAtTheCommitTheHolderThatStoodStillIsRefused(Database database) {
        for (Isolation level : levels()) {
            Cell cell = play(level, Fence.CHECK_AT_COMMIT);
            System.out.println(database.engine() + " " + level + " checked: " + cell);
            assertThat(cell.lostAnUpdate()).as("%s: %s", level, cell).isFalse();
            if (isAPin(Fence.CHECK_AT_COMMIT, level)) {
                assertThat(cell).isEqualTo(new Cell(Ended.COMMITTED, true, Bank.INITIAL + 2));
            } else if (level == Isolation.SERIALIZABLE) {
                // Plain reads lock there: one of the two may be the victim of a deadlock, which is a refusal as good.
                assertThat(cell.ended()).isNotEqualTo(Ended.COMMITTED);
            } else {
                assertThat(cell).isEqualTo(new Cell(Ended.LEASE_LOST, false, Bank.INITIAL + 1));
            }
        }
    }

    @Databases
    void pinnedBothCommitAndTheOtherWaits(Database database) {
        for (Isolation level : levels()) {
            Cell cell = play(level, Fence.PIN);
            System.out.println(database.engine() + " " + level + " pinned: " + cell);
            assertThat(cell).as("%s", level).isEqualTo(new Cell(Ended.COMMITTED, true, Bank.INITIAL + 2));
        }
    }

    @Databases
    void rowsThatCarryALaterTokenAreNotWritten(Database database) throws SQLException {
        for (Isolation level : levels()) {
            bank.reset();
            Key key = Bank.newKey();
            Lease lease = Bank.take(a, key);
            bank.expire(key);
            try (Lease later = Bank.take(b, key)) {
                b.transact(tx -> {
                    tx.fence(later, Fence.STAMP_ROWS);
                    return tx.update(tx.read(Bank.ACCOUNTS, 1L).orElseThrow(), Account::plusOne);
                });
                assertThat(bank.number("SELECT lease_token FROM accounts WHERE id = 1"))
                        .isEqualTo(later.token());
            }
            // A reads the newest version: without the token it would write over what B has decided.
            assertThat(commit(level, tx -> {
                        tx.fence(lease, Fence.STAMP_ROWS);
                        Row<Account> unused =
                                tx.update(tx.read(Bank.ACCOUNTS, 1L).orElseThrow(), Account::plusOne);
                    }))
                    .isEqualTo(Ended.LEASE_LOST);
            assertThat(bank.balance(1)).isEqualTo(Bank.INITIAL + 1);
            assertThat(commit(level, tx -> {
                        Row<Account> unused =
                                tx.update(tx.read(Bank.ACCOUNTS, 1L).orElseThrow(), Account::plusOne);
                    }))
                    .isEqualTo(Ended.COMMITTED);
        }
    }

    /** The row is stamped while A stands still between its read and its write. */
    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void rowsThatAreStampedMeanwhileAreNotWritten(Database database) throws SQLException {
        for (Isolation level : List.of(Isolation.READ_COMMITTED, Isolation.REPEATABLE_READ)) {
            bank.reset();
            Key key = Bank.newKey();
            Lease lease = Bank.take(a, key);
            Ended ended = commit(level, tx -> {
                tx.fence(lease, Fence.STAMP_ROWS);
                Row<Account> row = tx.read(Bank.ACCOUNTS, 1L).orElseThrow();
                bank.expire(key);
                try (Lease later = Bank.take(b, key)) {
                    b.transact(other -> {
                        other.fence(later, Fence.STAMP_ROWS);
                        return other.update(other.read(Bank.ACCOUNTS, 1L).orElseThrow(), Account::plusOne);
                    });
                }
                Row<Account> unused = tx.update(row, Account::plusOne);
            });
            // At a level with snapshots the engine may be the first to say so.
            List<Ended> refused = level == Isolation.READ_COMMITTED
                    ? List.of(Ended.LEASE_LOST)
                    : List.of(Ended.LEASE_LOST, Ended.REFUSED_BY_THE_ENGINE);
            assertThat(ended).as("%s", level).isIn(refused);
            assertThat(bank.balance(1)).isEqualTo(Bank.INITIAL + 1);
        }
    }

    /** Here its own clock tells the holder that its time is over, and the database is not asked. */
    @Databases
    void aHolderWhoseTimeIsOverDoesNotCommit(Database database) throws SQLException {
        Key key = Bank.newKey();
        Lease lease = Bank.take(a, key, Bank.BY_HAND.withLength(Duration.ofMillis(200)));
        Ended ended = commit(Isolation.READ_COMMITTED, tx -> {
            if (database.engine() == Engine.SQLITE) {
                // There a fence is a lock, which keeps a lease from being over.
                Eventually.until("the lease is over", WAIT, () -> !lease.isHeld());
            }
            tx.fence(lease);
            Bank.write(tx, 1, 1);
            Eventually.until("the lease is over", WAIT, () -> !lease.isHeld());
        });
        assertThat(ended).isEqualTo(Ended.LEASE_LOST);
        assertThat(bank.balance(1)).isEqualTo(Bank.INITIAL);
    }

    // ---- the play

    private interface Body {
        void run(Tx tx) throws SQLException;
    }

    private static void fence(Tx tx, Lease lease, @Nullable Fence mode) {
        if (mode != null) {
            tx.fence(lease, mode);
        }
    }

    private Ended commit(Isolation level, Body body) {
        try {
            a.transact(Unit.named("a").withIsolation(level).withAttemptsMax(1), tx -> {
                body.run(tx);
                return null;
            });
            return Ended.COMMITTED;
        } catch (LeaseLost lost) {
            return Ended.LEASE_LOST;
        } catch (io.rowlock.RetriesExhausted refused) {
            return Ended.REFUSED_BY_THE_ENGINE;
        } catch (SQLException failed) {
            throw new AssertionError(failed);
        }
    }

    private void takeOverAndAddOne(Key key, Isolation level) {
        try (Lease lease = b.leases().acquire(key, Bank.BY_HAND, WAIT)) {
            addOne(lease, level);
        }
    }

    private void addOne(Lease lease, Isolation level) {
        try {
            b.transact(Unit.named("b").withIsolation(level), tx -> {
                tx.fence(lease);
                long read = Bank.read(tx, 1);
                Bank.write(tx, 1, read + 1);
                return null;
            });
        } catch (SQLException failed) {
            throw new AssertionError(failed);
        }
    }

    private Cell play(Isolation level, @Nullable Fence fence) {
        bank.reset();
        Key key = Bank.newKey();
        // On SQLite nothing can be written while A's unit stands still: there the lease must run out by itself.
        boolean bySql = database.engine() != Engine.SQLITE;
        Lease lease = Bank.take(a, key, bySql ? Bank.BY_HAND : Bank.BY_HAND.withLength(Duration.ofMillis(300)));
        boolean beforehand = bySql && isAPin(fence, level);
        if (beforehand) {
            expire(key);
        }
        CountDownLatch hasRead = new CountDownLatch(1);
        CountDownLatch goesOn = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        AtomicReference<@Nullable Thread> taker = new AtomicReference<>();
        Callable<Object> holder = () -> {
            try {
                return commit(level, tx -> {
                    fence(tx, lease, fence);
                    long read = Bank.read(tx, 1);
                    hasRead.countDown();
                    await(goesOn);
                    Bank.write(tx, 1, read + 1);
                });
            } finally {
                hasRead.countDown();
                ended.countDown();
            }
        };
        Callable<Object> other = () -> {
            await(hasRead);
            taker.set(Thread.currentThread());
            if (bySql && !beforehand) {
                expire(key);
            } else if (!bySql) {
                // Looked at beside whoever writes.
                Eventually.eventually(() -> assertThat(bank.number(
                                "SELECT expires_at - " + bank.clock() + " FROM rowlock_lease WHERE lease_key = ?", key))
                        .isNegative());
            }
            try (Lease taken = b.leases().acquire(key, Bank.BY_HAND, WAIT)) {
                boolean waited = ended.getCount() == 0;
                addOne(taken, level);
                return waited;
            } finally {
                goesOn.countDown();
            }
        };
        Callable<Object> director = () -> {
            await(hasRead);
            Eventually.until("B is done or waits", WAIT, () -> goesOn.getCount() == 0 || waits(taker.get(), key));
            goesOn.countDown();
            return true;
        };
        List<Actors.Outcome<Object>> outcomes = Actors.run(Actors.DEADLINE, List.of(holder, other, director));
        outcomes.forEach(Actors.Outcome::get);
        try {
            return new Cell(
                    (Ended) outcomes.get(0).get(), (Boolean) outcomes.get(1).get(), bank.balance(1));
        } catch (SQLException failed) {
            throw new AssertionError(failed);
        }
    }

    /** Whether B cannot go on before A does. */
    private boolean waits(@Nullable Thread taker, Key key) {
        if (taker == null) {
            return false;
        }
        // InnoDB renews its list of locks only if nobody has looked for a tenth of a second.
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(150));
        boolean inJvm = List.of(taker.getStackTrace()).stream()
                .map(StackTraceElement::getClassName)
                .anyMatch(name -> name.endsWith(".Waiting") || name.endsWith(".SqliteQueue"));
        try {
            boolean expired = bank.number(
                            "SELECT CASE WHEN expires_at <= " + bank.clock()
                                    + " THEN 1 ELSE 0 END FROM rowlock_lease WHERE lease_key = ?",
                            key)
                    == 1;
            return (inJvm && expired) || (database.engine() != Engine.SQLITE && bank.lockWaits() > 0);
        } catch (SQLException failed) {
            throw new AssertionError(failed);
        }
    }

    /** A row that A's unit has locked cannot be changed: there its end is set before. */
    private boolean isAPin(@Nullable Fence fence, Isolation level) {
        return switch (database.engine()) {
            case POSTGRESQL ->
                fence == Fence.PIN || (fence == Fence.CHECK_AT_COMMIT && level != Isolation.READ_COMMITTED);
            case MARIADB, MYSQL -> fence == Fence.PIN;
            case SQLITE -> fence == Fence.PIN || fence == Fence.CHECK_AT_COMMIT;
        };
    }

    private void expire(Key key) {
        try {
            bank.expire(key);
        } catch (SQLException failed) {
            throw new AssertionError(failed);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(WAIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }
}
