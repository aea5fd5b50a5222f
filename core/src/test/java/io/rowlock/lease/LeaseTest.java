package io.rowlock.lease;

import static io.rowlock.engines.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.rowlock.Interrupted;
import io.rowlock.Key;
import io.rowlock.LeaseLost;
import io.rowlock.LockTimeout;
import io.rowlock.Rowlock;
import io.rowlock.RowlockTables;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Actors;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.event.RowlockEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Lock;
import org.junit.jupiter.api.BeforeEach;

/** What a lease promises to those who ask for it, on each engine. */
class LeaseTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final LeaseOptions BY_HAND = LeaseOptions.defaults().withRenewal(Renewal.BY_HAND);
    private static final LeaseOptions SHORT = BY_HAND.withLength(Duration.ofMillis(300));

    private final List<RowlockEvent> events = new CopyOnWriteArrayList<>();
    private Database database;
    private Rowlock rowlock;
    private Leases leases;

    /** Another process, as far as leases go. */
    private Leases others;

    @BeforeEach
    void leases(Database database) throws SQLException {
        this.database = database;
        List<String> unused = RowlockTables.createMissing(database.dataSource());
        rowlock = Rowlock.on(database.dataSource()).listener(events::add).build();
        leases = rowlock.leases();
        others = Rowlock.on(database.dataSource()).build().leases();
    }

    /** It waits for no disk, and nothing that comes after it on its connection may learn that. */
    @Databases(Engine.POSTGRESQL)
    void givingBackLeavesTheConnectionAsDurableAsItWas(Database database) throws SQLException {
        HikariConfig one = new HikariConfig();
        one.setJdbcUrl(database.url());
        one.setDataSourceProperties(database.properties());
        one.setMaximumPoolSize(1);
        one.setConnectionInitSql("SET synchronous_commit = on");
        try (HikariDataSource pool = new HikariDataSource(one)) {
            Lease lease = Rowlock.on(pool).build().leases().acquire(newKey(), BY_HAND, LONG);
            assertThat(lease.release()).isEqualTo(new Release.Released());

            try (Connection connection = pool.getConnection();
                    Statement statement = connection.createStatement();
                    ResultSet setting = statement.executeQuery("SHOW synchronous_commit")) {
                assertThat(setting.next()).isTrue();
                assertThat(setting.getString(1)).isEqualTo("on");
            }
        }
    }

    private static Key newKey() {
        return Key.of("thing", UUID.randomUUID());
    }

    private Lease take(Leases from, Key key, LeaseOptions options) {
        return from.tryAcquire(key, options).fold(Acquired.Granted::lease, held -> {
            throw new AssertionError("held by " + held.holder());
        });
    }

    private void expire(Key key) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                PreparedStatement update =
                        connection.prepareStatement("UPDATE rowlock_lease SET expires_at = 0 WHERE lease_key = ?")) {
            update.setBytes(1, key.bytes());
            assertThat(update.executeUpdate()).isEqualTo(1);
        }
    }

    private long millisLeftInDatabase(Key key) {
        return leases.holders().stream()
                .filter(holder -> holder.key().equals(key))
                .findFirst()
                .orElseThrow()
                .remaining()
                .toMillis();
    }

    @Databases
    void oneOfTwoProcessesHasAKey(Database database) {
        Key key = newKey();
        Lease lease = take(leases, key, BY_HAND.withOwner("first"));
        assertThat(lease.isHeld()).isTrue();
        assertThat(lease.remaining()).isBetween(Duration.ofSeconds(20), LONG);

        Acquired second = others.tryAcquire(key, BY_HAND);

        assertThat(second).isInstanceOfSatisfying(Acquired.Held.class, held -> {
            assertThat(held.holder().owner()).isEqualTo("first");
            assertThat(held.holder().token()).isEqualTo(lease.token());
            assertThat(held.holder().callSite()).contains("LeaseTest");
            assertThat(held.holder().remaining()).isBetween(Duration.ofSeconds(25), LONG);
        });
        assertThat(lease.release()).isEqualTo(new Release.Released());
        assertThat(lease.state()).isEqualTo(LeaseState.RELEASED);
        assertThat(lease.release()).isEqualTo(new Release.Released());
        try (Lease next = take(others, key, BY_HAND)) {
            assertThat(next.token()).isEqualTo(lease.token() + 1);
        }
    }

    @Databases
    void tokensOfAKeyOnlyRise(Database database) throws SQLException {
        Key key = newKey();
        List<Long> tokens = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            try (Lease lease = take(leases, key, BY_HAND)) {
                tokens.add(lease.token());
            }
            Lease lost = take(others, key, SHORT);
            tokens.add(lost.token());
            expire(key);
        }
        assertThat(leases.reap(Duration.ZERO, 1000)).isPositive();
        assertThat(leases.holders()).isEmpty();
        Rowlock restarted = Rowlock.on(database.dataSource()).build();
        try (Lease lease = take(restarted.leases(), key, BY_HAND)) {
            tokens.add(lease.token());
        }
        assertThat(tokens).isSorted().doesNotHaveDuplicates().hasSize(7);
    }

    @Databases
    void aLeaseThatHasExpiredIsTakenOverAndItsHolderIsTold(Database database) throws SQLException {
        Key key = newKey();
        Lease first = take(leases, key, BY_HAND.withLength(Duration.ofSeconds(1)));
        expire(key);
        try (Lease second = take(others, key, BY_HAND)) {
            assertThat(second.token()).isEqualTo(first.token() + 1);
            assertThat(first.renew()).isEqualTo(new Renewed.Lost(LossReason.TAKEN_OVER));
            assertThat(first.isHeld()).isFalse();
            assertThat(first.state()).isEqualTo(LeaseState.LOST);
            assertThat(first.lost().toCompletableFuture()).isCompletedWithValue(LossReason.TAKEN_OVER);
            assertThatThrownBy(first::requireHeld)
                    .isInstanceOf(LeaseLost.class)
                    .hasMessageContaining("key=" + key)
                    .hasMessageContaining("token=" + first.token())
                    .hasMessageContaining("reason=TAKEN_OVER");
            assertThat(first.release()).isEqualTo(new Release.StolenBy(second.token()));
            assertThat(second.renew()).isEqualTo(new Renewed.Extended(false));
        }
    }

    @Databases
    void aLeaseThatNobodyRenewsIsLostOnTheMonotonicClock(Database database) throws Exception {
        Key key = newKey();
        AtomicInteger told = new AtomicInteger();
        Lease lease = take(leases, key, SHORT);
        lease.onLoss(reason -> told.incrementAndGet());

        assertThat(lease.lost().toCompletableFuture().get()).isEqualTo(LossReason.EXPIRED);

        eventually(() -> assertThat(told).hasValue(1));
        assertThat(lease.isHeld()).isFalse();
        assertThat(lease.remaining()).isZero();
        eventually(() -> assertThat(lease.release()).isIn(new Release.AlreadyExpired(), new Release.Released()));
        assertThat(told).hasValue(1);
        assertThat(events.stream().filter(RowlockEvent.LeaseLoss.class::isInstance))
                .hasSize(1);
    }

    @Databases
    void anExpiryOfExactlyNowIsInThePast(Database database) throws SQLException {
        // Whatever the engine's clock reads when the row is looked at, an expiry at that reading is over.
        Key key = newKey();
        Lease lease = take(leases, key, BY_HAND);
        expireAtTheReadingOfTheClock(key);
        try (Lease next = take(others, key, BY_HAND)) {
            assertThat(next.token()).isEqualTo(lease.token() + 1);
        }
    }

    private void expireAtTheReadingOfTheClock(Key key) throws SQLException {
        LeaseHolder holder = leases.holders().stream()
                .filter(one -> one.key().equals(key))
                .findFirst()
                .orElseThrow();
        long now = holder.grantedAt().toEpochMilli();
        try (Connection connection = database.dataSource().getConnection();
                PreparedStatement update =
                        connection.prepareStatement("UPDATE rowlock_lease SET expires_at = ? WHERE lease_key = ?")) {
            update.setLong(1, now);
            update.setBytes(2, key.bytes());
            assertThat(update.executeUpdate()).isEqualTo(1);
        }
    }

    @Databases
    void aLeaseIsRenewedWhileItIsHeld(Database database) {
        Key key = newKey();
        try (Lease lease = take(leases, key, LeaseOptions.defaults().withLength(Duration.ofMillis(600)))) {
            eventually(() -> assertThat(events.stream().filter(RowlockEvent.LeaseRenewed.class::isInstance))
                    .hasSizeGreaterThan(4));
            assertThat(lease.isHeld()).isTrue();
            assertThat(others.tryAcquire(key, BY_HAND)).isInstanceOf(Acquired.Held.class);
        }
    }

    @Databases
    void renewalEndsWithTheLongestHold(Database database) throws Exception {
        Key key = newKey();
        Duration length = Duration.ofMillis(300);
        Lease lease =
                take(leases, key, LeaseOptions.defaults().withLength(length).withMaxHold(length));
        assertThat(lease.lost().toCompletableFuture().get()).isEqualTo(LossReason.MAX_HOLD);
    }

    @Databases
    void waitersOfOneJvmAreServedInTheirOrderEachWithATokenOfItsOwn(Database database) {
        Key key = newKey();
        AtomicInteger inside = new AtomicInteger();
        List<Long> tokens = Collections.synchronizedList(new ArrayList<>());
        Callable<Integer> worker = () -> {
            for (int i = 0; i < 50; i++) {
                try (Lease lease = leases.acquire(key, BY_HAND, LONG)) {
                    assertThat(inside.incrementAndGet()).isEqualTo(1);
                    tokens.add(lease.token());
                    inside.decrementAndGet();
                }
            }
            return 50;
        };
        Actors.run(Actors.DEADLINE, Collections.nCopies(4, worker)).forEach(Actors.Outcome::get);
        assertThat(tokens).hasSize(200).isSorted().doesNotHaveDuplicates();
        assertThat(events.stream()
                        .filter(event -> event instanceof RowlockEvent.LeaseGranted granted && granted.handedOver()))
                .isNotEmpty();
    }

    @Databases
    void aWaiterOfAnotherProcessHasItsTurn(Database database) {
        Key key = newKey();
        AtomicInteger inside = new AtomicInteger();
        List<Callable<Integer>> workers = new ArrayList<>();
        for (Leases from : List.of(leases, others)) {
            Callable<Integer> worker = () -> {
                for (int i = 0; i < 20; i++) {
                    try (Lease lease = from.acquire(key, BY_HAND, LONG)) {
                        assertThat(inside.incrementAndGet()).isEqualTo(1);
                        inside.decrementAndGet();
                        assertThat(lease.isHeld()).isTrue();
                    }
                }
                return 20;
            };
            workers.add(worker);
            workers.add(worker);
        }
        Actors.run(Actors.DEADLINE, workers).forEach(Actors.Outcome::get);
    }

    @Databases
    void aWaitEndsAtItsDeadlineAndSaysWhoHasTheKey(Database database) {
        Key key = newKey();
        try (Lease held = take(others, key, BY_HAND.withOwner("somebody"))) {
            assertThatThrownBy(() -> leases.acquire(key, BY_HAND, Duration.ofMillis(50)))
                    .isInstanceOf(LockTimeout.class)
                    .hasMessageContaining("key=" + key)
                    .hasMessageContaining("holder=somebody")
                    .hasMessageContaining("token=" + held.token());
            assertThatThrownBy(() -> leases.acquire(key, BY_HAND, Duration.ZERO))
                    .isInstanceOf(LockTimeout.class);
        }
        try (Lease now = leases.acquire(key, BY_HAND, Duration.ZERO)) {
            assertThat(now.isHeld()).isTrue();
        }
    }

    @Databases
    void anInterruptEndsAWaitAndIsNotLost(Database database) throws Exception {
        Key key = newKey();
        try (Lease held = take(others, key, BY_HAND)) {
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            CompletableFuture<Boolean> flag = new CompletableFuture<>();
            Thread waiter = new Thread(() -> {
                try {
                    leases.acquire(key, BY_HAND, LONG).close();
                } catch (RuntimeException failed) {
                    thrown.set(failed);
                }
                flag.complete(Thread.currentThread().isInterrupted());
            });
            waiter.start();
            eventually(() -> assertThat(leases.waiters()).hasSize(1));
            waiter.interrupt();
            assertThat(flag.get()).isTrue();
            assertThat(thrown.get()).isInstanceOf(Interrupted.class);
            assertThat(held.isHeld()).isTrue();
        }
        eventually(() -> assertThat(leases.waiters()).isEmpty());
    }

    @Databases
    void whoeverHoldsAKeyIsToldAtOnceThatHeWouldWaitForHimself(Database database) {
        Key key = newKey();
        try (Lease lease = leases.acquire(key, BY_HAND, LONG)) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> leases.acquire(key, BY_HAND, LONG))
                    .withMessageContaining("holds the lease already")
                    .withMessageContaining("token=" + lease.token())
                    .withMessageContaining("withReentrant(true)");
        }
    }

    @Databases
    void reEntrySharesTheTokenAndTheLastOneFreesTheKey(Database database) {
        Key key = newKey();
        LeaseOptions again = BY_HAND.withReentrant(true);
        Lease outer = leases.acquire(key, again, LONG);
        Lease inner = leases.acquire(key, again, LONG);
        assertThat(inner.token()).isEqualTo(outer.token());
        inner.close();
        inner.close();
        assertThat(inner.isHeld()).isFalse();
        assertThat(outer.isHeld()).isTrue();
        assertThat(others.tryAcquire(key, BY_HAND)).isInstanceOf(Acquired.Held.class);
        assertThat(outer.release()).isEqualTo(new Release.Released());
        take(others, key, BY_HAND).close();
    }

    /** Whichever of them is given back first, and however often. */
    @Databases
    void aLeaseThatWasHadAgainOutlivesTheFirst(Database database) {
        Key key = newKey();
        LeaseOptions again = BY_HAND.withReentrant(true);
        Lease first = leases.acquire(key, again, LONG);
        Lease second = leases.acquire(key, again, LONG);
        first.close();
        first.close();
        assertThat(second.isHeld()).isTrue();
        assertThat(others.tryAcquire(key, BY_HAND)).isInstanceOf(Acquired.Held.class);
        assertThat(second.release()).isEqualTo(new Release.Released());
        take(others, key, BY_HAND).close();
    }

    @Databases
    void leasesAreAskedForOutsideOfUnits(Database database) {
        Key key = newKey();
        assertThatIllegalStateException()
                .isThrownBy(() -> rowlock.transact(tx -> leases.tryAcquire(key, BY_HAND)))
                .withMessageContaining("inside a unit")
                .withMessageContaining("tx.fence(lease)");
        assertThatIllegalStateException().isThrownBy(() -> rowlock.transact(tx -> leases.acquire(key, BY_HAND, LONG)));
        assertThatIllegalStateException()
                .isThrownBy(() -> rowlock.read(tx -> leases.acquireAll(List.of(key), BY_HAND, LONG)));
        assertThat(leases.holders()).noneMatch(holder -> holder.key().equals(key));
    }

    @Databases
    void severalKeysAreHadInOneOrderAndAllOrNone(Database database) {
        Key a = Key.of("several", "a" + UUID.randomUUID());
        Key b = Key.of("several", "b" + UUID.randomUUID());
        try (LeaseSet set = leases.acquireAll(List.of(b, a, b), BY_HAND, LONG)) {
            assertThat(set.all().stream().map(Lease::key)).containsExactly(a, b);
            assertThat(set.of(b).isHeld()).isTrue();
        }
        try (Lease held = take(others, b, BY_HAND)) {
            assertThatThrownBy(() -> leases.acquireAll(List.of(a, b), BY_HAND, Duration.ofMillis(50)))
                    .isInstanceOf(LockTimeout.class);
            assertThat(held.isHeld()).isTrue();
            take(others, a, BY_HAND).close();
        }
    }

    @Databases
    void anOperatorTakesALeaseAwayAndWritesDownWhy(Database database) throws SQLException {
        Key key = newKey();
        Lease lease = take(leases, key, BY_HAND.withOwner("stuck"));
        assertThat(others.forceRelease(key, lease.token() + 5, "no such token"))
                .isEqualTo(new ForcedRelease.AnotherToken(lease.token()));
        assertThat(others.forceRelease(key, lease.token(), "it hangs"))
                .isEqualTo(new ForcedRelease.Forced(lease.token() + 1));
        assertThat(others.forceRelease(key, lease.token(), "again")).isEqualTo(new ForcedRelease.NotHeld());
        assertThat(lease.renew()).isEqualTo(new Renewed.Lost(LossReason.FORCED));
        assertThat(lease.release()).isEqualTo(new Release.StolenBy(lease.token() + 1));
        try (Lease next = take(others, key, BY_HAND)) {
            assertThat(next.token()).isEqualTo(lease.token() + 2);
        }
        try (Connection connection = database.dataSource().getConnection();
                PreparedStatement select = connection.prepareStatement(
                        "SELECT owner, reason, token FROM rowlock_lease_audit WHERE lease_key = ?")) {
            select.setBytes(1, key.bytes());
            try (ResultSet row = select.executeQuery()) {
                assertThat(row.next()).isTrue();
                assertThat(row.getString(1)).isEqualTo("stuck");
                assertThat(row.getString(2)).isEqualTo("it hangs");
                assertThat(row.getLong(3)).isEqualTo(lease.token());
                assertThat(row.next()).isFalse();
            }
        }
        assertThatIllegalArgumentException().isThrownBy(() -> leases.forceRelease(key, 1, " "));
    }

    @Databases
    @SuppressWarnings("LockNotBeforeTry") // each step of a lock's life is looked at
    void aLockOfTheJdkIsALeaseUnderneath(Database database) throws Exception {
        Key key = newKey();
        Lock lock = leases.asLock(key, BY_HAND);
        Lock other = others.asLock(key, BY_HAND);
        lock.lock();
        lock.lock();
        assertThat(other.tryLock()).isFalse();
        lock.unlock();
        assertThat(other.tryLock(20, java.util.concurrent.TimeUnit.MILLISECONDS))
                .isFalse();
        assertThatThrownBy(other::unlock).isInstanceOf(IllegalMonitorStateException.class);
        lock.unlock();
        assertThat(other.tryLock()).isTrue();
        expire(key);
        take(leases, key, BY_HAND).close();
        assertThat(leases.holders()).noneMatch(holder -> holder.key().equals(key));
        other.unlock();
        assertThatThrownBy(other::newCondition).isInstanceOf(UnsupportedOperationException.class);
    }

    @Databases
    void closedLeasesGrantNothingAndGiveBackWhatIsHeld(Database database) {
        Key key = newKey();
        Lease lease = take(leases, key, BY_HAND);
        leases.close();
        assertThatIllegalStateException().isThrownBy(() -> leases.tryAcquire(newKey(), BY_HAND));
        assertThat(lease.isHeld()).isTrue();
        assertThat(millisLeftInDatabase(key)).isPositive();
        assertThat(lease.release()).isEqualTo(new Release.Released());
    }
}
