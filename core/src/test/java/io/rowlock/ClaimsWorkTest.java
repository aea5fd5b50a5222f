package io.rowlock;

import static io.rowlock.Jobs.JOBS;
import static io.rowlock.Jobs.QUEUE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowlock.Jobs.Job;
import io.rowlock.claim.Claim;
import io.rowlock.claim.ClaimEffects;
import io.rowlock.claim.ClaimWork;
import io.rowlock.claim.Claims;
import io.rowlock.claim.WorkOptions;
import io.rowlock.claim.WorkReport;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.engines.Eventually;
import io.rowlock.event.RowlockEvent;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.BeforeEach;

/** Many workers at one queue, some of which stall: what runs twice completes once, and nothing is lost. */
class ClaimsWorkTest {
    private static final WorkOptions OPTIONS = WorkOptions.defaults().withPollEvery(Duration.ofMillis(5));

    private final List<RowlockEvent> events = new CopyOnWriteArrayList<>();
    private Database database;
    private Rowlock rowlock;
    private Claims<Job, Long> claims;

    @BeforeEach
    void jobs(Database database) {
        this.database = database;
        Jobs.create(database);
        events.clear();
        rowlock = Rowlock.on(database.dataSource()).listener(events::add).build();
        claims = rowlock.claims(QUEUE);
    }

    private static ClaimEffects sent(Claim<Job, Long> claim) {
        return tx -> tx.update(tx.read(JOBS, claim.key()).orElseThrow(), Job::sent);
    }

    private String count(String where) throws SQLException {
        return Jobs.ask(database, "SELECT COUNT(*) FROM jobs WHERE " + where);
    }

    // ---- a crowd

    /**
     * Two processes with a few workers each. In one of five turns a worker stalls for longer than its claim: another takes its item and
     * may complete it first. Whoever is too late is refused.
     */
    @Databases
    void noItemIsCompletedTwiceAndNoneIsLostWhenWorkersStall(Database database) throws SQLException {
        int jobs = 150;
        long seed = System.nanoTime();
        Jobs.add(rowlock, jobs);
        List<Rowlock> processes =
                List.of(rowlock, Rowlock.on(database.dataSource(pool -> pool)).build());
        Set<String> seen = ConcurrentHashMap.newKeySet();
        AtomicInteger completed = new AtomicInteger();
        LongAdder refused = new LongAdder();
        LongAdder runs = new LongAdder();
        List<Crowd.Client> clients = new ArrayList<>();
        for (int worker = 0; worker < 6; worker++) {
            Random random = new Random(seed + worker);
            Rowlock mine = processes.get(worker % 2);
            Claims<Job, Long> queue = mine.claims(QUEUE.withAttemptsMax(100));
            clients.add(() -> {
                while (completed.get() < jobs) {
                    for (Claim<Job, Long> claim : queue.take(1 + random.nextInt(3))) {
                        runs.increment();
                        if (!seen.add(claim.key() + "/" + claim.token())) {
                            throw new AssertionError("Two claims of one item with one token: " + claim);
                        }
                        if (random.nextInt(5) == 0) {
                            // The stall, as far as the database can see: this claim's time is over.
                            mine.transact(tx -> tx.execute(
                                            "UPDATE jobs SET claim_until = 1 WHERE id = ? AND claim_token = ?",
                                            claim.key(),
                                            claim.token())
                                    .count());
                        }
                        try {
                            Jobs.complete(mine, queue, claim);
                            completed.incrementAndGet();
                        } catch (ClaimLost late) {
                            refused.increment();
                        }
                    }
                }
            });
        }
        Crowd.times(1, clients);

        System.out.printf(
                "%s: jobs=%d, runs=%d, refused=%d, seed=%d%n",
                database.engine(), jobs, runs.sum(), refused.sum(), seed);
        assertThat(completed).hasValue(jobs);
        assertThat(count("done = 1 AND claim_state = 'DONE'")).isEqualTo("" + jobs);
        assertThat(runs.sum()).isEqualTo(jobs + refused.sum()).isGreaterThanOrEqualTo(jobs);
    }

    /** Nobody takes what another holds, however many ask at the same moment. */
    @Databases
    void workersWhoAskAtTheSameMomentShareTheItems(Database database) throws Exception {
        int workers = 6;
        int rounds = 5;
        for (int round = 0; round < rounds; round++) {
            database.execute("DELETE FROM jobs");
            Jobs.add(rowlock, 24);
            CyclicBarrier together = new CyclicBarrier(workers);
            ExecutorService threads = Executors.newFixedThreadPool(workers);
            try {
                List<Future<List<Claim<Job, Long>>>> all = new ArrayList<>();
                for (int i = 0; i < workers; i++) {
                    all.add(threads.submit(() -> {
                        together.await(30, TimeUnit.SECONDS);
                        return claims.take(4);
                    }));
                }
                List<Long> keys = new ArrayList<>();
                for (Future<List<Claim<Job, Long>>> one : all) {
                    List<Claim<Job, Long>> taken = one.get(30, TimeUnit.SECONDS);
                    assertThat(Jobs.keys(taken)).isSorted();
                    keys.addAll(Jobs.keys(taken));
                }
                keys.addAll(Jobs.keys(claims.take(24)));
                assertThat(keys).hasSize(24).doesNotHaveDuplicates();
            } finally {
                threads.shutdownNow();
            }
        }
    }

    // ---- work

    @Databases
    void whatIsDueIsWorkedOffAndToldOf(Database database) throws SQLException {
        Jobs.add(rowlock, 12);
        AtomicInteger busy = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();

        WorkReport report = rowlock.claims(QUEUE.withAttemptsMax(2)).work(OPTIONS.withParallel(4), claim -> {
            most.accumulateAndGet(busy.incrementAndGet(), Math::max);
            try {
                if (claim.key() == 3) {
                    throw new IllegalStateException("bounced");
                }
                if (claim.key() == 4) {
                    return tx -> {
                        throw new IllegalArgumentException("refused by the table");
                    };
                }
                return claim.key() == 5 ? ClaimEffects.none() : sent(claim);
            } finally {
                busy.decrementAndGet();
            }
        });

        assertThat(report.completed()).isEqualTo(10);
        assertThat(report.retried()).isEqualTo(2);
        assertThat(report.parked()).isEqualTo(2);
        assertThat(report.taken()).isEqualTo(14);
        assertThat(report.lost() + report.left() + report.released() + report.again())
                .isZero();
        assertThat(most.get()).isBetween(1, 4);
        assertThat(count("claim_state = 'DONE'")).isEqualTo("10");
        assertThat(claims.parked(5))
                .extracting(parked -> parked.reason())
                .containsExactlyInAnyOrder(
                        "java.lang.IllegalStateException: bounced",
                        "java.lang.IllegalArgumentException: refused by the table");
    }

    @Databases
    void anItemCanEndSomeOtherWayThanCompleted(Database database) {
        Jobs.add(rowlock, 3);
        WorkReport report = claims.work(OPTIONS, claim -> tx -> {
            switch (claim.key().intValue()) {
                case 1 -> claims.again(tx, claim, Duration.ofHours(1));
                case 2 -> claims.release(tx, claim, Duration.ofHours(1));
                default -> {
                    tx.update(tx.read(JOBS, claim.key()).orElseThrow(), Job::sent);
                }
            }
        });
        assertThat(report.again()).isEqualTo(1);
        assertThat(report.released()).isEqualTo(1);
        assertThat(report.completed()).isEqualTo(1);
    }

    @Databases
    void oneItemAtATimeRunsOnTheCallersThread(Database database) {
        Jobs.add(rowlock, 2);
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        WorkReport report = claims.work(OPTIONS, claim -> {
            threads.add(Thread.currentThread());
            return sent(claim);
        });
        assertThat(report.completed()).isEqualTo(2);
        assertThat(threads).containsExactly(Thread.currentThread());
    }

    /** Work that takes several lengths of its claim keeps the item; without renewal somebody else would have had it. */
    @Databases
    void aClaimIsRenewedWhileItsWorkRunsUntilItWasHeldForLongEnough(Database database) throws Exception {
        Jobs.add(rowlock, 1);
        Claims<Job, Long> brief = rowlock.claims(QUEUE.withClaimLength(Duration.ofMillis(300)));
        long renewals = 4;
        WorkReport report = brief.work(OPTIONS, claim -> {
            Eventually.until("it is renewed", Duration.ofSeconds(30), () -> renewals() >= renewals);
            assertThat(claim.remaining()).isPositive();
            return sent(claim);
        });
        assertThat(report.completed()).isEqualTo(1);
        assertThat(Jobs.job(rowlock, 1).done()).isEqualTo(1);

        Jobs.add(rowlock, new Job(2, Jobs.job(rowlock, 1).dueAt(), Jobs.Status.NEW, 0, 0, 0));
        AtomicInteger tries = new AtomicInteger();
        WorkReport held = brief.work(OPTIONS.withMaxHold(Duration.ofMillis(1)).withItemsMax(1), claim -> {
            // Nobody renews it, and somebody else gets it in the end.
            Eventually.until("it is taken", Duration.ofSeconds(30), () -> {
                tries.incrementAndGet();
                return !brief.take(1).isEmpty();
            });
            return sent(claim);
        });
        assertThat(held.lost()).isEqualTo(1);
        assertThat(held.completed()).isZero();
        assertThat(Jobs.job(rowlock, 2).done()).isZero();
    }

    private long renewals() {
        return events.stream()
                .filter(event -> event instanceof RowlockEvent.ClaimRenewed renewed
                        && renewed.outcome() == RowlockEvent.RenewalOutcome.KEPT)
                .count();
    }

    @Databases
    void aStopFinishesWhatRunsAndTakesNoMore(Database database) throws Exception {
        Jobs.add(rowlock, 20);
        AtomicBoolean stop = new AtomicBoolean();
        CountDownLatch inside = new CountDownLatch(2);
        CountDownLatch goOn = new CountDownLatch(1);
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            ClaimWork<Job, Long> work = claim -> {
                inside.countDown();
                goOn.await();
                return sent(claim);
            };
            Future<WorkReport> report =
                    thread.submit(() -> claims.work(OPTIONS.withParallel(2).withStop(stop::get), work));
            assertThat(inside.await(30, TimeUnit.SECONDS)).isTrue();
            stop.set(true);
            goOn.countDown();
            assertThat(report.get(30, TimeUnit.SECONDS).completed()).isEqualTo(2);
            assertThat(count("done = 1")).isEqualTo("2");

            CountDownLatch again = new CountDownLatch(1);
            CountDownLatch waits = new CountDownLatch(1);
            stop.set(false);
            Future<Boolean> interrupted = thread.submit(() -> {
                WorkReport left = claims.work(OPTIONS, claim -> {
                    again.countDown();
                    waits.await();
                    return sent(claim);
                });
                assertThat(left.released()).isEqualTo(1);
                assertThat(left.taken()).isEqualTo(1);
                return Thread.interrupted();
            });
            assertThat(again.await(30, TimeUnit.SECONDS)).isTrue();
            thread.shutdownNow();
            assertThat(interrupted.get(30, TimeUnit.SECONDS)).isTrue();
            assertThat(count("claim_attempts = 0")).isEqualTo("18");
        } finally {
            thread.shutdownNow();
        }
        assertThat(claims.work(OPTIONS.withItemsMax(3), ClaimsWorkTest::sent).completed())
                .isEqualTo(3);
        assertThatThrownBy(() -> rowlock.transact(tx -> claims.work(OPTIONS, ClaimsWorkTest::sent)))
                .isInstanceOf(IllegalStateException.class);
    }

    // ---- waiting

    /**
     * Somebody holds the table while an item is asked for. The claim has its full length left afterwards: its end lies at least so far
     * behind a moment at which the request was still waiting, by one and the same clock.
     */
    @Databases
    void aTakeThatHadToWaitLeavesTheFullLengthOfTheClaim(Database database) throws Exception {
        Jobs.add(rowlock, 1);
        assertThat(claims.take(1)).hasSize(1);
        Jobs.expireAll(database);
        long moment = whileLocked(wholeTable(), () -> claims.take(1).size() == 1);
        assertThat(until() - moment).isGreaterThanOrEqualTo(QUEUE.claimLength().toNanos() / 1000);
    }

    /** The same for a renewal, behind somebody who holds the row alone and does not change it. */
    @Databases
    void aRenewalThatHadToWaitLeavesTheFullLengthOfTheClaim(Database database) throws Exception {
        Jobs.add(rowlock, 1);
        Claim<Job, Long> claim = claims.take(1).get(0);
        long moment = whileLocked(row(), () -> claims.renew(claim));
        assertThat(until() - moment).isGreaterThanOrEqualTo(QUEUE.claimLength().toNanos() / 1000);
        assertThat(claim.remaining()).isPositive();
    }

    private List<String> wholeTable() {
        return switch (database.engine()) {
            case POSTGRESQL -> List.of("BEGIN", "LOCK TABLE jobs IN ACCESS EXCLUSIVE MODE");
            case SQLITE -> List.of("BEGIN IMMEDIATE");
            case MARIADB, MYSQL -> List.of("LOCK TABLES jobs WRITE");
        };
    }

    private List<String> row() {
        return switch (database.engine()) {
            case SQLITE -> List.of("BEGIN IMMEDIATE");
            case POSTGRESQL -> List.of("BEGIN", "SELECT 1 FROM jobs WHERE id = 1 FOR UPDATE");
            case MARIADB, MYSQL -> List.of("START TRANSACTION", "SELECT 1 FROM jobs WHERE id = 1 FOR UPDATE");
        };
    }

    private long until() throws SQLException {
        return Long.parseLong(Jobs.ask(database, "SELECT claim_until FROM jobs WHERE id = 1"));
    }

    private interface Asking {
        boolean ask() throws Exception;
    }

    /** Asks while somebody holds a lock; a moment at which it had been waiting for a while, by the database's clock. */
    private long whileLocked(List<String> locking, Asking asking) throws Exception {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (Connection holder = database.dataSource().getConnection();
                Statement statement = holder.createStatement()) {
            for (String sql : locking) {
                statement.execute(sql);
            }
            long before = now(statement);
            CountDownLatch begun = new CountDownLatch(1);
            Future<Boolean> asked = thread.submit(() -> {
                begun.countDown();
                return asking.ask();
            });
            assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
            long moment = before;
            while (moment - before < 700_000) {
                Thread.onSpinWait();
                moment = now(statement);
                assertThat(asked.isDone()).isFalse();
            }
            statement.execute(locking.get(0).startsWith("LOCK TABLES") ? "UNLOCK TABLES" : "ROLLBACK");
            assertThat(asked.get(30, TimeUnit.SECONDS)).isTrue();
            return moment;
        } finally {
            thread.shutdownNow();
        }
    }

    private long now(Statement statement) throws SQLException {
        String sql = switch (database.engine()) {
            case POSTGRESQL -> "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint";
            case SQLITE -> "SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) * 1000";
            case MARIADB, MYSQL -> "SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6))";
        };
        try (var row = statement.executeQuery(sql)) {
            assertThat(row.next()).isTrue();
            return row.getLong(1);
        }
    }
}
