package io.rowlock.lease;

import static io.rowlock.engines.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowlock.DatabaseFailure;
import io.rowlock.Interrupted;
import io.rowlock.Key;
import io.rowlock.LeaseLost;
import io.rowlock.LockTimeout;
import io.rowlock.Rowlock;
import io.rowlock.RowlockTables;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.engines.TcpProxy;
import io.rowlock.engines.When;
import io.rowlock.event.RowlockEvent;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;

/** A database that fails or hangs: waits end, attempts are few, and a loss is told before anybody else is granted the key. */
class LeaseStoreFailureTest {
    private static final Duration STATEMENT_MAX = Duration.ofMillis(500);
    private static final LeaseOptions BY_HAND = LeaseOptions.defaults().withRenewal(Renewal.BY_HAND);

    private final List<RowlockEvent> events = new CopyOnWriteArrayList<>();
    private Database database;
    private Leases direct;

    @BeforeEach
    void leases(Database database) throws SQLException {
        this.database = database;
        List<String> unused = RowlockTables.createMissing(database.dataSource());
        direct = Rowlock.on(database.dataSource()).build().leases();
    }

    private static Key newKey() {
        return Key.of("sick", UUID.randomUUID());
    }

    private Leases over(DataSource pool) {
        return Rowlock.on(pool)
                .listener(events::add)
                .leases(LeaseSettings.defaults().withStatementMax(STATEMENT_MAX))
                .build()
                .leases();
    }

    /** A pool that says soon that it has no connection. */
    private DataSource through(TcpProxy proxy) {
        return database.dataSource(config -> {
            config.setJdbcUrl(database.url(proxy.host(), proxy.port()));
            config.setConnectionTimeout(500);
            config.setValidationTimeout(250);
            return config;
        });
    }

    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void aDatabaseThatIsAwayEndsAWaitAtItsDeadlineAfterFewTries(Database database) {
        TcpProxy proxy = database.newProxy();
        Leases leases = over(through(proxy));
        leases.acquire(newKey(), BY_HAND, Duration.ofSeconds(20)).close();
        proxy.rejectNew(true);
        proxy.cutAll();

        assertThatThrownBy(() -> leases.acquire(newKey(), BY_HAND, Duration.ofSeconds(1)))
                .isInstanceOfSatisfying(LockTimeout.class, timeout -> {
                    assertThat(timeout.getCause()).isNotNull();
                    assertThat((Integer) timeout.facts().get("failures")).isBetween(1, 30);
                });
    }

    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void aDatabaseThatHangsEndsAWaitSoonAfterItsDeadline(Database database) {
        TcpProxy proxy = database.newProxy();
        Leases leases = over(through(proxy));
        leases.acquire(newKey(), BY_HAND, Duration.ofSeconds(20)).close();
        proxy.stall();
        try {
            assertThatThrownBy(() -> leases.acquire(newKey(), BY_HAND, Duration.ofMillis(300)))
                    .isInstanceOf(LockTimeout.class);
        } finally {
            proxy.resume();
        }
    }

    @Databases
    void anInterruptDuringATryIsNotLost(Database database) {
        Leases leases = over(database.dataSource());
        Key key = newKey();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> leases.acquire(key, BY_HAND, Duration.ofSeconds(5)))
                .isInstanceOf(Interrupted.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(direct.holders()).noneMatch(holder -> holder.key().equals(key));

        Lease lease = leases.acquire(key, BY_HAND, Duration.ofSeconds(5));
        Thread.currentThread().interrupt();
        assertThat(lease.release()).isEqualTo(new Release.Released());
        assertThat(Thread.interrupted()).isTrue();
    }

    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void renewalOutlivesFailuresWhileThereIsTime(Database database) {
        TcpProxy proxy = database.newProxy();
        Leases leases = over(through(proxy));
        Key key = newKey();
        Lease lease =
                leases.acquire(key, LeaseOptions.defaults().withLength(Duration.ofSeconds(6)), Duration.ofSeconds(5));
        proxy.rejectNew(true);
        proxy.cutAll();
        eventually(() -> assertThat(events.stream().filter(RowlockEvent.LeaseRenewFailed.class::isInstance))
                .hasSizeGreaterThan(1));
        proxy.rejectNew(false);
        eventually(() -> assertThat(events.stream().filter(RowlockEvent.LeaseRenewed.class::isInstance))
                .isNotEmpty());
        assertThat(lease.isHeld()).isTrue();
        assertThat(lease.release()).isEqualTo(new Release.Released());
    }

    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void aHolderCutOffKnowsItsLossBeforeAnybodyElseIsGrantedTheKey(Database database) {
        TcpProxy proxy = database.newProxy();
        Leases leases = over(through(proxy));
        Key key = newKey();
        Lease lease =
                leases.acquire(key, LeaseOptions.defaults().withLength(Duration.ofSeconds(1)), Duration.ofSeconds(5));
        proxy.stall();
        try (Lease next = direct.acquire(key, BY_HAND, Duration.ofSeconds(30))) {
            assertThat(lease.isHeld()).isFalse();
            assertThat(next.token()).isGreaterThan(lease.token());
            eventually(() -> assertThat(lease.lost().toCompletableFuture()).isCompletedWithValue(LossReason.EXPIRED));
            assertThatThrownBy(lease::requireHeld).isInstanceOf(LeaseLost.class);
        } finally {
            proxy.resume();
        }
    }

    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void whoCannotGiveALeaseBackIsToldThatNobodyKnows(Database database) {
        TcpProxy proxy = database.newProxy();
        Leases leases = over(through(proxy));
        Lease lease = leases.acquire(newKey(), BY_HAND, Duration.ofSeconds(5));
        proxy.rejectNew(true);
        proxy.cutAll();
        assertThat(lease.release()).isInstanceOf(Release.Unknown.class);
        assertThat(lease.isHeld()).isFalse();
    }

    @Databases(Engine.SQLITE)
    void aFileThatSomebodyElseWritesEndsAWaitAtItsDeadline(Database database) throws SQLException {
        Leases leases = over(database.dataSource());
        try (Connection writer = database.connect();
                Statement statement = writer.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            assertThatThrownBy(() -> leases.acquire(newKey(), BY_HAND, Duration.ofMillis(300)))
                    .isInstanceOf(LockTimeout.class);
            statement.execute("ROLLBACK");
        }
        leases.acquire(newKey(), BY_HAND, Duration.ofSeconds(5)).close();
    }

    /** What was sent may have been granted long before the answer is here. */
    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void aLeaseIsCountedFromBeforeItWasAskedFor(Database database) {
        TcpProxy proxy = database.newProxy();
        Leases leases = over(through(proxy));
        Duration length = Duration.ofSeconds(2);
        Key key = newKey();
        leases.acquire(key, BY_HAND, Duration.ofSeconds(20)).close();
        proxy.delay(Duration.ofMillis(300));
        long before = System.nanoTime();
        Lease lease = leases.acquire(key, BY_HAND.withLength(length), Duration.ofSeconds(20));
        Duration remaining = lease.remaining();
        Duration gone = Duration.ofNanos(System.nanoTime() - before);
        assertThat(remaining.plus(gone)).isLessThanOrEqualTo(length);
        assertThat(lease.renew()).isInstanceOf(Renewed.class);
        proxy.delay(Duration.ZERO);
    }

    /** Nobody here has it then, and nobody elsewhere is to wait until it expires. */
    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void aGrantWhoseAnswerIsLostIsGivenBack(Database database) {
        TcpProxy proxy = database.newProxy();
        Leases leases = over(through(proxy));
        Key key = newKey();
        Lease first = leases.acquire(key, BY_HAND, Duration.ofSeconds(20));
        long token = first.token();
        assertThat(first.release()).isEqualTo(new Release.Released());
        proxy.mostRecentSender().orElseThrow().cutNextRequest(When.AFTER);

        assertThatThrownBy(() -> {
                    Acquired unused = leases.tryAcquire(key, BY_HAND);
                })
                .isInstanceOf(DatabaseFailure.class);

        try (Lease next = direct.acquire(key, BY_HAND, Duration.ofSeconds(20))) {
            assertThat(next.token()).as("the lost grant had a token").isEqualTo(token + 2);
        }
    }

    /** A store that refuses at once is not asked in a loop; pauses grow, whatever there is to be known of the holder. */
    @Databases
    void aDatabaseThatRefusesAtOnceIsAskedWithPauses(Database database) throws SQLException {
        AtomicBoolean away = new AtomicBoolean();
        AtomicInteger asked = new AtomicInteger();
        DataSource pool = database.dataSource();
        Leases leases = over((DataSource) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("getConnection") && away.get()) {
                        asked.incrementAndGet();
                        throw new SQLException("away", "08001");
                    }
                    return method.invoke(pool, arguments);
                }));
        Key key = newKey();
        leases.acquire(key, BY_HAND, Duration.ofSeconds(20)).close();
        away.set(true);
        assertThatThrownBy(() -> leases.acquire(key, BY_HAND, Duration.ofSeconds(1)))
                .isInstanceOf(LockTimeout.class);
        assertThat(asked).hasValueBetween(2, 30);
    }
}
