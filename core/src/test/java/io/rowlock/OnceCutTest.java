package io.rowlock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.engines.FaultyDataSource;
import io.rowlock.engines.TcpProxy;
import io.rowlock.engines.When;
import io.rowlock.event.RowlockEvent;
import io.rowlock.once.Codec;
import io.rowlock.once.Once;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;

/**
 * The connection breaks around the commit of a once-call. Its caller gets the first answer, and the work has taken effect
 * once; the naive retry after a lost reply takes effect twice.
 */
class OnceCutTest {
    private static final int TIMES = 10;

    /** How the unit comes to its commit. */
    private enum Shape {
        ONE_MESSAGE,
        WITH_A_LOCK,
        NO_WRITES,
        REPLACING_AN_EXPIRED_ANSWER;

        Long run(Tx tx) {
            return switch (this) {
                case ONE_MESSAGE, REPLACING_AN_EXPIRED_ANSWER -> Payments.pay(tx, 1);
                case WITH_A_LOCK -> Payments.payLocked(tx, 1);
                case NO_WRITES -> 7L;
            };
        }
    }

    private final List<RowlockEvent> events = new CopyOnWriteArrayList<>();
    private Database database;
    private Rowlock beside;

    @BeforeEach
    void accounts(Database database) throws SQLException {
        this.database = database;
        Payments.create(database);
        beside = Rowlock.on(database.dataSource()).build();
    }

    // ---- cut by a proxy

    /** What people do without once: the reply is lost, so they try again. */
    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void tryingAgainAfterALostReplyAppliesTwice(Database database) {
        TcpProxy proxy = database.newProxy();
        Rowlock rowlock = Rowlock.on(database.newDataSourceThrough(proxy)).build();
        Work<Long, RuntimeException> pay = tx -> Payments.pay(tx, 1);
        rowlock.transact(pay);
        long before = Payments.made(beside, 1);
        assertThatThrownBy(() -> rowlock.transact(tx -> {
                    Long left = Payments.pay(tx, 1);
                    proxy.mostRecentSender().orElseThrow().cutNextRequest(When.AFTER);
                    return left;
                }))
                .isInstanceOf(CommitOutcomeUnknown.class);
        rowlock.transact(pay);
        assertThat(Payments.made(beside, 1) - before).isEqualTo(2);
    }

    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void aCommitCutBeforeItArrivesIsRunAgain(Database database) {
        cutAtTheCommit(When.BEFORE, 2);
        assertThat(resolved()).isNotEmpty().allMatch(event -> !event.stored());
    }

    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void aCommitCutAfterItArrivedIsFoundAndNotRunAgain(Database database) {
        cutAtTheCommit(When.AFTER, 1);
        assertThat(resolved()).isNotEmpty().allMatch(RowlockEvent.OnceResolved::stored);
    }

    private List<RowlockEvent.OnceResolved> resolved() {
        assertThat(events).noneMatch(RowlockEvent.CommitUnknown.class::isInstance);
        return events.stream()
                .filter(RowlockEvent.OnceResolved.class::isInstance)
                .map(RowlockEvent.OnceResolved.class::cast)
                .toList();
    }

    private void cutAtTheCommit(When when, int runsWanted) {
        TcpProxy proxy = database.newProxy();
        Rowlock rowlock = Rowlock.on(database.newDataSourceThrough(proxy))
                .listener(events::add)
                .build();
        for (Shape shape : Shape.values()) {
            for (int i = 0; i < TIMES; i++) {
                // The statements are prepared, so that the request after the work is the commit.
                Key key = keyFor(rowlock, shape);
                assertThat(rowlock.once(keyFor(rowlock, shape), Payments.ONE, Codec.number(), shape::run)
                                .isFirst())
                        .isTrue();
                long before = Payments.made(beside, 1);
                AtomicInteger runs = new AtomicInteger();
                AtomicInteger hooks = new AtomicInteger();
                Once<Long> outcome = rowlock.once(key, Payments.ONE, Codec.number(), tx -> {
                    tx.afterCommit(hooks::incrementAndGet);
                    Long left = shape.run(tx);
                    if (runs.incrementAndGet() == 1) {
                        proxy.mostRecentSender().orElseThrow().cutNextRequest(when);
                    }
                    return left;
                });
                assertThat(outcome.isFirst()).as("%s", shape).isTrue();
                assertThat(runs).as("%s", shape).hasValue(runsWanted);
                assertThat(hooks).as("%s", shape).hasValue(1);
                assertThat(Payments.made(beside, 1) - before)
                        .as("%s", shape)
                        .isEqualTo(shape == Shape.NO_WRITES ? 0 : 1);
                Once<Long> repeat = beside.once(key, Payments.ONE, Codec.number(), tx -> {
                    throw new AssertionError("ran again");
                });
                assertThat(repeat.answer()).isEqualTo(outcome.answer());
            }
        }
    }

    private Key keyFor(Rowlock rowlock, Shape shape) {
        Key key = Payments.newKey();
        if (shape == Shape.REPLACING_AN_EXPIRED_ANSWER) {
            assertThat(rowlock.once(key, Payments.ONE, Codec.number(), tx -> 0L).isFirst())
                    .isTrue();
            expire(key);
        }
        return key;
    }

    private void expire(Key key) {
        beside.transact(tx -> {
            tx.execute("UPDATE rowlock_once SET expires_at = 1 WHERE once_key = ?", key.bytes())
                    .expect(1);
            return null;
        });
    }

    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void whatCannotBeFoundOutInTimeIsTold(Database database) {
        TcpProxy proxy = database.newProxy();
        Rowlock rowlock = Rowlock.on(database.dataSource(pool -> {
                    pool.setJdbcUrl(database.url(proxy.host(), proxy.port()));
                    pool.setConnectionTimeout(250);
                    return pool;
                }))
                .listener(events::add)
                .build();
        Key key = Payments.newKey();
        Unit unit = Unit.named("pay").withDeadline(Duration.ofSeconds(1));
        assertThatThrownBy(() -> rowlock.once(unit, key, Payments.ONE, Codec.number(), tx -> {
                    Long left = Payments.pay(tx, 1);
                    proxy.rejectNew(true);
                    proxy.mostRecentSender().orElseThrow().cutNextRequest(When.AFTER);
                    return left;
                }))
                .isInstanceOf(CommitOutcomeUnknown.class);
        assertThat(events).hasAtLeastOneElementOfType(RowlockEvent.CommitUnknown.class);
        Once<Long> repeat = beside.once(unit, key, Payments.ONE, Codec.number(), tx -> Payments.pay(tx, 1));
        assertThat(repeat).isInstanceOf(Once.Repeat.class);
        assertThat(Payments.made(beside, 1)).isEqualTo(1);
    }

    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void aUnitThatMayRunOnceIsToldThatNothingIsStored(Database database) {
        TcpProxy proxy = database.newProxy();
        Rowlock rowlock = Rowlock.on(database.newDataSourceThrough(proxy)).build();
        Key key = Payments.newKey();
        Unit single = Unit.named("pay").withAttemptsMax(1);
        assertThatThrownBy(() -> rowlock.once(single, key, Payments.ONE, Codec.number(), tx -> {
                    Long left = Payments.pay(tx, 1);
                    proxy.mostRecentSender().orElseThrow().cutNextRequest(When.BEFORE);
                    return left;
                }))
                .isInstanceOf(RetriesExhausted.class)
                .hasMessageContaining("reason=COMMIT_LOST");
        assertThat(Payments.made(beside, 1)).isZero();
        assertThat(rowlock.once(key, Payments.ONE, Codec.number(), tx -> Payments.pay(tx, 1))
                        .isFirst())
                .isTrue();
        assertThat(Payments.made(beside, 1)).isEqualTo(1);
    }

    // ---- still on its way

    record Receipt(long id, long version) {}

    private static final Table<Receipt, Long> RECEIPTS =
            Table.of("receipts", Receipt.class).key("id", Long.class).build();

    /**
     * The client loses its connection while the server still works on the commit. At that moment the key cannot be read:
     * who reads it and runs again pays twice. Writing it waits.
     */
    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void aCommitThatTheServerStillWorksOnIsWaitedFor(Database database) throws Exception {
        database.execute(
                "DROP TABLE IF EXISTS receipts",
                "CREATE TABLE receipts (id BIGINT PRIMARY KEY, version BIGINT DEFAULT 1 NOT NULL)");
        TcpProxy proxy = database.newProxy();
        Rowlock rowlock = Rowlock.on(database.newDataSourceThrough(proxy)).build();
        Key key = Payments.newKey();
        AtomicInteger runs = new AtomicInteger();
        ExecutorService threads = Executors.newCachedThreadPool();
        try (Connection inTheWay = database.connect();
                Statement statement = inTheWay.createStatement()) {
            inTheWay.setAutoCommit(false);
            statement.execute("INSERT INTO receipts (id) VALUES (1)");
            Future<Once<Long>> outcome = threads.submit(() -> rowlock.once(key, Payments.ONE, Codec.number(), tx -> {
                runs.incrementAndGet();
                Row<Receipt> unused = tx.insert(RECEIPTS, new Receipt(1, 0));
                return 42L;
            }));
            Payments.awaitLockWaits(database, 1);
            proxy.cutAll();
            Payments.awaitLockWaits(database, 2);
            assertThat(rowsUnder(key)).as("what a reader would find").isZero();
            inTheWay.rollback();
            assertThat(outcome.get(30, TimeUnit.SECONDS)).isEqualTo(new Once.First<>(42L));
        } finally {
            threads.shutdownNow();
        }
        assertThat(runs).hasValue(1);
        beside.<Receipt, RuntimeException>read(
                tx -> tx.peek(RECEIPTS, 1L).orElseThrow().value());
    }

    private long rowsUnder(Key key) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                PreparedStatement look =
                        connection.prepareStatement("SELECT COUNT(*) FROM rowlock_once WHERE once_key = ?")) {
            look.setBytes(1, key.bytes());
            try (ResultSet row = look.executeQuery()) {
                assertThat(row.next()).isTrue();
                return row.getLong(1);
            }
        }
    }

    static final class Refused extends Exception {
        private static final long serialVersionUID = 1;
    }

    /**
     * The commit has not arrived when its outcome is asked for, and might arrive later: from then on its key is taken, so that
     * it fails, even if the work is refused the second time and stores nothing.
     */
    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void aCommitThatComesTooLateFindsItsKeyTaken(Database database) throws Exception {
        TcpProxy proxy = database.newProxy();
        Rowlock rowlock = Rowlock.on(database.newDataSourceThrough(proxy)).build();
        Key key = Payments.newKey();
        AtomicInteger runs = new AtomicInteger();
        Throwable thrown = catchThrowable(() -> rowlock.once(key, Payments.ONE, Codec.number(), tx -> {
            Long left = Payments.pay(tx, 1);
            if (runs.incrementAndGet() == 1) {
                proxy.mostRecentSender().orElseThrow().cutNextRequest(When.BEFORE);
                return left;
            }
            throw new Refused();
        }));
        assertThat(thrown).isInstanceOf(Refused.class);
        assertThat(rowsUnder(key)).isEqualTo(1);
        assertThat(Payments.made(beside, 1)).isZero();
        assertThat(beside.once(key, Payments.ONE, Codec.number(), tx -> Payments.pay(tx, 1))
                        .isFirst())
                .isTrue();
        assertThat(Payments.made(beside, 1)).isEqualTo(1);
    }

    // ---- cut everywhere

    /** Every statement of the call is cut, before and after, on every engine; a caller that then comes again ends with one. */
    @Databases
    void whereverItIsCutTheWorkTakesEffectOnce(Database database) {
        FaultyDataSource faults = FaultyDataSource.around(database.dataSource());
        Rowlock rowlock = Rowlock.on(faults).build();
        int cuts = 0;
        for (Shape shape : Shape.values()) {
            // Twice: the first tells nothing of the points, because the database is looked at then.
            int points = 0;
            for (int i = 0; i < 2; i++) {
                Key key = keyFor(beside, shape);
                faults.reset();
                assertThat(rowlock.once(key, Payments.ONE, Codec.number(), shape::run)
                                .isFirst())
                        .isTrue();
                points = faults.record().size();
            }
            for (int point = 1; point <= points; point++) {
                for (When when : When.values()) {
                    String how = "%s point=%d %s".formatted(shape, point, when);
                    Key key = keyFor(beside, shape);
                    long before = Payments.made(beside, 1);
                    faults.reset();
                    faults.cutAt(point, when);
                    Once<Long> outcome = untilAnswered(rowlock, key, shape);
                    faults.reset();
                    cuts++;
                    assertThat(Payments.made(beside, 1) - before).as(how).isEqualTo(shape == Shape.NO_WRITES ? 0 : 1);
                    Once<Long> repeat = beside.once(key, Payments.ONE, Codec.number(), tx -> {
                        throw new AssertionError("ran again: " + how);
                    });
                    assertThat(repeat.answer()).as(how).isEqualTo(outcome.answer());
                }
            }
        }
        System.out.printf("%s cuts=%d%n", database.engine(), cuts);
        assertThat(cuts).isGreaterThan(16);
    }

    private static Once<Long> untilAnswered(Rowlock rowlock, Key key, Shape shape) {
        try {
            return rowlock.once(key, Payments.ONE, Codec.number(), shape::run);
        } catch (DatabaseFailure | CommitOutcomeUnknown told) {
            return rowlock.once(key, Payments.ONE, Codec.number(), shape::run);
        }
    }
}
