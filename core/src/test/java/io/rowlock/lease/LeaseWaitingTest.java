package io.rowlock.lease;

import static io.rowlock.engines.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.Key;
import io.rowlock.LeaseDeadlock;
import io.rowlock.Rowlock;
import io.rowlock.RowlockTables;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Actors;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;

/** Waiting for leases: circles, one order, being woken, and how little of the database it takes. */
class LeaseWaitingTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final LeaseOptions OPTIONS = LeaseOptions.defaults();
    private static final int KEYS = 10_000;

    private Database database;
    private Leases leases;
    private Leases others;

    @BeforeEach
    void leases(Database database) throws SQLException {
        this.database = database;
        List<String> unused = RowlockTables.createMissing(database.dataSource());
        leases = newLeases(LeaseSettings.defaults());
        others = newLeases(LeaseSettings.defaults());
    }

    private Leases newLeases(LeaseSettings settings) {
        return Rowlock.on(database.dataSource()).leases(settings).build().leases();
    }

    private static Key newKey(String name) {
        return Key.of(name, UUID.randomUUID());
    }

    /** One of two that take two keys in opposite orders: what became of it. */
    private static Callable<String> takes(Leases from, Key first, Key second, CyclicBarrier both) {
        return () -> {
            try (Lease had = from.acquire(first, OPTIONS, LONG)) {
                both.await();
                try (Lease then = from.acquire(second, OPTIONS, LONG)) {
                    return "got " + had.token() + " and " + then.token();
                }
            } catch (LeaseDeadlock victim) {
                return victim.getMessage();
            }
        };
    }

    @Databases
    void aCircleInOneJvmAndAcrossProcessesEndsOneWaitAndNamesEverybody(Database database) {
        for (Leases second : List.of(leases, others)) {
            Key a = newKey("a");
            Key b = newKey("b");
            CyclicBarrier both = new CyclicBarrier(2);
            List<String> outcomes = Actors.<String>run(
                            Actors.DEADLINE, List.of(takes(leases, a, b, both), takes(second, b, a, both)))
                    .stream()
                    .map(Actors.Outcome::get)
                    .toList();
            assertThat(outcomes.stream().filter(one -> one.startsWith("got"))).hasSize(1);
            assertThat(outcomes.stream().filter(one -> one.startsWith("Leases wait")))
                    .singleElement()
                    .satisfies(one -> assertThat(one)
                            .contains("waits for " + a + " at io.rowlock.lease.LeaseWaitingTest")
                            .contains("waits for " + b + " at io.rowlock.lease.LeaseWaitingTest")
                            .contains("holds " + a + "#")
                            .contains("holds " + b + "#"));
        }
        eventually(LONG, () -> assertThat(leases.waiters()).isEmpty());
    }

    @Databases
    void oneOfTwoJvmsThatTakeTwoKeysInOppositeOrdersIsNamedWithBothPlaces(Database database) {
        String a = "a" + UUID.randomUUID();
        String b = "b" + UUID.randomUUID();
        try (LeaseProcess one = LeaseProcess.start(database, a, b);
                LeaseProcess other = LeaseProcess.start(database, b, a)) {
            assertThat(one.told()).startsWith("has");
            assertThat(other.told()).startsWith("has");
            one.goOn();
            other.goOn();
            List<String> told = List.of(one.told(), other.told());
            assertThat(told.stream().filter(line -> line.startsWith("got"))).hasSize(1);
            assertThat(told.stream().filter(line -> line.startsWith("victim")))
                    .singleElement()
                    .satisfies(line -> assertThat(line.split("at io.rowlock.lease.LeaseProcess.takeSecond", -1))
                            .as(line)
                            .hasSize(3));
        }
    }

    @Databases
    void whoeverTakesAllHisKeysAtOnceIsNeverPartOfACircle(Database database) {
        long seed = new Random().nextLong();
        List<Key> keys = List.of(newKey("k"), newKey("k"), newKey("k"), newKey("k"));
        AtomicInteger had = new AtomicInteger();
        List<Callable<Integer>> actors = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Leases from = i % 2 == 0 ? leases : others;
            Random random = new Random(seed + i);
            actors.add(() -> {
                for (int round = 0; round < 15; round++) {
                    List<Key> wanted = new ArrayList<>(keys);
                    Collections.shuffle(wanted, random);
                    try (LeaseSet set = from.acquireAll(wanted.subList(0, 1 + random.nextInt(3)), OPTIONS, LONG)) {
                        assertThat(set.all()).allMatch(Lease::isHeld);
                        had.incrementAndGet();
                    }
                }
                return 15;
            });
        }
        Actors.run(Actors.DEADLINE, actors)
                .forEach(outcome ->
                        assertThat(outcome.failure()).as("seed %d", seed).isNull());
        assertThat(had).hasValue(60);
    }

    @Databases
    void holdersAndWaitersCanBeSeenFromEverywhere(Database database) {
        Key key = newKey("seen");
        try (Lease lease = leases.acquire(key, OPTIONS.withOwner("the holder"), LONG)) {
            Thread waiter = new Thread(() -> {
                try (Lease then =
                        others.acquire(key, OPTIONS.withOwner("the waiter").withActor("waiting actor"), LONG)) {
                    assertThat(then.isHeld()).isTrue();
                }
            });
            waiter.start();
            Leases third = newLeases(LeaseSettings.defaults());
            eventually(
                    LONG,
                    () -> assertThat(third.waitGraph().waiters())
                            .singleElement()
                            .satisfies(one -> {
                                assertThat(one.key()).isEqualTo(key);
                                assertThat(one.owner()).isEqualTo("the waiter");
                                assertThat(one.actor()).isEqualTo("waiting actor");
                                assertThat(one.callSite()).contains("LeaseWaitingTest");
                                assertThat(one.holds()).isEmpty();
                            }));
            assertThat(third.waitGraph().holders()).singleElement().satisfies(holder -> {
                assertThat(holder.owner()).isEqualTo("the holder");
                assertThat(holder.token()).isEqualTo(lease.token());
                assertThat(holder.here()).isFalse();
            });
            assertThat(third.waitGraph().circles()).isEmpty();
        }
        eventually(LONG, () -> assertThat(leases.waiters()).isEmpty());
    }

    @Databases(Engine.POSTGRESQL)
    void aReleaseWakesWhoWaitsInAnotherProcess(Database database) throws Exception {
        Key key = newKey("woken");
        Leases patient = newLeases(LeaseSettings.defaults().withPoll(Duration.ofMinutes(10), Duration.ofMinutes(10)));
        Lease lease =
                leases.acquire(key, OPTIONS.withLength(Duration.ofHours(1)).withMaxHold(Duration.ofHours(1)), LONG);
        List<Long> tokens = Collections.synchronizedList(new ArrayList<>());
        Thread waiter = new Thread(() -> {
            try (Lease then = patient.acquire(key, OPTIONS, LONG)) {
                tokens.add(then.token());
            }
        });
        waiter.start();
        eventually(LONG, () -> assertThat(leases.waiters()).hasSize(1));
        eventually(LONG, () -> assertThat(listening()).isEqualTo(1));
        lease.close();
        eventually(LONG, () -> assertThat(tokens).containsExactly(lease.token() + 1));
        waiter.join();
    }

    private int listening() throws SQLException {
        return number("SELECT count(*) FROM pg_stat_activity"
                + " WHERE datname = current_database() AND query LIKE 'LISTEN%'");
    }

    private int number(String sql) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getInt(1);
        }
    }

    @Databases(Engine.POSTGRESQL)
    void tenThousandKeysAreWaitedForOnOneListeningConnection(Database database) throws Exception {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("""
                    INSERT INTO rowlock_lease (lease_key, first_token, token, run_id, owner, actor, call_site,
                        granted_at, renewed_at, expires_at, lapsed, forced)
                    SELECT convert_to('many:' || i, 'UTF8'), 1, 1, '\\x00', '', '', '', 0, 0, 9000000000000, 0, 0
                    FROM generate_series(1, %d) i""".formatted(KEYS));
        }
        Leases leases = newLeases(LeaseSettings.defaults().withPoll(Duration.ofMinutes(10), Duration.ofMinutes(10)));
        AtomicInteger had = new AtomicInteger();
        List<Thread> waiters = new ArrayList<>();
        for (int i = 1; i <= KEYS; i++) {
            Key key = Key.of("many", i);
            Thread waiter = new Thread(
                    null,
                    () -> {
                        try (Lease lease = leases.acquire(key, OPTIONS, Duration.ofMinutes(5))) {
                            assertThat(lease.isHeld()).isTrue();
                            had.incrementAndGet();
                        } catch (IllegalStateException closed) {
                            // The end of the test.
                        }
                    },
                    "waiter-" + i,
                    64 * 1024);
            waiter.setDaemon(true);
            waiter.start();
            waiters.add(waiter);
        }
        eventually(
                Duration.ofMinutes(2),
                () -> assertThat(number("SELECT count(*) FROM rowlock_lease_waiter"))
                        .isEqualTo(KEYS));
        eventually(LONG, () -> assertThat(listening()).isEqualTo(1));
        assertThat(leases.forceRelease(Key.of("many", 4711), 1, "to see who is woken"))
                .isInstanceOf(ForcedRelease.Forced.class);
        eventually(LONG, () -> assertThat(had).hasValue(1));
        assertThat(listening()).isEqualTo(1);
        leases.close();
        for (Thread waiter : waiters) {
            waiter.join();
        }
        assertThat(had).hasValue(1);
        eventually(LONG, () -> assertThat(listening()).isZero());
    }
}
