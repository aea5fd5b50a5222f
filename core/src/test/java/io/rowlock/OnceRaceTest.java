package io.rowlock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowlock.dialect.Engine;
import io.rowlock.engines.Actors;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.engines.Eventually;
import io.rowlock.event.RowlockEvent;
import io.rowlock.once.Codec;
import io.rowlock.once.Once;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.BeforeEach;

/** Calls with one key at the same time, in one JVM and from several Rowlocks on pools of their own, as from several processes. */
class OnceRaceTest {
    private static final int ROUNDS = 50;

    private Database database;
    private Rowlock rowlock;

    @BeforeEach
    void accounts(Database database) throws SQLException {
        this.database = database;
        Payments.create(database);
        rowlock = Rowlock.on(database.dataSource()).build();
    }

    private Rowlock another() {
        return Rowlock.on(database.dataSource(pool -> pool)).build();
    }

    // ---- the race

    /** Looks for the key, acts if it is not there, then notes the key: two that look at the same time both act. */
    @Databases
    void lookingFirstAndNotingLaterAppliesTwice(Database database) throws Exception {
        database.execute("DROP TABLE IF EXISTS done_keys", "CREATE TABLE done_keys (done_key VARCHAR(80) NOT NULL)");
        for (int round = 0; round < ROUNDS; round++) {
            String key = "payment-" + round;
            CyclicBarrier bothHaveLooked = new CyclicBarrier(2);
            Callable<Boolean> naive = () -> {
                boolean done = isDone(key);
                bothHaveLooked.await(30, TimeUnit.SECONDS);
                if (!done) {
                    rowlock.transact(tx -> Payments.pay(tx, 1));
                    note(key);
                }
                return done;
            };
            Actors.run(naive, naive)
                    .forEach(outcome -> assertThat(outcome.get()).isFalse());
        }
        assertThat(Payments.made(rowlock, 1)).isEqualTo(2 * ROUNDS);
    }

    private boolean isDone(String key) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                PreparedStatement look = connection.prepareStatement("SELECT 1 FROM done_keys WHERE done_key = ?")) {
            look.setString(1, key);
            try (ResultSet row = look.executeQuery()) {
                return row.next();
            }
        }
    }

    private void note(String key) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                PreparedStatement insert = connection.prepareStatement("INSERT INTO done_keys VALUES (?)")) {
            insert.setString(1, key);
            insert.executeUpdate();
        }
    }

    /** Both have found no answer and read the balance when the first of them writes. */
    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void twoProcessesThatBothFoundNothingApplyOne(Database database) {
        List<RowlockEvent> events = new CopyOnWriteArrayList<>();
        Rowlock other = Rowlock.on(database.dataSource(pool -> pool))
                .listener(events::add)
                .build();
        Rowlock one = Rowlock.on(database.dataSource()).listener(events::add).build();
        for (int round = 0; round < ROUNDS; round++) {
            Key key = Payments.newKey();
            CyclicBarrier bothHaveRead = new CyclicBarrier(2);
            List<Actors.Outcome<Once<Long>>> outcomes =
                    Actors.run(() -> payTogether(one, key, bothHaveRead), () -> payTogether(other, key, bothHaveRead));
            assertOneFirst(outcomes.stream().map(Actors.Outcome::get).toList());
        }
        assertThat(Payments.made(rowlock, 1)).isEqualTo(ROUNDS);
        assertThat(events.stream().filter(RowlockEvent.OnceOvertaken.class::isInstance))
                .hasSize(ROUNDS);
        assertThat(events).noneMatch(RowlockEvent.Failed.class::isInstance);
    }

    private static Once<Long> payTogether(Rowlock rowlock, Key key, CyclicBarrier bothHaveRead) {
        return rowlock.once(key, Payments.ONE, Codec.number(), tx -> {
            Long left = Payments.pay(tx, 1);
            if (tx.attempt() == 1) {
                await(bothHaveRead);
            }
            return left;
        });
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await(30, TimeUnit.SECONDS);
        } catch (Exception broken) {
            throw new AssertionError(broken);
        }
    }

    private static void assertOneFirst(List<Once<Long>> outcomes) {
        List<Long> firsts =
                outcomes.stream().filter(Once::isFirst).map(Once::answer).toList();
        assertThat(firsts).hasSize(1);
        assertThat(outcomes).allSatisfy(outcome -> assertThat(outcome.answer()).isEqualTo(firsts.get(0)));
    }

    @Databases
    void threeProcessesWithManyThreadsApplyEachKeyOnce(Database database) {
        List<Rowlock> processes = List.of(rowlock, another(), another());
        int keys = 60;
        List<Key> all = new ArrayList<>();
        for (int i = 0; i < keys; i++) {
            all.add(Payments.newKey());
        }
        long seed = System.nanoTime();
        System.out.println("seed=" + seed);
        ConcurrentHashMap<Key, Long> answers = new ConcurrentHashMap<>();
        LongAdder firsts = new LongAdder();
        List<Crowd.Client> clients = new ArrayList<>();
        for (int thread = 0; thread < 9; thread++) {
            Rowlock process = processes.get(thread % 3);
            Random random = new Random(seed + thread / 3);
            clients.add(() -> {
                int number = random.nextInt(keys);
                boolean locked = number % 2 == 0;
                long account = 1L + number % 4;
                Once<Long> outcome = process.once(
                        all.get(number),
                        Payments.ONE,
                        Codec.number(),
                        tx -> locked ? Payments.payLocked(tx, account) : Payments.pay(tx, account));
                if (outcome.isFirst()) {
                    firsts.increment();
                }
                Long known = answers.putIfAbsent(all.get(number), outcome.answer());
                assertThat(outcome.answer()).isEqualTo(known == null ? outcome.answer() : known);
            });
        }
        Crowd.times(60, clients);
        long made = 0;
        for (long account = 1; account <= 4; account++) {
            made += Payments.made(rowlock, account);
        }
        assertThat(made).isEqualTo(answers.size()).isEqualTo(firsts.sum());
    }

    // ---- waiting for the first

    @Databases
    void repeatsInOneProcessWaitForTheFirstAndRunNothing(Database database) throws Exception {
        List<RowlockEvent> events = new CopyOnWriteArrayList<>();
        Rowlock listened =
                Rowlock.on(database.dataSource()).listener(events::add).build();
        Key key = Payments.newKey();
        AtomicInteger runs = new AtomicInteger();
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Callable<Once<Long>> call = () -> listened.once(key, Payments.ONE, Codec.number(), tx -> {
            runs.incrementAndGet();
            inside.countDown();
            goOn.await();
            return Payments.pay(tx, 1);
        });
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            List<Future<Once<Long>>> outcomes = new ArrayList<>();
            outcomes.add(threads.submit(call));
            inside.await();
            List<Thread> waiters = new CopyOnWriteArrayList<>();
            for (int i = 0; i < 15; i++) {
                outcomes.add(threads.submit(() -> {
                    waiters.add(Thread.currentThread());
                    return call.call();
                }));
            }
            Eventually.eventually(() -> assertThat(waiters)
                    .hasSize(15)
                    .allMatch(thread -> thread.getState() == Thread.State.TIMED_WAITING));
            goOn.countDown();
            List<Once<Long>> all = new ArrayList<>();
            for (Future<Once<Long>> outcome : outcomes) {
                all.add(outcome.get(30, TimeUnit.SECONDS));
            }
            assertOneFirst(all);
        } finally {
            goOn.countDown();
            threads.shutdownNow();
        }
        assertThat(runs).hasValue(1);
        assertThat(Payments.made(rowlock, 1)).isEqualTo(1);
        assertThat(events.stream().filter(RowlockEvent.OnceWaited.class::isInstance))
                .hasSize(15)
                .allMatch(event -> ((RowlockEvent.OnceWaited) event).had());
    }

    @Databases
    void aWaitLongerThanTheDeadlineIsTold(Database database) throws Exception {
        Key key = Payments.newKey();
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            Future<Once<Long>> first = threads.submit(() -> rowlock.once(key, Payments.ONE, Codec.number(), tx -> {
                inside.countDown();
                goOn.await();
                return Payments.pay(tx, 1);
            }));
            inside.await();
            Unit impatient = Unit.named("pay").withDeadline(Duration.ofMillis(50));
            assertThatThrownBy(
                            () -> rowlock.once(impatient, key, Payments.ONE, Codec.number(), tx -> Payments.pay(tx, 1)))
                    .isInstanceOf(LockTimeout.class)
                    .hasMessageContaining("key=" + key);
            goOn.countDown();
            assertThat(first.get(30, TimeUnit.SECONDS).isFirst()).isTrue();
        } finally {
            goOn.countDown();
            threads.shutdownNow();
        }
        assertThat(Payments.made(rowlock, 1)).isEqualTo(1);
    }

    static final class Refused extends Exception {
        private static final long serialVersionUID = 1;
    }

    /** The first has the key's row when it is refused; whoever waits for it, in either place, runs itself. */
    @Databases
    void whenTheFirstRollsBackTheNextRunsItself(Database database) throws Exception {
        for (Rowlock second : List.of(rowlock, another())) {
            boolean acrossProcesses = second != rowlock && database.engine() != Engine.SQLITE;
            long before = Payments.made(rowlock, 1);
            Key key = Payments.newKey();
            CountDownLatch inside = new CountDownLatch(1);
            CountDownLatch goOn = new CountDownLatch(1);
            AtomicInteger ended = new AtomicInteger();
            ExecutorService threads = Executors.newCachedThreadPool();
            try {
                Future<Once<Long>> first = threads.submit(() -> rowlock.once(key, Payments.ONE, Codec.number(), tx -> {
                    Payments.payLocked(tx, 1);
                    inside.countDown();
                    goOn.await();
                    ended.incrementAndGet();
                    throw new Refused();
                }));
                inside.await();
                List<Thread> waiter = new CopyOnWriteArrayList<>();
                Future<Once<Long>> next = threads.submit(() -> {
                    waiter.add(Thread.currentThread());
                    return second.once(key, Payments.ONE, Codec.number(), tx -> {
                        Long left = Payments.payLocked(tx, 1);
                        assertThat(ended).hasValue(1);
                        return left;
                    });
                });
                if (acrossProcesses) {
                    Payments.awaitLockWaits(database, 1);
                } else {
                    Eventually.eventually(() -> assertThat(waiter)
                            .hasSize(1)
                            .allMatch(thread -> thread.getState() == Thread.State.TIMED_WAITING));
                }
                goOn.countDown();
                assertThatThrownBy(first::get).hasCauseInstanceOf(Refused.class);
                assertThat(next.get(30, TimeUnit.SECONDS).isFirst()).isTrue();
            } finally {
                goOn.countDown();
                threads.shutdownNow();
            }
            assertThat(Payments.made(rowlock, 1) - before).isEqualTo(1);
        }
    }

    /** Several wait for the key's row when its first writer rolls back: InnoDB makes a deadlock of that, which nobody sees. */
    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void severalProcessesThatWaitForARollbackApplyOne(Database database) throws Exception {
        Tally tally = new Tally();
        List<Rowlock> others = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            others.add(Rowlock.on(database.dataSource(pool -> pool))
                    .listener(tally)
                    .build());
        }
        int rounds = 10;
        for (int round = 0; round < rounds; round++) {
            Key key = Payments.newKey();
            CountDownLatch inside = new CountDownLatch(1);
            CountDownLatch goOn = new CountDownLatch(1);
            ExecutorService threads = Executors.newCachedThreadPool();
            try {
                Future<Once<Long>> first = threads.submit(() -> rowlock.once(key, Payments.ONE, Codec.number(), tx -> {
                    tx.guard(key);
                    inside.countDown();
                    goOn.await();
                    throw new Refused();
                }));
                inside.await();
                List<Future<Once<Long>>> waiting = new ArrayList<>();
                for (Rowlock other : others) {
                    waiting.add(threads.submit(
                            () -> other.once(key, Payments.ONE, Codec.number(), tx -> Payments.payLocked(tx, 1))));
                }
                Payments.awaitLockWaits(database, others.size());
                goOn.countDown();
                assertThatThrownBy(first::get).hasCauseInstanceOf(Refused.class);
                List<Once<Long>> outcomes = new ArrayList<>();
                for (Future<Once<Long>> one : waiting) {
                    outcomes.add(one.get(30, TimeUnit.SECONDS));
                }
                assertOneFirst(outcomes);
            } finally {
                goOn.countDown();
                threads.shutdownNow();
            }
        }
        System.out.printf("%s after a rollback: causes=%s%n", database.engine(), tally.causes());
        assertThat(Payments.made(rowlock, 1)).isEqualTo(rounds);
        assertThat(tally.failed()).isZero();
    }

    /**
     * The second has found no answer; then the first commits; then the second sees what the first has done and throws about
     * it. What it gets is the answer.
     */
    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void whatIsThrownAboutTheFirstsEffectsIsNotBelieved(Database database) {
        Rowlock other = another();
        Key key = Payments.newKey();
        Work<Long, Refused> payTheOnlyOne = tx -> {
            if (tx.attempt() == 1 && Payments.made(rowlock, 1) == 0) {
                assertThat(other.once(key, Payments.ONE, Codec.number(), inner -> Payments.pay(inner, 1))
                                .isFirst())
                        .isTrue();
            }
            Payments.Account account =
                    tx.read(Payments.ACCOUNTS, 1L).orElseThrow().value();
            if (account.balance() < Payments.BEFORE) {
                throw new Refused();
            }
            return Payments.pay(tx, 1);
        };
        Unit single = Unit.named("pay").withAttemptsMax(1);
        assertThatNoRefusal(() -> {
            Once<Long> repeat = rowlock.once(single, key, Payments.ONE, Codec.number(), payTheOnlyOne);
            assertThat(repeat).isInstanceOf(Once.Repeat.class);
            assertThat(repeat.answer()).isEqualTo(Payments.BEFORE - 1);
            return null;
        });
        assertThat(Payments.made(rowlock, 1)).isEqualTo(1);
    }

    private static void assertThatNoRefusal(Callable<Void> call) {
        try {
            call.call();
        } catch (Exception thrown) {
            throw new AssertionError("Believed what was thrown about the first's effects", thrown);
        }
    }

    // ---- expiry under load

    /** Answers expire and are reaped while calls run: each run of the work is one payment, and nobody hears of it. */
    @Databases
    void expiryAndReapingUnderLoadLoseNothing(Database database) {
        List<Rowlock> processes = List.of(rowlock, another());
        List<Key> keys = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            keys.add(Payments.newKey());
        }
        LongAdder firsts = new LongAdder();
        LongAdder reaped = new LongAdder();
        List<Crowd.Client> clients = new ArrayList<>();
        for (int thread = 0; thread < 6; thread++) {
            Rowlock process = processes.get(thread % 2);
            Random random = new Random(thread);
            clients.add(() -> {
                int number = random.nextInt(keys.size());
                Once<Long> outcome = process.once(
                        keys.get(number), Payments.ONE, Codec.number(), tx -> Payments.pay(tx, 1 + number));
                if (outcome.isFirst()) {
                    firsts.increment();
                }
            });
        }
        Random random = new Random(99);
        clients.add(() -> {
            byte[] key = keys.get(random.nextInt(keys.size())).bytes();
            rowlock.transact(tx -> {
                return tx.execute("UPDATE rowlock_once SET expires_at = 1 WHERE once_key = ?", key)
                        .count();
            });
            reaped.add(rowlock.reapOnce(3));
        });
        Crowd.times(150, clients);
        long made = 0;
        for (long account = 1; account <= keys.size(); account++) {
            made += Payments.made(rowlock, account);
        }
        assertThat(made).isEqualTo(firsts.sum()).isGreaterThan(keys.size());
        assertThat(reaped.sum()).isPositive();
    }
}
