package io.rowlock.lease;

import static io.rowlock.engines.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowlock.CommitOutcomeUnknown;
import io.rowlock.Key;
import io.rowlock.LeaseLost;
import io.rowlock.Row;
import io.rowlock.Rowlock;
import io.rowlock.Tx;
import io.rowlock.Unit;
import io.rowlock.batch.Batch;
import io.rowlock.batch.BatchReport;
import io.rowlock.batch.ItemResult;
import io.rowlock.dialect.Engine;
import io.rowlock.dialect.Isolation;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.engines.TcpProxy;
import io.rowlock.engines.When;
import io.rowlock.event.RowlockEvent;
import io.rowlock.lease.Bank.Account;
import io.rowlock.once.Codec;
import io.rowlock.once.Fingerprint;
import io.rowlock.once.Once;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What a fence promises to the unit that has it, on each engine. */
class FenceTest {
    private static final Duration WAIT = Duration.ofSeconds(30);

    private final List<RowlockEvent> events = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private Bank bank;
    private Rowlock rowlock;

    /** Another process, as far as leases go. */
    private Rowlock other;

    @BeforeEach
    void open(Database database) throws SQLException {
        bank = Bank.open(database);
        rowlock = Rowlock.on(database.dataSource()).listener(events::add).build();
        other = bank.rowlock();
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    /** A lease that its JVM takes for held, and that somebody else was granted since. */
    private Lease stolen(Key key) throws SQLException {
        Lease lease = Bank.take(rowlock, key);
        bank.expire(key);
        Bank.take(other, key).close();
        return lease;
    }

    private static Row<Account> addOne(Tx tx, long id) {
        return tx.update(tx.read(Bank.ACCOUNTS, id).orElseThrow(), Account::plusOne);
    }

    // ---- who is refused

    @Databases
    void aUnitThatOnlyReadsIsCheckedToo(Database database) throws SQLException {
        for (Fence fence : List.of(Fence.CHECK_AT_COMMIT, Fence.PIN)) {
            Key key = Bank.newKey();
            Lease lease = stolen(key);
            assertThatThrownBy(() -> rowlock.transact(tx -> {
                        tx.fence(lease, fence);
                        return tx.read(Bank.ACCOUNTS, 1L).orElseThrow().value().balance();
                    }))
                    .isInstanceOf(LeaseLost.class)
                    .hasMessageContaining("reason=TAKEN_OVER")
                    .hasMessageContaining("currentToken=" + (lease.token() + 1));
            assertThat(lease.lost().toCompletableFuture()).isCompletedWithValue(LossReason.TAKEN_OVER);
        }
        assertThat(events.stream().filter(RowlockEvent.LeaseRefused.class::isInstance))
                .hasSize(2);
        assertThat(events).noneMatch(RowlockEvent.Retried.class::isInstance);
        Lease held = Bank.take(rowlock, Bank.newKey());
        assertThat(rowlock.<Long, SQLException>transact(tx -> {
                    tx.fence(held);
                    return Bank.read(tx, 1)
                            + tx.read(Bank.ACCOUNTS, 2L).orElseThrow().value().balance();
                }))
                .isEqualTo(2 * Bank.INITIAL);
    }

    @Databases
    void aUnitWithNothingButAFenceIsChecked(Database database) throws SQLException {
        Lease lease = stolen(Bank.newKey());
        assertThatThrownBy(() -> rowlock.transact(tx -> {
                    tx.fence(lease);
                    return null;
                }))
                .isInstanceOf(LeaseLost.class);
    }

    @Databases
    void whatWasStoredAtARefusalIsNothing(Database database) throws SQLException {
        for (Fence fence : List.of(Fence.CHECK_AT_COMMIT, Fence.PIN)) {
            Lease lease = stolen(Bank.newKey());
            assertThatThrownBy(() -> rowlock.transact(tx -> {
                        addOne(tx, 1);
                        tx.flush();
                        Bank.write(tx, 2, 7);
                        tx.fence(lease, fence);
                        return addOne(tx, 3);
                    }))
                    .isInstanceOf(LeaseLost.class);
        }
        assertThat(bank.number("SELECT SUM(balance) FROM accounts")).isEqualTo(4 * Bank.INITIAL);
    }

    @Databases
    void aRefusalThatIsSwallowedCannotCommit(Database database) throws SQLException {
        for (Fence fence : Fence.values()) {
            // Refused by the database, and by the lease itself, which has heard of it.
            Lease lease = stolen(Bank.newKey());
            // Stamps do not look at the lease's row: there the lease must have heard of it.
            for (boolean known : fence == Fence.STAMP_ROWS ? List.of(true) : List.of(false, true)) {
                if (known) {
                    assertThat(lease.renew()).isEqualTo(new Renewed.Lost(LossReason.TAKEN_OVER));
                }
                assertThatThrownBy(() -> rowlock.transact(tx -> {
                            swallowing(() -> tx.fence(lease, fence));
                            swallowing(() -> Bank.write(tx, 1, 7));
                            return null;
                        }))
                        .as("%s, known=%s", fence, known)
                        .isInstanceOf(LeaseLost.class);
            }
        }
        assertThat(bank.balance(1)).isEqualTo(Bank.INITIAL);
    }

    private interface Attempted {
        void run() throws SQLException;
    }

    private static void swallowing(Attempted attempted) throws SQLException {
        try {
            attempted.run();
        } catch (LeaseLost swallowed) {
            assertThat(swallowed).hasMessageContaining("Lease lost");
        }
    }

    @Databases
    void aLeaseThatWasGivenBackFencesNothing(Database database) {
        Lease lease = Bank.take(rowlock, Bank.newKey());
        lease.close();
        assertThatThrownBy(() -> rowlock.transact(tx -> {
                    tx.fence(lease);
                    return addOne(tx, 1);
                }))
                .isInstanceOf(LeaseLost.class)
                .hasMessageContaining("reason=RELEASED");
    }

    @Databases
    void anOperatorFencesTheOldHolder(Database database) throws SQLException {
        for (Fence fence : List.of(Fence.CHECK_AT_COMMIT, Fence.PIN)) {
            Key key = Bank.newKey();
            Lease lease = Bank.take(rowlock, key);
            assertThat(other.leases().forceRelease(key, lease.token(), "it hangs"))
                    .isEqualTo(new ForcedRelease.Forced(lease.token() + 1));
            assertThatThrownBy(() -> rowlock.transact(tx -> {
                        tx.fence(lease, fence);
                        return addOne(tx, 1);
                    }))
                    .isInstanceOf(LeaseLost.class)
                    .hasMessageContaining("reason=FORCED");
            assertThat(lease.lost().toCompletableFuture()).isCompletedWithValue(LossReason.FORCED);
        }
        assertThat(bank.balance(1)).isEqualTo(Bank.INITIAL);
    }

    /** Not on SQLite: there the renewal waits for the unit, and so does whoever would take over. */
    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void aLossFoundByARenewalDoomsTheCommit(Database database) throws SQLException {
        Key key = Bank.newKey();
        Lease lease = stolen(key);
        assertThatThrownBy(() -> rowlock.transact(tx -> {
                    // No lock and no check tells this unit: stamps look at rows alone.
                    tx.fence(lease, Fence.STAMP_ROWS);
                    Future<Renewed> renewal = threads.submit(lease::renew);
                    assertThat(renewal.get(20, TimeUnit.SECONDS)).isEqualTo(new Renewed.Lost(LossReason.TAKEN_OVER));
                    return addOne(tx, 1);
                }))
                .isInstanceOf(LeaseLost.class);
        assertThat(bank.balance(1)).isEqualTo(Bank.INITIAL);
    }

    @Databases
    void aFenceThatIsWrongAndSwallowedCannotCommit(Database database) throws SQLException {
        try (Lease lease = Bank.take(rowlock, Bank.newKey())) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> rowlock.transact(tx -> {
                        addOne(tx, 1);
                        tx.flush();
                        try {
                            tx.fence(lease, Fence.STAMP_ROWS);
                        } catch (IllegalStateException tooLate) {
                            return null;
                        }
                        throw new AssertionError("It was not refused");
                    }))
                    .withMessageContaining("Rows were written before");
        }
        assertThat(bank.balance(1)).isEqualTo(Bank.INITIAL);
    }

    // ---- several, and twice

    @Databases
    void severalLeasesFenceOneUnit(Database database) throws SQLException {
        Key one = Bank.newKey();
        Key two = Bank.newKey();
        for (Fence fence : List.of(Fence.CHECK_AT_COMMIT, Fence.PIN)) {
            Lease first = Bank.take(rowlock, one);
            Lease second = Bank.take(rowlock, two);
            rowlock.transact(tx -> {
                tx.fence(second, fence);
                tx.fence(first);
                return addOne(tx, 1);
            });
            bank.expire(two);
            Lease taken = Bank.take(other, two);
            assertThatThrownBy(() -> rowlock.transact(tx -> {
                        tx.fence(first);
                        tx.fence(second, fence);
                        return addOne(tx, 1);
                    }))
                    .isInstanceOf(LeaseLost.class)
                    .hasMessageContaining("key=" + two);
            assertThat(first.isHeld()).isTrue();
            assertThat(taken.release()).isEqualTo(new Release.Released());
            assertThat(first.release()).isEqualTo(new Release.Released());
            assertThat(second.release()).isEqualTo(new Release.StolenBy(taken.token()));
        }
        assertThat(bank.balance(1)).isEqualTo(Bank.INITIAL + 2);
    }

    @Databases
    void twoLeasesOfOneKeyAreRefused(Database database) throws SQLException {
        Key key = Bank.newKey();
        Lease old = stolen(key);
        Lease held = Bank.take(other, key);
        assertThatIllegalStateException()
                .isThrownBy(() -> rowlock.transact(tx -> {
                    tx.fence(held);
                    tx.fence(old);
                    return null;
                }))
                .withMessageContaining("Two leases of one key")
                .withMessageContaining(held.token() + " and " + old.token());
        assertThat(held.release()).isEqualTo(new Release.Released());
    }

    @Databases
    void rowsCarryTheTokenOfOneLease(Database database) {
        Lease one = Bank.take(rowlock, Bank.newKey());
        Lease two = Bank.take(rowlock, Bank.newKey());
        assertThatIllegalStateException()
                .isThrownBy(() -> rowlock.transact(tx -> {
                    tx.fence(one, Fence.STAMP_ROWS);
                    tx.fence(two, Fence.STAMP_ROWS);
                    return null;
                }))
                .withMessageContaining("Rows carry one token");
        assertThatIllegalStateException()
                .isThrownBy(() -> rowlock.transact(tx -> {
                    addOne(tx, 1);
                    tx.flush();
                    tx.fence(one, Fence.STAMP_ROWS);
                    return null;
                }))
                .withMessageContaining("Rows were written before the unit was fenced");
    }

    /** A unit may be fenced by code that does not know of each other: every way that was asked for holds. */
    @Databases
    void aFenceIsJoinedTwiceAndEveryWayHolds(Database database) throws SQLException {
        for (Fence first : Fence.values()) {
            for (Fence second : Fence.values()) {
                Key key = Bank.newKey();
                Lease lease = Bank.take(rowlock, key);
                rowlock.transact(tx -> {
                    tx.fence(lease, first);
                    tx.fence(lease, second);
                    tx.fence(lease, first);
                    return addOne(tx, 1);
                });
                if (first == Fence.STAMP_ROWS || second == Fence.STAMP_ROWS) {
                    assertThat(bank.number("SELECT lease_token FROM accounts WHERE id = 1"))
                            .as("%s, %s", first, second)
                            .isEqualTo(lease.token());
                }
                bank.expire(key);
                Bank.take(other, key).close();
                if (first != Fence.STAMP_ROWS || second != Fence.STAMP_ROWS) {
                    assertThatThrownBy(() -> rowlock.transact(tx -> {
                                tx.fence(lease, first);
                                tx.fence(lease, second);
                                Bank.write(tx, 1, 7);
                                return null;
                            }))
                            .as("%s, %s", first, second)
                            .isInstanceOf(LeaseLost.class);
                }
                database.execute("UPDATE accounts SET lease_token = NULL");
            }
        }
        assertThat(bank.balance(1)).isEqualTo(Bank.INITIAL + 9);
    }

    // ---- savepoints

    static final class Undone extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** PostgreSQL gives back with a savepoint what was locked since: what was pinned inside is checked at the commit. */
    @Databases
    void aFenceOutlivesTheSavepointItWasMadeIn(Database database) throws SQLException {
        for (Fence fence : List.of(Fence.CHECK_AT_COMMIT, Fence.PIN)) {
            Key key = Bank.newKey();
            Lease lease = Bank.take(rowlock, key);
            boolean[] stolen = new boolean[1];
            try {
                rowlock.transact(tx -> {
                    assertThatThrownBy(() -> tx.savepoint(part -> {
                                part.fence(lease, fence);
                                throw new Undone();
                            }))
                            .isInstanceOf(Undone.class);
                    if (database.engine() == Engine.POSTGRESQL
                            || (database.engine() == Engine.MARIADB && fence == Fence.CHECK_AT_COMMIT)) {
                        bank.expire(key);
                        try (Lease taken = Bank.take(other, key)) {
                            stolen[0] = taken.token() > lease.token();
                        }
                    } else if (database.engine() != Engine.SQLITE) {
                        assertThat(other.leases().tryAcquire(key, Bank.BY_HAND)).isInstanceOf(Acquired.Held.class);
                    }
                    return addOne(tx, 1);
                });
                assertThat(stolen[0]).as("%s", fence).isFalse();
            } catch (LeaseLost lost) {
                assertThat(stolen[0]).as("%s", fence).isTrue();
            }
        }
        long commits = switch (database.engine()) {
            case POSTGRESQL -> 0;
            case MARIADB, MYSQL -> 1;
            case SQLITE -> 2;
        };
        assertThat(bank.balance(1)).isEqualTo(Bank.INITIAL + commits);
    }

    @Databases
    void aRefusalInsideASavepointEndsTheUnit(Database database) throws SQLException {
        Lease pinned = stolen(Bank.newKey());
        assertThatThrownBy(() -> rowlock.transact(tx -> {
                    swallowing(() -> tx.savepoint(part -> {
                        part.fence(pinned, Fence.PIN);
                        return null;
                    }));
                    return addOne(tx, 1);
                }))
                .isInstanceOf(LeaseLost.class)
                .hasNoSuppressedExceptions();
        database.execute("UPDATE accounts SET lease_token = 1000 WHERE id = 2");
        Lease stamped = Bank.take(rowlock, Bank.newKey());
        assertThatThrownBy(() -> rowlock.transact(tx -> {
                    tx.fence(stamped, Fence.STAMP_ROWS);
                    swallowing(() -> {
                        Row<Account> unused = tx.savepoint(part -> addOne(part, 2));
                    });
                    return addOne(tx, 1);
                }))
                .isInstanceOf(LeaseLost.class);
        assertThat(bank.number("SELECT SUM(balance) FROM accounts")).isEqualTo(4 * Bank.INITIAL);
    }

    // ---- giving back inside a unit

    @Databases
    void whatIsGivenBackInsideAUnitIsGivenBackAfterItsCommit(Database database) throws Exception {
        for (Fence fence : Fence.values()) {
            bank.reset();
            Key key = Bank.newKey();
            Lease lease = Bank.take(rowlock, key);
            // One waits in this JVM, who would be handed the lease, and one in another.
            List<Future<Long>> waiters = new ArrayList<>();
            rowlock.transact(tx -> {
                tx.fence(lease, fence);
                addOne(tx, 1);
                assertThat(lease.release()).isEqualTo(new Release.AfterUnit());
                assertThat(lease.state()).isEqualTo(LeaseState.RELEASING);
                waiters.add(threads.submit(() -> seenWhenGranted(rowlock, key)));
                waiters.add(threads.submit(() -> seenWhenGranted(other, key)));
                eventually(() -> assertThat(waiting()).isEqualTo(2));
                assertThat(waiters).noneMatch(Future::isDone);
                return null;
            });
            assertThat(lease.state()).isEqualTo(LeaseState.RELEASED);
            assertThat(lease.lost().toCompletableFuture()).isNotDone();
            for (Future<Long> seen : waiters) {
                assertThat(seen.get(30, TimeUnit.SECONDS)).as("%s", fence).isEqualTo(Bank.INITIAL + 1);
            }
        }
    }

    private Long seenWhenGranted(Rowlock from, Key key) throws SQLException {
        try (Lease lease = from.leases().acquire(key, Bank.BY_HAND, WAIT)) {
            assertThat(lease.isHeld()).isTrue();
            return bank.balance(1);
        }
    }

    /** Threads of this JVM that wait for a lease, or on SQLite for the unit that has the file. */
    private static long waiting() {
        return Thread.getAllStackTraces().values().stream()
                .filter(stack -> List.of(stack).stream()
                        .anyMatch(frame -> frame.getMethodName().equals("seenWhenGranted")))
                .filter(stack -> List.of(stack).stream()
                        .map(StackTraceElement::getClassName)
                        .anyMatch(name -> name.endsWith(".Waiting") || name.endsWith(".SqliteQueue")))
                .count();
    }

    /** The unit is run again: the lease stays until the unit has ended, not its first attempt. */
    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void whatIsGivenBackInAnAttemptThatIsRunAgainIsKept(Database database) throws SQLException {
        Key key = Bank.newKey();
        Lease lease = Bank.take(rowlock, key);
        AtomicReference<Release> told = new AtomicReference<>();
        int attempts = rowlock.transact(tx -> {
            tx.fence(lease);
            Row<Account> row = tx.read(Bank.ACCOUNTS, 1L).orElseThrow();
            if (tx.attempt() == 1) {
                told.set(lease.release());
                other.transact(meanwhile -> addOne(meanwhile, 1));
            } else {
                assertThat(other.leases().tryAcquire(key, Bank.BY_HAND)).isInstanceOf(Acquired.Held.class);
            }
            Row<Account> unused = tx.update(row, Account::plusOne);
            return tx.attempt();
        });
        assertThat(attempts).isEqualTo(2);
        assertThat(told.get()).isEqualTo(new Release.AfterUnit());
        assertThat(lease.state()).isEqualTo(LeaseState.RELEASED);
        assertThat(bank.balance(1)).isEqualTo(Bank.INITIAL + 2);
        try (Lease next = Bank.take(other, key)) {
            assertThat(next.token()).isEqualTo(lease.token() + 1);
        }
    }

    // ---- a commit that nobody knows of

    /** The answer to the commit is lost: the next in this JVM is granted the key by the database, after that commit. */
    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void anUnknownCommitIsNotFollowedByAHandOver(Database database) throws Exception {
        TcpProxy proxy = database.newProxy();
        // What waits goes past the proxy, so that the last to send through it is the unit.
        Rowlock cut = Rowlock.on(ofThisThread(database.newDataSourceThrough(proxy), database.dataSource()))
                .listener(events::add)
                .build();
        for (When when : When.values()) {
            bank.reset();
            events.clear();
            Key key = Bank.newKey();
            Lease lease = cut.leases().acquire(key, Bank.BY_HAND, WAIT);
            Future<Long> next = threads.submit(() -> seenWhenGranted(cut, key));
            eventually(() -> assertThat(waiting()).isEqualTo(1));
            assertThatThrownBy(() -> cut.transact(tx -> {
                        tx.fence(lease);
                        addOne(tx, 1);
                        tx.flush();
                        assertThat(lease.release()).isEqualTo(new Release.AfterUnit());
                        proxy.mostRecentSender().orElseThrow().cutNextRequest(when);
                        return null;
                    }))
                    .isInstanceOf(CommitOutcomeUnknown.class);
            long stored = when == When.AFTER ? 1 : 0;
            assertThat(next.get(30, TimeUnit.SECONDS)).as("%s", when).isEqualTo(Bank.INITIAL + stored);
            assertThat(events.stream()
                            .filter(event ->
                                    event instanceof RowlockEvent.LeaseGranted granted && granted.handedOver()))
                    .as("%s", when)
                    .isEmpty();
        }
    }

    /** One database by two ways: the thread that asks for this has a way of its own. */
    private static DataSource ofThisThread(DataSource mine, DataSource others) {
        Thread me = Thread.currentThread();
        return (DataSource) Proxy.newProxyInstance(
                DataSource.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, method, args) -> method.invoke(Thread.currentThread() == me ? mine : others, args));
    }

    // ---- snapshots

    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void aLeaseYoungerThanTheSnapshotIsRefusedWhereTheSnapshotWouldGoOnShowingThePast(Database database)
            throws Exception {
        Rowlock strict = Rowlock.on(database.dataSource())
                .strict(true)
                .listener(events::add)
                .build();
        for (Isolation level : List.of(Isolation.READ_COMMITTED, Isolation.REPEATABLE_READ)) {
            events.clear();
            boolean risk = strict.profile().letsStaleReadThrough(level);
            assertThat(risk).isEqualTo(database.engine() == Engine.MARIADB && level == Isolation.REPEATABLE_READ);
            CompletableFuture<Object> strictly = fencedAfterReading(strict, level);
            CompletableFuture<Object> told = fencedAfterReading(rowlock, level);
            if (risk) {
                assertThatThrownBy(strictly::join)
                        .hasCauseInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("younger than the snapshot");
            } else {
                assertThat(strictly.join()).isEqualTo("committed");
            }
            assertThat(told.join()).isEqualTo("committed");
            assertThat(events.stream().filter(RowlockEvent.SnapshotRisk.class::isInstance))
                    .hasSize(risk ? 1 : 0);
        }
    }

    /** Reads, then has another thread acquire the lease, then fences itself by it. */
    private CompletableFuture<Object> fencedAfterReading(Rowlock on, Isolation level) throws Exception {
        CompletableFuture<Object> outcome = new CompletableFuture<>();
        Key key = Bank.newKey();
        List<Lease> leases = new ArrayList<>();
        try {
            on.transact(Unit.named("late").withIsolation(level), tx -> {
                Bank.read(tx, 1);
                if (leases.isEmpty()) {
                    leases.add(threads.submit(() -> Bank.take(on, key)).get(20, TimeUnit.SECONDS));
                }
                tx.fence(leases.get(0));
                return null;
            });
            outcome.complete("committed");
        } catch (IllegalStateException refused) {
            outcome.completeExceptionally(refused);
        }
        return outcome;
    }

    // ---- beside other guards

    @Databases
    void onceAndBatchAreFencedAsUnitsAre(Database database) throws SQLException {
        Key key = Bank.newKey();
        Lease lease = Bank.take(rowlock, key);
        assertThat(pay(lease, "held")).isInstanceOf(Once.First.class);
        List<ItemResult<Long>> booked = book(lease, List.of(2L, 3L)).results();
        assertThat(booked).allMatch(ItemResult.Applied.class::isInstance);

        bank.expire(key);
        Bank.take(other, key).close();

        assertThatThrownBy(() -> pay(lease, "lost")).isInstanceOf(LeaseLost.class);
        assertThat(book(lease, List.of(2L, 3L)).results())
                .allSatisfy(result -> assertThat(result)
                        .isInstanceOfSatisfying(
                                ItemResult.Failed.class,
                                failed -> assertThat(failed.failure()).isInstanceOf(LeaseLost.class)));
        // What was answered stays answered: a repeat does nothing that would have to be fenced.
        assertThat(pay(lease, "held")).isInstanceOf(Once.Repeat.class);
        Lease now = Bank.take(rowlock, key);
        assertThat(pay(now, "lost")).isInstanceOf(Once.First.class);
        assertThat(bank.balance(1)).isEqualTo(Bank.INITIAL + 2);
        assertThat(bank.balance(2)).isEqualTo(Bank.INITIAL + 1);
    }

    private Once<Long> pay(Lease lease, String id) {
        return rowlock.once(Key.of("pay", lease.key(), id), Fingerprint.of(id), Codec.number(), tx -> {
            tx.fence(lease);
            return addOne(tx, 1).value().balance();
        });
    }

    private BatchReport<Long> book(Lease lease, List<Long> accounts) {
        Batch<Long, Long> batch = Batch.of("book", Bank.ACCOUNTS, (Long account) -> account, (tx, account) -> {
            tx.fence(lease);
            return ItemResult.applied(addOne(tx, account).value().balance());
        });
        return rowlock.batch(batch, accounts);
    }
}
