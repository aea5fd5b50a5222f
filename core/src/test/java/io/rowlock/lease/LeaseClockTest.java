package io.rowlock.lease;

import static io.rowlock.engines.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowlock.Key;
import io.rowlock.LeaseLost;
import io.rowlock.Rowlock;
import io.rowlock.Timing;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.engines.Eventually;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Whose clock decides, and when it is read: the database's, after every wait. */
class LeaseClockTest {
    private static final Duration WAIT = Duration.ofSeconds(30);
    private static final Duration LOCKED = Duration.ofSeconds(2);

    /** So short that one read before the wait would have been over. */
    private static final Duration LENGTH = Duration.ofSeconds(10);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private Database database;
    private Bank bank;
    private Rowlock rowlock;

    @BeforeEach
    void open(Database database) throws SQLException {
        this.database = database;
        bank = Bank.open(database);
        rowlock = bank.rowlock();
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    // ---- clocks that stand still while a statement waits

    /** Somebody who has something locked for two seconds, and what the database's clock read when that ended. */
    private final class Locker {
        private final CountDownLatch locked = new CountDownLatch(1);
        private final AtomicLong unlockedAt = new AtomicLong();
        private final Future<Object> lock;

        Locker(boolean commits, String sql, Key... key) throws InterruptedException {
            lock = threads.submit(() -> {
                try (Connection connection = database.connect()) {
                    boolean sqlite = database.engine() == Engine.SQLITE;
                    run(connection, sqlite ? "BEGIN IMMEDIATE" : "START TRANSACTION");
                    try (PreparedStatement statement = connection.prepareStatement(sql)) {
                        for (int i = 0; i < key.length; i++) {
                            statement.setBytes(i + 1, key[i].bytes());
                        }
                        statement.execute();
                    }
                    locked.countDown();
                    long began = System.nanoTime();
                    Eventually.until(
                            "the lock's time is over", WAIT, () -> System.nanoTime() - began > LOCKED.toNanos());
                    unlockedAt.set(clock(connection));
                    run(connection, commits ? "COMMIT" : "ROLLBACK");
                }
                return null;
            });
            assertThat(locked.await(30, TimeUnit.SECONDS)).isTrue();
        }

        long unlockedAt() throws Exception {
            lock.get(30, TimeUnit.SECONDS);
            return unlockedAt.get();
        }
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private long clock(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT " + bank.clock())) {
            assertThat(row.next()).isTrue();
            return row.getLong(1);
        }
    }

    /** What locks a lease's row without changing it; on SQLite the transaction has the whole file. */
    private String lockOf(String table, String condition) {
        return "SELECT token FROM " + table + " WHERE " + condition
                + (database.engine() == Engine.SQLITE ? "" : " FOR UPDATE");
    }

    private void assertWholeLength(Key key, long unlockedAt) throws SQLException {
        assertThat(bank.number("SELECT renewed_at FROM rowlock_lease WHERE lease_key = ?", key))
                .as("its length begins after the wait")
                .isGreaterThanOrEqualTo(unlockedAt);
        assertThat(bank.number("SELECT expires_at - renewed_at FROM rowlock_lease WHERE lease_key = ?", key))
                .isBetween(LENGTH.toMillis(), LENGTH.toMillis() + 50);
    }

    private Lease acquire(Key key) {
        return rowlock.leases().acquire(key, Bank.BY_HAND.withLength(LENGTH), WAIT);
    }

    @Databases
    void aLeaseGrantedAfterAWaitForItsRowHasItsWholeLengthLeft(Database database) throws Exception {
        Key key = Bank.newKey();
        Bank.take(rowlock, key).close();
        Locker locker = new Locker(true, lockOf("rowlock_lease", "lease_key = ?"), key);
        try (Lease lease = acquire(key)) {
            assertThat(lease.isHeld()).isTrue();
            assertWholeLength(key, locker.unlockedAt());
        }
    }

    /** The first grant of a key waits for the floor of tokens while idle keys are cleared away. */
    @Databases
    void aFirstGrantAfterAWaitForTheFloorHasItsWholeLengthLeft(Database database) throws Exception {
        Key key = Bank.newKey();
        int unused = rowlock.leases().reap(Duration.ZERO, 1);
        Locker locker = new Locker(true, lockOf("rowlock_lease_floor", "id = 1"));
        try (Lease lease = acquire(key)) {
            assertThat(lease.token()).isPositive();
            assertWholeLength(key, locker.unlockedAt());
        }
    }

    /** And for somebody who makes the key's row at the same time and then does not. */
    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void aFirstGrantAfterAWaitForItsRowHasItsWholeLengthLeft(Database database) throws Exception {
        Key key = Bank.newKey();
        int unused = rowlock.leases().reap(Duration.ZERO, 1);
        Locker locker = new Locker(false, """
                INSERT INTO rowlock_lease (lease_key, first_token, token, owner, actor, call_site,
                    granted_at, renewed_at, expires_at, lapsed, forced)
                VALUES (?, 1, 1, '', '', '', 0, 0, 0, 0, 0)""", key);
        try (Lease lease = acquire(key)) {
            assertThat(lease.token()).isPositive();
            assertWholeLength(key, locker.unlockedAt());
        }
    }

    @Databases
    void aLeaseRenewedAfterAWaitForItsRowHasItsWholeLengthLeft(Database database) throws Exception {
        Key key = Bank.newKey();
        try (Lease lease = acquire(key)) {
            Locker locker = new Locker(true, lockOf("rowlock_lease", "lease_key = ?"), key);
            assertThat(lease.renew()).isEqualTo(new Renewed.Extended(false));
            assertWholeLength(key, locker.unlockedAt());
        }
    }

    // ---- longer than the lease

    /** A thief waits all the while; afterwards either has the key, and what the pinned unit did is there. */
    @Databases
    void aUnitThatIsPinnedForLongerThanItsLeaseCommitsWhileAThiefWaits(Database database) throws Exception {
        Rowlock thief = bank.rowlock();
        Key key = Bank.newKey();
        LeaseOptions options = LeaseOptions.defaults().withLength(Duration.ofMillis(300));
        Lease lease = Bank.take(rowlock, key, options);
        Future<Long> seen = rowlock.transact(tx -> {
            tx.fence(lease, Fence.PIN);
            long read = Bank.read(tx, 1);
            Future<Long> waits = threads.submit(() -> {
                try (Lease stolen = thief.leases().acquire(key, Bank.BY_HAND, WAIT)) {
                    assertThat(stolen.token()).isGreaterThan(lease.token());
                    return bank.balance(1);
                }
            });
            eventually(() -> assertThat(millisLeft(key)).isNegative());
            // Time does not end it, since nobody can be granted the key.
            assertThat(lease.isHeld()).isTrue();
            assertThat(threads.submit(lease::renew).get(20, TimeUnit.SECONDS)).isEqualTo(new Renewed.Pinned());
            if (database.engine() != Engine.SQLITE) {
                assertThat(thief.leases().tryAcquire(key, Bank.BY_HAND)).isInstanceOf(Acquired.Held.class);
            }
            Bank.write(tx, 1, read + 1);
            assertThat(waits).isNotDone();
            return waits;
        });
        Release release = lease.release();
        assertThat(release).isNotInstanceOf(Release.AfterUnit.class).isNotInstanceOf(Release.Unknown.class);
        assertThat(seen.get(30, TimeUnit.SECONDS)).isEqualTo(Bank.INITIAL + 1);
    }

    @Databases
    void aLeaseThatWasPinnedForLongerThanItsLengthIsRenewedAfterwards(Database database) throws Exception {
        Key key = Bank.newKey();
        LeaseOptions options = LeaseOptions.defaults().withLength(Duration.ofMillis(500));
        try (Lease lease = Bank.take(rowlock, key, options)) {
            rowlock.transact(tx -> {
                tx.fence(lease, Fence.PIN);
                eventually(() -> assertThat(millisLeft(key)).isNegative());
                return null;
            });
            eventually(() -> assertThat(millisLeft(key)).isPositive());
            assertThat(lease.state()).isEqualTo(LeaseState.HELD);
            assertThat(lease.isHeld()).isTrue();
            assertThat(lease.lost().toCompletableFuture()).isNotDone();
        }
    }

    private long millisLeft(Key key) throws SQLException {
        return bank.number("SELECT expires_at - " + bank.clock() + " FROM rowlock_lease WHERE lease_key = ?", key);
    }

    // ---- clocks of clients

    private Rowlock skewed(Duration by) {
        Timing system = Timing.system();
        Timing timing =
                new Timing(Clock.offset(Clock.systemUTC(), by), system.nanoTime(), system.sleeper(), system.random());
        return Rowlock.on(database.dataSource()).timing(timing).build();
    }

    /** Wall clocks two hours apart: nothing comes out otherwise. */
    @Databases
    void clocksOfClientsDecideNothing(Database database) throws SQLException {
        for (Duration hour : new Duration[] {Duration.ofHours(1), Duration.ofHours(-1)}) {
            bank.reset();
            Rowlock one = skewed(hour);
            Rowlock two = skewed(hour.negated());
            Instant there = one.transact(tx -> tx.now());
            assertThat(Duration.between(there, two.transact(tx -> tx.now())).abs())
                    .isGreaterThan(Duration.ofMinutes(110));
            Key key = Bank.newKey();
            Lease lease = Bank.take(one, key);
            assertThat(two.leases().tryAcquire(key, Bank.BY_HAND))
                    .isInstanceOfSatisfying(
                            Acquired.Held.class,
                            held -> assertThat(held.holder().remaining())
                                    .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(30)));
            assertThat(two.leases().waiters()).isEmpty();
            assertThat(lease.renew()).isEqualTo(new Renewed.Extended(false));
            addOne(one, lease);
            assertThat(two.leases().reap(Duration.ofMinutes(30), 100)).isZero();
            bank.expire(key);
            Lease next = Bank.take(two, key);
            assertThat(next.token()).isEqualTo(lease.token() + 1);
            addOne(two, next);
            assertThatThrownBy(() -> addOne(one, lease)).isInstanceOf(LeaseLost.class);
            assertThat(lease.release()).isEqualTo(new Release.StolenBy(next.token()));
            assertThat(next.release()).isEqualTo(new Release.Released());
            assertThat(bank.balance(1)).isEqualTo(Bank.INITIAL + 2);
        }
    }

    private static void addOne(Rowlock on, Lease lease) throws SQLException {
        on.transact(tx -> {
            tx.fence(lease);
            Bank.write(tx, 1, Bank.read(tx, 1) + 1);
            return null;
        });
    }
}
