package io.rowlock;

import static io.rowlock.dialect.Engine.MARIADB;
import static io.rowlock.dialect.Engine.POSTGRESQL;
import static io.rowlock.dialect.Engine.SQLITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.rowlock.dialect.Isolation;
import io.rowlock.engines.Actors;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.engines.FaultyDataSource;
import io.rowlock.engines.TcpProxy;
import io.rowlock.engines.When;
import io.rowlock.event.RowlockEvent;
import io.rowlock.event.RowlockEvent.Cause;
import io.rowlock.once.Codec;
import io.rowlock.once.Fingerprint;
import io.rowlock.once.Once;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;

/** What a unit believes, when it runs again, how long it waits and what it tells. */
class UnitAttemptsTest {
    record Cell(long id, long n, long version) {
        Cell plus(long amount) {
            return new Cell(id, n + amount, version);
        }
    }

    private static final Table<Cell, Long> CELLS =
            Table.of("cells", Cell.class).key("id", Long.class).tombstones().build();

    private final List<RowlockEvent> events = new CopyOnWriteArrayList<>();
    private Rowlock rowlock;

    @BeforeEach
    void cells(Database database) throws Exception {
        database.execute(
                "DROP TABLE IF EXISTS cells",
                "CREATE TABLE cells (id BIGINT PRIMARY KEY, n BIGINT NOT NULL, version BIGINT DEFAULT 1 NOT NULL)",
                "INSERT INTO cells (id, n) VALUES (1, 100), (2, 100), (3, 100), (4, 100)");
        RowlockTables.createMissing(database.dataSource());
        database.execute("DELETE FROM rowlock_tombstone");
        events.clear();
        rowlock = Rowlock.on(database.dataSource()).listener(events::add).build();
    }

    private long n(long id) {
        return rowlock.read(tx -> tx.peek(CELLS, id).orElseThrow().value().n());
    }

    /** Another unit changes cells 1 and 2 together, keeping their sum. */
    private static void move(Database database) {
        database.execute(
                "UPDATE cells SET n = n - 10, version = version + 1 WHERE id = 1",
                "UPDATE cells SET n = n + 10, version = version + 1 WHERE id = 2");
    }

    // ---- rows that are not there

    /** A lock on nothing keeps nobody from inserting it: what was decided on its absence is decided again. */
    @Databases({POSTGRESQL, MARIADB})
    void aRowThatALockDidNotFindAndAnotherInsertsMeansAnotherAttempt(Database database) {
        AtomicInteger attempts = new AtomicInteger();

        long stored = rowlock.transact(tx -> {
            Optional<Row<Cell>> found = tx.lock(CELLS, 9L);
            if (attempts.incrementAndGet() == 1) {
                database.execute("INSERT INTO cells (id, n) VALUES (9, 5)");
            }
            Row<Cell> row = found.isPresent()
                    ? tx.update(found.get(), cell -> cell.plus(1))
                    : tx.insert(CELLS, new Cell(9, 1, 1));
            return row.value().n();
        });

        assertThat(stored).isEqualTo(6);
        assertThat(n(9)).isEqualTo(6);
        assertThat(attempts).hasValue(2);
    }

    // ---- rows locked beforehand

    /** The second attempt locks what the first one touched; that the key is taken is still the database's to say. */
    @Databases({POSTGRESQL, MARIADB})
    void aTakenKeyIsRefusedAsSuchInALaterAttemptToo(Database database) {
        assertThatThrownBy(() -> rowlock.transact(tx -> {
                    assertThat(tx.read(CELLS, 1L)).isPresent();
                    tx.update(tx.read(CELLS, 3L).orElseThrow(), cell -> cell.plus(1));
                    tx.insert(CELLS, new Cell(2, 7, 0));
                    if (tx.attempt() == 1) {
                        move(database);
                    }
                    return null;
                }))
                .isInstanceOf(DatabaseFailure.class)
                .hasMessageContaining("kind=UNIQUE");
        assertThat(events).contains(new RowlockEvent.Retried("unit", 1, Cause.CHANGED_READ));
        assertThat(n(3)).isEqualTo(100);
    }

    @Databases({POSTGRESQL, MARIADB})
    void aBoundedWaitStaysBoundedInLaterAttempts(Database database) throws Exception {
        try (Connection holder = database.connect();
                Statement statement = holder.createStatement()) {
            statement.execute("BEGIN");
            statement.executeUpdate("UPDATE cells SET n = n + 1, version = version + 1 WHERE id = 1");
            AtomicInteger attempts = new AtomicInteger();
            assertThatThrownBy(() -> rowlock.transact(Unit.named("bounded").withAttemptsMax(3), tx -> {
                        attempts.set(tx.attempt());
                        return tx.lock(CELLS, 1L, LockMode.waitAtMost(Duration.ofMillis(20)));
                    }))
                    .isInstanceOf(LockTimeout.class)
                    .hasMessageContaining("limit=attempts");
            assertThat(attempts).hasValue(3);
            statement.execute("ROLLBACK");
        }
    }

    // ---- torn reads

    @Databases({POSTGRESQL, MARIADB})
    void aBodyThatThrewOverAHalfStateIsRunAgainInsteadOfBelieved(Database database) {
        Function<Tx, Long> sum = tx -> {
            long first = tx.read(CELLS, 1L).orElseThrow().value().n();
            if (tx.attempt() == 1) {
                move(database);
            }
            long both = first + tx.read(CELLS, 2L).orElseThrow().value().n();
            if (both != 200) {
                throw new IllegalArgumentException("sum=" + both);
            }
            return both;
        };
        assertThat(rowlock.<Long, RuntimeException>transact(sum::apply)).isEqualTo(200);
        assertThat(events).contains(new RowlockEvent.Retried("unit", 1, Cause.CHANGED_READ));
    }

    @Databases({POSTGRESQL, MARIADB})
    void aBodyThatThrewOverALockedRowAndAnOlderReadIsRunAgainToo(Database database) {
        long sum = rowlock.transact(tx -> {
            long first = tx.read(CELLS, 1L).orElseThrow().value().n();
            if (tx.attempt() == 1) {
                move(database);
            }
            long both = first + tx.lock(CELLS, 2L).orElseThrow().value().n();
            if (both != 200) {
                throw new IllegalArgumentException("sum=" + both);
            }
            return both;
        });
        assertThat(sum).isEqualTo(200);
    }

    @Databases({POSTGRESQL, MARIADB})
    void aBodyThatThrewOverItsOwnSqlAndAnOlderReadIsRunAgainToo(Database database) throws Exception {
        long sum = rowlock.<Long, SQLException>transact(tx -> {
            long first = tx.read(CELLS, 1L).orElseThrow().value().n();
            if (tx.attempt() == 1) {
                move(database);
            }
            long both = first + look(tx.connection(), 2);
            if (both != 200) {
                throw new IllegalArgumentException("sum=" + both);
            }
            return both;
        });
        assertThat(sum).isEqualTo(200);
    }

    private static long look(Connection connection, long id) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT n FROM cells WHERE id = " + id)) {
            row.next();
            return row.getLong(1);
        }
    }

    @Databases
    void aBodyThatThrewOverATrueStateIsBelievedAtOnce(Database database) {
        AtomicInteger runs = new AtomicInteger();
        IllegalArgumentException refusal = new IllegalArgumentException("too little");
        assertThatThrownBy(() -> rowlock.transact(tx -> {
                    runs.incrementAndGet();
                    tx.update(tx.read(CELLS, 1L).orElseThrow(), c -> c.plus(5));
                    assertThat(tx.read(CELLS, 2L)).isPresent();
                    throw refusal;
                }))
                .isSameAs(refusal);
        assertThat(runs).hasValue(1);
        assertThat(n(1)).isEqualTo(100);
        assertThat(events).anyMatch(RowlockEvent.RolledBack.class::isInstance);
    }

    @Databases({POSTGRESQL, MARIADB})
    void aUnitThatOnlyReadsValidatesAndTakesNoLock(Database database) throws Exception {
        try (Connection holder = database.connect();
                Statement hold = holder.createStatement()) {
            holder.setAutoCommit(false);
            hold.executeUpdate("UPDATE cells SET n = n WHERE id = 1");
            AtomicInteger runs = new AtomicInteger();
            long sum = rowlock.transact(tx -> {
                runs.incrementAndGet();
                long first = tx.read(CELLS, 3L).orElseThrow().value().n();
                if (tx.attempt() == 1) {
                    database.execute("UPDATE cells SET n = n - 10, version = version + 1 WHERE id = 3");
                    database.execute("UPDATE cells SET n = n + 10, version = version + 1 WHERE id = 4");
                }
                // Row 1 is locked by somebody else all the while.
                return first
                        + tx.read(CELLS, 4L).orElseThrow().value().n()
                        + tx.read(CELLS, 1L).orElseThrow().value().n();
            });
            assertThat(sum).isEqualTo(300);
            assertThat(runs).hasValue(2);
            holder.rollback();
        }
    }

    // ---- running again

    @Databases({POSTGRESQL, MARIADB})
    void eachAttemptReadsAnewWhileTimeAndIdsStayTheSame(Database database) {
        List<Long> seen = new ArrayList<>();
        List<Integer> attempts = new ArrayList<>();
        Set<Instant> times = new TreeSet<>();
        Set<UUID> ids = new TreeSet<>();
        Set<UUID> others = new TreeSet<>();
        rowlock.transact(tx -> {
            attempts.add(tx.attempt());
            times.add(tx.now());
            ids.add(tx.newId("order"));
            others.add(tx.newId("line"));
            Row<Cell> row = tx.read(CELLS, 1L).orElseThrow();
            seen.add(row.value().n());
            if (tx.attempt() == 1) {
                database.execute("UPDATE cells SET n = 50, version = version + 1 WHERE id = 1");
            }
            return tx.update(row, c -> c.plus(1));
        });
        assertThat(seen).containsExactly(100L, 50L);
        assertThat(attempts).containsExactly(1, 2);
        assertThat(times).hasSize(1);
        assertThat(ids).hasSize(1).doesNotContainAnyElementsOf(others);
        assertThat(rowlock.<UUID, RuntimeException>transact(tx -> tx.newId("order")))
                .as("another unit's id of the same name")
                .isNotIn(ids);
        assertThat(n(1)).isEqualTo(51);
    }

    @Databases({POSTGRESQL, MARIADB})
    void aNestedUnitIsRunAgainFromOutside(Database database) {
        AtomicInteger outer = new AtomicInteger();
        AtomicInteger inner = new AtomicInteger();
        rowlock.transact(tx -> {
            outer.incrementAndGet();
            Row<Cell> row = tx.read(CELLS, 1L).orElseThrow();
            if (tx.attempt() == 1) {
                database.execute("UPDATE cells SET n = 50, version = version + 1 WHERE id = 1");
            }
            rowlock.transact(joined -> {
                inner.incrementAndGet();
                assertThat(joined).isSameAs(tx);
                return joined.lock(CELLS, 1L);
            });
            return tx.update(row, c -> c.plus(1));
        });
        assertThat(List.of(outer.get(), inner.get())).containsExactly(2, 2);
        assertThat(n(1)).isEqualTo(51);
    }

    @Databases({POSTGRESQL, MARIADB})
    void attemptsAndBudgetAndDeadlineAreLimits(Database database) throws Exception {
        try (Connection holder = database.connect();
                Statement hold = holder.createStatement()) {
            holder.setAutoCommit(false);
            hold.executeUpdate("UPDATE cells SET n = n WHERE id = 1");
            Unit once = Unit.named("once").withAttemptsMax(1);
            assertThatThrownBy(() -> rowlock.transact(once, UnitAttemptsTest::lockBriefly))
                    .isInstanceOf(LockTimeout.class)
                    .hasMessageContaining("unit=once, attempts=1")
                    .hasMessageContaining("limit=attempts, reason=LOCK_TIMEOUT");
            Unit never = Unit.named("never").withRetryLockTimeouts(false);
            assertThatThrownBy(() -> rowlock.transact(never, UnitAttemptsTest::lockBriefly))
                    .isInstanceOf(LockTimeout.class)
                    .hasMessageContaining("unit=never");
            Unit deadline = Unit.named("late").withDeadline(Duration.ofMillis(150));
            assertThatThrownBy(() -> rowlock.transact(deadline, tx -> tx.lock(CELLS, 1L)))
                    .isInstanceOf(RowlockException.class)
                    .hasMessageContaining("limit=deadline");
            holder.rollback();
        }
        assertThat(rowlock.<Boolean, RuntimeException>transact(UnitAttemptsTest::lockBriefly))
                .isTrue();
    }

    @Databases
    void whoRunsOutOfAttemptsOrBudgetIsToldWithEveryEarlierFailure(Database database) {
        FaultyDataSource faults = FaultyDataSource.around(database.dataSource());
        Rowlock flaky = Rowlock.on(faults).build();
        Rowlock poor = Rowlock.on(faults).retryBudget(1).build();
        Function<Tx, Boolean> unlucky = tx -> {
            faults.failAt(faults.record().size() + 1, When.BEFORE, () -> victim(database));
            return tx.execute("UPDATE cells SET n = n + 1 WHERE id = 1").one();
        };
        Unit three = Unit.named("three").withAttemptsMax(3);
        assertThatThrownBy(() -> flaky.transact(three, unlucky::apply))
                .isInstanceOf(RetriesExhausted.class)
                .hasMessageContaining("Retries exhausted (unit=three, attempts=3, took=")
                .hasMessageContaining("limit=attempts")
                .satisfies(end -> assertThat(end.getSuppressed()).hasSize(2))
                .satisfies(end -> assertThat(((RetriesExhausted) end).facts()).containsKeys("limit", "reason"))
                .hasCauseInstanceOf(SQLException.class);
        assertThatThrownBy(() -> poor.transact(Unit.named("poor"), unlucky::apply))
                .isInstanceOf(RetriesExhausted.class)
                .hasMessageContaining("unit=poor, attempts=2")
                .hasMessageContaining("limit=budget");
        assertThat(n(1)).isEqualTo(100);
    }

    private static boolean lockBriefly(Tx tx) {
        return tx.lock(CELLS, 1L, LockMode.waitAtMost(Duration.ofMillis(20)))
                .held()
                .isPresent();
    }

    // ---- waits

    @Databases({POSTGRESQL, MARIADB})
    void lockModesTellHeldNoRowAndBusyApart(Database database) throws Exception {
        try (Connection holder = database.connect();
                Statement hold = holder.createStatement()) {
            holder.setAutoCommit(false);
            hold.executeUpdate("UPDATE cells SET n = n WHERE id = 1");
            rowlock.transact(tx -> {
                for (LockMode mode : List.of(LockMode.NOWAIT, LockMode.SKIP_LOCKED)) {
                    assertThat(tx.lock(CELLS, 1L, mode)).isInstanceOf(Locked.Busy.class);
                    assertThat(tx.lock(CELLS, 99L, mode)).isInstanceOf(Locked.NoRow.class);
                    assertThat(tx.lock(CELLS, 2L, mode)).isInstanceOf(Locked.Held.class);
                }
                assertThat(tx.lock(CELLS, 99L, LockMode.WAIT)).isInstanceOf(Locked.NoRow.class);
                assertThat(tx.lockAll(CELLS, List.of(3L, 1L, 2L), LockMode.SKIP_LOCKED))
                        .containsOnlyKeys(2L, 3L);
                return null;
            });
            assertThatThrownBy(() -> rowlock.transact(tx -> tx.lockAll(CELLS, List.of(1L, 2L), LockMode.NOWAIT)))
                    .isInstanceOf(LockTimeout.class)
                    .hasMessageContaining("row=cells[1]");
            holder.rollback();
        }
    }

    @Databases({POSTGRESQL, MARIADB})
    void aStatementThatTheNetworkSwallowsEndsSoonAfterTheDeadline(Database database) throws Exception {
        TcpProxy proxy = database.newProxy();
        Rowlock behind = Rowlock.on(database.dataSource(config -> {
                    // PostgreSQL's driver holds the statement until its cancel has been answered, 10 s by default.
                    String patience = database.engine() == POSTGRESQL ? "&cancelSignalTimeout=2" : "";
                    config.setJdbcUrl(database.url(proxy.host(), proxy.port()) + patience);
                    return config;
                }))
                .build();
        assertThat(behind.<Boolean, RuntimeException>transact(
                        tx -> tx.read(CELLS, 1L).isPresent()))
                .isTrue();
        Unit options = Unit.named("stalled").withDeadline(Duration.ofMillis(300));
        try {
            List<Actors.Outcome<Boolean>> outcomes = Actors.run(
                    Duration.ofSeconds(10),
                    List.of(() -> behind.<Boolean, RuntimeException>transact(options, tx -> {
                        assertThat(tx.lock(CELLS, 1L)).isPresent();
                        proxy.stall();
                        return tx.lock(CELLS, 2L).isPresent();
                    })));
            assertThat(outcomes.get(0).failure()).isInstanceOf(RowlockException.class);
        } finally {
            proxy.cutAll();
            proxy.resume();
        }
        assertThat(rowlock.<Boolean, RuntimeException>transact(
                        tx -> tx.lock(CELLS, 1L).isPresent()))
                .as("the server has let go of what the stalled unit held")
                .isTrue();
    }

    @Databases(SQLITE)
    void theWriteLockIsWaitedForUntilTheDeadline(Database database) throws Exception {
        try (Connection holder = database.connect();
                Statement hold = holder.createStatement()) {
            hold.execute("BEGIN IMMEDIATE");
            Unit options = Unit.named("late").withDeadline(Duration.ofMillis(300));
            assertThatThrownBy(() -> rowlock.transact(options, tx -> tx.read(CELLS, 1L)))
                    .isInstanceOf(RetriesExhausted.class)
                    .hasMessageContaining("unit=late")
                    .hasMessageContaining("reason=BUSY");
            assertThat(n(1)).as("a read unit does not wait").isEqualTo(100);
            hold.execute("ROLLBACK");
        }
        assertThat(rowlock.<Boolean, RuntimeException>transact(UnitAttemptsTest::lockBriefly))
                .isTrue();
    }

    @Databases(SQLITE)
    void theNextWriterGetsItsTurnWhateverTheEndOfAUnitThrows(Database database) {
        AtomicBoolean replaced = new AtomicBoolean();
        Rowlock broken =
                Rowlock.on(cannotClose(database.dataSource(), replaced)).build();
        broken.read(tx -> tx.peek(CELLS, 1L));
        replaced.set(true);
        List<Actors.Outcome<Throwable>> outcomes = Actors.run(() -> catchThrowable(() -> broken.transact(tx -> {
            tx.update(tx.read(CELLS, 1L).orElseThrow(), cell -> cell.plus(1));
            throw new IllegalArgumentException("the body's");
        })));
        assertThat(outcomes.get(0).get()).isInstanceOf(LinkageError.class);

        Unit brief = Unit.named("next").withDeadline(Duration.ofSeconds(5));
        rowlock.transact(brief, tx -> tx.update(tx.read(CELLS, 1L).orElseThrow(), cell -> cell.plus(1)));
        assertThat(n(1)).isEqualTo(101);
    }

    /** Connections that are closed, and then throw what nobody expects once the driver was replaced. */
    private static DataSource cannotClose(DataSource real, AtomicBoolean replaced) {
        return proxy(DataSource.class, real, (result, name) -> {
            return result instanceof Connection connection
                    ? proxy(Connection.class, connection, (inner, called) -> {
                        if (called.equals("close") && replaced.get()) {
                            throw new LinkageError("of a driver that was replaced");
                        }
                        return inner;
                    })
                    : result;
        });
    }

    /** What a pool throws when it takes a broken connection back is nothing to whoever has committed. */
    @Databases
    void whatAPoolThrowsWhenItTakesAConnectionBackIsNotTold(Database database) {
        AtomicBoolean throwing = new AtomicBoolean();
        DataSource pool = proxy(
                DataSource.class,
                database.dataSource(),
                (result, name) -> result instanceof Connection connection
                        ? proxy(Connection.class, connection, (inner, called) -> {
                            if (called.equals("close") && throwing.get()) {
                                throw new NullPointerException("of a pool");
                            }
                            return inner;
                        })
                        : result);
        Rowlock on = Rowlock.on(pool).build();

        long n = on.transact(tx -> {
            throwing.set(true);
            return tx.update(tx.read(CELLS, 1L).orElseThrow(), cell -> new Cell(cell.id(), 7, cell.version()))
                    .value()
                    .n();
        });

        assertThat(n).isEqualTo(7);
        assertThat(n(1)).isEqualTo(7);
    }

    private static <T> T proxy(
            Class<T> type, T real, BiFunction<@Nullable Object, String, @Nullable Object> afterwards) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> {
            try {
                return afterwards.apply(method.invoke(real, args), method.getName());
            } catch (InvocationTargetException thrown) {
                throw thrown.getCause();
            }
        }));
    }

    @Databases
    void anInterruptWhileBackingOffEndsTheUnitAndItsFlagIsKept(Database database) {
        AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
        FaultyDataSource faults = FaultyDataSource.around(database.dataSource());
        Rowlock flaky = Rowlock.on(faults).build();
        Unit slow = Unit.named("slow").withBackoff(Duration.ofSeconds(8), Duration.ofSeconds(8));
        List<Actors.Outcome<Boolean>> outcomes = Actors.run(() -> {
            Thread me = Thread.currentThread();
            thrown.set(catchThrowable(() -> flaky.transact(slow, tx -> {
                me.interrupt();
                faults.failAt(faults.record().size() + 1, When.BEFORE, () -> victim(database));
                return tx.lock(CELLS, 1L);
            })));
            return Thread.interrupted();
        });
        assertThat(outcomes.get(0).get()).as("the flag is kept").isTrue();
        assertThat(thrown.get()).isInstanceOf(Interrupted.class);
    }

    // ---- guards

    /** InnoDB needs a guard's row to be there before the transaction; elsewhere the transaction makes it. */
    @Databases
    void aNewGuardAfterOtherStatementsIsMadeFirst(Database database) {
        int expected = database.engine() == MARIADB ? 2 : 1;
        for (LockMode mode : List.of(LockMode.WAIT, LockMode.waitAtMost(Duration.ofSeconds(5)))) {
            Key key = Key.of("late", mode.toString());
            for (int attempts : List.of(expected, 1)) {
                AtomicInteger last = new AtomicInteger();
                events.clear();
                rowlock.transact(tx -> {
                    last.set(tx.attempt());
                    Row<Cell> row = tx.lock(CELLS, 1L, mode).held().orElseThrow();
                    tx.guard(key);
                    return tx.update(row, cell -> cell.plus(1));
                });
                assertThat(last).as("%s", mode).hasValue(attempts);
                assertThat(events.contains(new RowlockEvent.Retried("unit", 1, Cause.NEW_GUARD)))
                        .isEqualTo(attempts == 2);
            }
        }
        assertThat(n(1)).isEqualTo(104);
    }

    @Databases
    void aNewGuardAtTheBeginningOrBesideAOnceKeyTakesOneAttempt(Database database) throws Exception {
        rowlock.transact(tx -> {
            tx.guard(Key.of("first", 1));
            tx.guard(Key.of("first", 1));
            assertThat(tx.attempt()).isEqualTo(1);
            return tx.update(tx.read(CELLS, 1L).orElseThrow(), cell -> cell.plus(1));
        });
        assertThat(rowlock.once(Key.of("pay", 1), Fingerprint.of(1), Codec.nothing(), tx -> {
                    tx.guard(Key.of("beside", 1));
                    assertThat(tx.attempt()).isEqualTo(1);
                    Row<Cell> unused = tx.update(tx.read(CELLS, 1L).orElseThrow(), cell -> cell.plus(1));
                    return null;
                }))
                .isInstanceOf(Once.First.class);
        assertThat(n(1)).isEqualTo(102);
    }

    @Databases
    void aUnitThatDoesNothingElseBlocksWhoeverTakesTheSameGuard(Database database) throws Exception {
        Key key = Key.of("alone", 1);
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch tried = new CountDownLatch(1);
        List<String> order = new CopyOnWriteArrayList<>();
        List<Actors.Outcome<Void>> both = Actors.run(
                () -> rowlock.transact(tx -> {
                    tx.guard(key);
                    held.countDown();
                    assertThat(tried.await(20, TimeUnit.SECONDS)).isTrue();
                    order.add("first");
                    return null;
                }),
                () -> {
                    assertThat(held.await(20, TimeUnit.SECONDS)).isTrue();
                    Unit brief = Unit.named("brief").withDeadline(Duration.ofMillis(300));
                    assertThatThrownBy(() -> rowlock.transact(brief, tx -> {
                                tx.guard(key);
                                order.add("too early");
                                return null;
                            }))
                            .isInstanceOf(RetriesExhausted.class);
                    tried.countDown();
                    return rowlock.transact(tx -> {
                        tx.guard(key);
                        order.add("second");
                        return null;
                    });
                });
        both.forEach(Actors.Outcome::get);
        assertThat(order).containsExactly("first", "second");
    }

    // ---- statements of the body's own

    @Databases
    void aStatementOfTheBodysOwnTellsWhatKindOfFailureItWas(Database database) {
        assertThatThrownBy(() -> rowlock.read(Unit.named("look"), tx -> count(tx, "SELECT n FROM no_such_table")))
                .isInstanceOf(DatabaseFailure.class)
                .hasMessageContaining("unit=look")
                .hasMessageContaining("kind=PROGRAM")
                .hasMessageContaining("undone=");
        assertThatThrownBy(() -> rowlock.transact(Unit.named("work"), tx -> count(tx, "SELECT n FROM no_such_table")))
                .isInstanceOf(DatabaseFailure.class)
                .hasMessageContaining("unit=work");
    }

    @Databases
    void aReadUnitRunsAgainWhateverItsBodyMadeOfAFailureThatMayPass(Database database) {
        FaultyDataSource faults = FaultyDataSource.around(database.dataSource());
        Rowlock flaky = Rowlock.on(faults).build();
        for (boolean wrapped : List.of(true, false)) {
            AtomicInteger attempts = new AtomicInteger();
            long n = flaky.read(tx -> {
                Connection connection = tx.connection();
                if (attempts.incrementAndGet() == 1) {
                    faults.failAt(faults.record().size() + 1, When.BEFORE, () -> victim(database));
                }
                try (Statement statement = connection.createStatement();
                        ResultSet rows = statement.executeQuery("SELECT n FROM cells WHERE id = 1")) {
                    rows.next();
                    return rows.getLong(1);
                } catch (SQLException failed) {
                    throw wrapped ? new IllegalArgumentException("unreadable", failed) : tx.failure(failed);
                }
            });
            assertThat(n).isEqualTo(100);
            assertThat(attempts).as("wrapped: %s", wrapped).hasValue(2);
        }
    }

    private static long count(ReadTx tx, String sql) {
        try (Statement statement = tx.connection().createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.next() ? rows.getLong(1) : 0;
        } catch (SQLException failed) {
            throw tx.failure(failed);
        }
    }

    private static SQLException victim(Database database) {
        return switch (database.engine()) {
            case POSTGRESQL -> new SQLException("deadlock", "40P01");
            case SQLITE -> new org.sqlite.SQLiteException("snapshot", org.sqlite.SQLiteErrorCode.SQLITE_BUSY_SNAPSHOT);
            default -> new SQLException("deadlock", "40001", 1213);
        };
    }

    // ---- after the commit

    @Databases
    void hooksRunOnceInOrderAfterTheCommitAndMayUseUnits(Database database) {
        List<String> ran = new ArrayList<>();
        rowlock.transact(tx -> {
            Row<Cell> row = tx.update(tx.read(CELLS, 1L).orElseThrow(), c -> c.plus(1));
            tx.afterCommit(() -> ran.add("first sees " + n(1)));
            tx.afterCommit(() -> {
                throw new IllegalArgumentException("a hook that fails");
            });
            tx.afterCommit(() ->
                    rowlock.transact(own -> own.update(own.read(CELLS, 2L).orElseThrow(), c -> c.plus(1))));
            tx.afterCommit(() -> ran.add("last"));
            return row;
        });
        assertThat(ran).containsExactly("first sees 101", "last");
        assertThat(n(2)).isEqualTo(101);
        assertThat(events).contains(new RowlockEvent.AfterCommitFailed("unit", "IllegalArgumentException"));
    }

    @Databases
    void hooksDoNotRunWithoutACommit(Database database) {
        AtomicInteger ran = new AtomicInteger();
        assertThatThrownBy(() -> rowlock.transact(tx -> {
                    tx.afterCommit(ran::incrementAndGet);
                    throw new IllegalArgumentException("refused");
                }))
                .isInstanceOf(IllegalArgumentException.class);
        rowlock.transact(tx -> {
            assertThat(catchThrowable(() -> tx.savepoint(part -> {
                        part.afterCommit(ran::incrementAndGet);
                        throw new IllegalArgumentException("undone");
                    })))
                    .isInstanceOf(IllegalArgumentException.class);
            return null;
        });
        assertThat(ran).hasValue(0);
    }

    @Databases
    void aCommitWhoseAnswerIsLostIsUnknownNotRetriedAndRunsNoHook(Database database) {
        FaultyDataSource faults = FaultyDataSource.around(database.dataSource());
        Rowlock flaky = Rowlock.on(faults).listener(events::add).build();
        AtomicInteger hooks = new AtomicInteger();
        AtomicInteger runs = new AtomicInteger();
        Function<Tx, Cell> work = tx -> {
            runs.incrementAndGet();
            tx.afterCommit(hooks::incrementAndGet);
            Cell first =
                    tx.update(tx.read(CELLS, 1L).orElseThrow(), c -> c.plus(1)).value();
            tx.update(tx.read(CELLS, 2L).orElseThrow(), c -> c.plus(1));
            return first;
        };
        flaky.<Cell, RuntimeException>transact(work::apply);
        // On a busy machine a write can be slow enough to be cancelled and tried again.
        do {
            runs.set(0);
            faults.reset();
            flaky.<Cell, RuntimeException>transact(work::apply);
        } while (runs.get() > 1);
        int last = faults.record().size();
        long before = n(1);
        faults.reset();
        hooks.set(0);
        runs.set(0);
        events.clear();
        faults.cutAt(last, When.AFTER);
        assertThatThrownBy(() -> flaky.<Cell, RuntimeException>transact(work::apply))
                .isInstanceOf(CommitOutcomeUnknown.class)
                .hasMessageContaining("Commit outcome unknown (unit=unit, attempts=1");
        assertThat(runs).hasValue(1);
        assertThat(hooks).hasValue(0);
        assertThat(n(1)).as("committed all the same").isEqualTo(before + 1);
        assertThat(events).contains(new RowlockEvent.CommitUnknown("unit"));
    }

    // ---- events

    @Databases({POSTGRESQL, MARIADB})
    void theEventsOfEachCaseAreTheseAndNoOthers(Database database) {
        rowlock.transact(Unit.named("plain"), tx -> tx.update(tx.read(CELLS, 1L).orElseThrow(), c -> c.plus(1)));
        assertThat(told()).containsExactly("Committed plain 1");
        rowlock.transact(Unit.named("again"), tx -> {
            Row<Cell> row = tx.read(CELLS, 1L).orElseThrow();
            if (tx.attempt() == 1) {
                database.execute("UPDATE cells SET version = version + 1 WHERE id = 1");
            }
            return tx.update(row, c -> c.plus(1));
        });
        assertThat(told())
                .containsExactly("ChangedRead again cells[1]", "Retried again 1 CHANGED_READ", "Committed again 2");
        assertThat(catchThrowable(() -> rowlock.transact(Unit.named("no"), tx -> {
                    throw new IllegalArgumentException("no");
                })))
                .isNotNull();
        assertThat(told()).containsExactly("RolledBack no 1");
        assertThat(catchThrowable(() ->
                        rowlock.transact(Unit.named("taken"), tx -> tx.insert(CELLS, new Cell(1, 0, 0)))))
                .isInstanceOf(DatabaseFailure.class);
        assertThat(told()).containsExactly("Failed taken 1 DatabaseFailure");
        assertThat(rowlock.save(CELLS, new Cell(1, 0, 0), 1)).isInstanceOf(Update.Conflict.class);
        assertThat(told()).containsExactly("Conflict cells[1]");
    }

    private List<String> told() {
        List<String> lines = events.stream().map(UnitAttemptsTest::line).toList();
        events.clear();
        return lines;
    }

    private static String line(RowlockEvent event) {
        if (event instanceof RowlockEvent.Committed e) {
            return "Committed " + e.unit() + " " + e.attempts();
        } else if (event instanceof RowlockEvent.RolledBack e) {
            return "RolledBack " + e.unit() + " " + e.attempts();
        } else if (event instanceof RowlockEvent.Failed e) {
            return "Failed " + e.unit() + " " + e.attempts() + " " + e.why();
        } else if (event instanceof RowlockEvent.ChangedRead e) {
            return "ChangedRead " + e.unit() + " " + e.row();
        } else if (event instanceof RowlockEvent.Retried e) {
            return "Retried " + e.unit() + " " + e.attempt() + " " + e.cause();
        } else if (event instanceof RowlockEvent.Conflict e) {
            return "Conflict " + e.row();
        }
        return event.toString();
    }

    // ---- read units

    @Databases
    void aReadUnitCannotWriteOnAnyEngine(Database database) {
        for (Isolation level : Isolation.values()) {
            Unit unit = Unit.named("look").withIsolation(level);
            Throwable refused = catchThrowable(() -> rowlock.<@Nullable Object, SQLException>read(unit, tx -> {
                try (Statement statement = tx.connection().createStatement()) {
                    statement.executeUpdate("UPDATE cells SET n = 0 WHERE id = 1");
                }
                return null;
            }));
            assertThat(refused).as(level.name()).isInstanceOf(SQLException.class);
        }
        assertThat(n(1)).isEqualTo(100);
        database.execute("UPDATE cells SET n = 7 WHERE id = 1");
        assertThat(n(1)).as("the connection went back able to write").isEqualTo(7);
    }

    @Databases
    void aReadUnitTakesNoWriteLockAndWaitsForNone(Database database) throws Exception {
        try (Connection holder = database.connect();
                Statement hold = holder.createStatement()) {
            hold.execute(database.engine() == SQLITE ? "BEGIN IMMEDIATE" : "BEGIN");
            hold.executeUpdate("UPDATE cells SET n = 0 WHERE id = 1");
            for (Isolation level : List.of(Isolation.READ_COMMITTED, Isolation.REPEATABLE_READ)) {
                Unit unit = Unit.named("look").withIsolation(level);
                long seen = rowlock.<Long, SQLException>read(
                        unit, tx -> tx.peek(CELLS, 1L).orElseThrow().value().n() + look(tx.connection(), 1));
                assertThat(seen).isEqualTo(200);
            }
            hold.execute("COMMIT");
        }
    }

    @Databases
    void aReadUnitAtRepeatableReadSeesOneMoment(Database database) {
        Unit unit = Unit.named("look").withIsolation(Isolation.REPEATABLE_READ);
        long sum = rowlock.read(unit, tx -> {
            long first = tx.peek(CELLS, 1L).orElseThrow().value().n();
            move(database);
            return first + tx.peek(CELLS, 2L).orElseThrow().value().n();
        });
        assertThat(sum).isEqualTo(200);
    }
}
