package io.rowlock;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.dialect.Engine;
import io.rowlock.engines.Alone;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.engines.MariaDbServer;
import io.rowlock.engines.PostgresServer;
import io.rowlock.event.RowlockEvent.Cause;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * Sixteen threads on eight rows. Units that only read and stage meet no deadlock, because what they write and check is
 * locked in one order; units that lock early in an order of their own do, and their callers never hear of it. The books are
 * exact in both.
 */
@Alone
class DeadlockTest {
    private static final int THREADS = 16;
    private static final int UNITS = 10_000;

    private static final int ROWS = 8;
    private static final double ATTEMPTS_MAX = 1.2;

    record Counter(long id, long amount, long version) {
        Counter plus(long change) {
            return new Counter(id, amount + change, version);
        }
    }

    private static final Table<Counter, Long> COUNTERS =
            Table.of("counters", Counter.class).key("id", Long.class).build();

    /** What a unit will do; drawn before it begins, so that each of its attempts does the same. */
    private record Plan(List<Long> reads, List<Long> writes, long change, boolean locksEarly) {
        static Plan draw(Random random, boolean mayLock) {
            List<Long> ids = new ArrayList<>();
            for (long id = 1; id <= ROWS; id++) {
                ids.add(id);
            }
            Collections.shuffle(ids, random);
            List<Long> reads = List.copyOf(ids.subList(0, 2 + random.nextInt(3)));
            List<Long> writes = reads.subList(0, 1 + random.nextInt(2));
            return new Plan(reads, writes, 1 + random.nextInt(100), mayLock && random.nextBoolean());
        }
    }

    /** What the units changed, counted where they returned. */
    private static final class Books {
        private final AtomicLongArray amounts = new AtomicLongArray(ROWS + 1);
        private final AtomicLongArray writes = new AtomicLongArray(ROWS + 1);

        void enter(Plan plan) {
            for (long id : plan.writes) {
                amounts.addAndGet((int) id, plan.change);
                writes.incrementAndGet((int) id);
            }
        }

        void requireExact(Rowlock rowlock) {
            for (long id = 1; id <= ROWS; id++) {
                long row = id;
                Counter stored =
                        rowlock.read(tx -> tx.peek(COUNTERS, row)).orElseThrow().value();
                assertThat(stored).isEqualTo(new Counter(id, amounts.get((int) id), 1 + writes.get((int) id)));
            }
        }
    }

    @Databases(Engine.SQLITE)
    void stagedUnitsRunOnceOnSqlite(Database database) {
        Tally tally = new Tally();
        stagedUnits(database, tally);
        assertThat(tally.meanAttempts()).isEqualTo(1.0);
        assertThat(tally.causes()).isEmpty();
    }

    @Databases(Engine.POSTGRESQL)
    void stagedUnitsNeverDeadlockOnPostgres(Database database) throws Exception {
        Tally tally = new Tally();
        long before = deadlocks(database);
        stagedUnits(database, tally);
        assertThat(tally.retried(Cause.DEADLOCK)).isZero();
        assertThat(deadlocks(database) - before).isZero();
        assertThat(tally.meanAttempts()).isLessThanOrEqualTo(ATTEMPTS_MAX);
    }

    /** On a server of its own, because the engine counts for the whole server. */
    @Databases(Engine.MARIADB)
    void stagedUnitsNeverDeadlockOnMariaDb(Database shared) throws Exception {
        try (MariaDbServer server = MariaDbServer.startTemporary(List.of());
                Database database = Database.createOn(server)) {
            Tally tally = new Tally();
            long before = deadlocks(database);
            stagedUnits(database, tally);
            assertThat(tally.retried(Cause.DEADLOCK)).isZero();
            assertThat(deadlocks(database) - before).isZero();
            assertThat(tally.meanAttempts()).isLessThanOrEqualTo(ATTEMPTS_MAX);
            database.leakCheck().requireNone("staged units");
        }
    }

    /** Looks for deadlocks early, so that a thousand of them end in time. */
    @Databases(Engine.POSTGRESQL)
    void deadlocksOfEarlyLocksReachNobodyOnPostgres(Database shared) throws Exception {
        try (PostgresServer server = PostgresServer.startTemporary(Map.of("deadlock_timeout", "10ms"));
                Database database = Database.createOn(server)) {
            unitsThatLockEarly(database);
        }
    }

    @Databases(Engine.MARIADB)
    void deadlocksOfEarlyLocksReachNobodyOnMariaDb(Database shared) throws Exception {
        try (MariaDbServer server = MariaDbServer.startTemporary(List.of());
                Database database = Database.createOn(server)) {
            unitsThatLockEarly(database);
        }
    }

    private static void stagedUnits(Database database, Tally tally) {
        Rowlock rowlock = newRowlock(database, tally);
        long took = run(rowlock, tally, false);
        System.out.printf(
                "%s staged units: attempts=%.3f causes=%s admitted=%d units/s=%d%n",
                database.engine(),
                tally.meanAttempts(),
                tally.causes(),
                tally.admitted(),
                UNITS * 1_000_000_000L / took);
    }

    private static void unitsThatLockEarly(Database database) throws Exception {
        Tally tally = new Tally();
        long before = deadlocks(database);
        Rowlock rowlock = newRowlock(database, tally);
        long took = run(rowlock, tally, true);
        long counted = deadlocks(database) - before;
        System.out.printf(
                "%s early locks: deadlocks=%d attempts=%.3f causes=%s units/s=%d%n",
                database.engine(), counted, tally.meanAttempts(), tally.causes(), UNITS * 1_000_000_000L / took);
        assertThat(counted).isGreaterThan(100);
        assertThat(tally.retried(Cause.DEADLOCK)).isGreaterThan(100);
        database.leakCheck().requireNone("units that lock early");
    }

    private static Rowlock newRowlock(Database database, Tally tally) {
        database.execute(
                "DROP TABLE IF EXISTS counters",
                "CREATE TABLE counters (id BIGINT PRIMARY KEY, amount BIGINT NOT NULL,"
                        + " version BIGINT DEFAULT 1 NOT NULL)");
        for (int id = 1; id <= ROWS; id++) {
            database.execute("INSERT INTO counters (id, amount) VALUES (" + id + ", 0)");
        }
        return Rowlock.on(database.dataSource()).listener(tally).build();
    }

    private static long run(Rowlock rowlock, Tally tally, boolean mayLock) {
        long seed = System.nanoTime();
        System.out.println("seed=" + seed);
        Books books = new Books();
        LongAdder returned = new LongAdder();
        List<Crowd.Client> clients = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
            Random random = new Random(seed + thread);
            clients.add(() -> {
                Plan plan = Plan.draw(random, mayLock);
                rowlock.transact(tx -> play(tx, plan));
                books.enter(plan);
                returned.increment();
            });
        }
        long began = System.nanoTime();
        Crowd.times(UNITS / THREADS, clients);
        long took = System.nanoTime() - began;
        assertThat(returned.sum()).isEqualTo(UNITS).isEqualTo(tally.committed());
        assertThat(tally.failed()).isZero();
        books.requireExact(rowlock);
        return took;
    }

    private static Void play(Tx tx, Plan plan) {
        List<Row<Counter>> rows = new ArrayList<>();
        for (long id : plan.reads) {
            rows.add((plan.locksEarly ? tx.lock(COUNTERS, id) : tx.read(COUNTERS, id)).orElseThrow());
        }
        for (int i = 0; i < plan.writes.size(); i++) {
            Row<Counter> written = tx.update(rows.get(i), counter -> counter.plus(plan.change));
            assertThat(written.value().id()).isEqualTo(plan.writes.get(i));
        }
        return null;
    }

    private static long deadlocks(Database database) throws SQLException {
        String sql = database.engine() == Engine.POSTGRESQL
                ? "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
                : "SELECT variable_value FROM information_schema.global_status WHERE variable_name = 'Innodb_deadlocks'";
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            assertThat(row.next()).isTrue();
            return row.getLong(1);
        }
    }
}
