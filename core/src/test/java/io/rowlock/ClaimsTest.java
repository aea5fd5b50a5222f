package io.rowlock;

import static io.rowlock.Jobs.JOBS;
import static io.rowlock.Jobs.QUEUE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowlock.Jobs.Job;
import io.rowlock.claim.Claim;
import io.rowlock.claim.Claims;
import io.rowlock.claim.FailedTry;
import io.rowlock.claim.ParkedItem;
import io.rowlock.claim.WorkQueue;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.event.RowlockEvent;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;

/** What a queue promises to one worker at a time: order, tries, ends, and that what is too late is refused. */
class ClaimsTest {
    private static final Instant PAST = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant FUTURE = Instant.parse("2126-01-01T00:00:00Z");

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

    private Claim<Job, Long> takeOne() {
        List<Claim<Job, Long>> taken = claims.take(1);
        assertThat(taken).hasSize(1);
        return taken.get(0);
    }

    private String column(long id, String column) throws SQLException {
        return Jobs.ask(database, "SELECT claim_" + column + " FROM jobs WHERE id = " + id);
    }

    // ---- taking

    @Databases
    void itemsAreTakenInTheOrderInWhichTheyAreDueAndByOneWorkerOnly(Database database) throws SQLException {
        Jobs.add(rowlock, new Job(1, PAST.plusSeconds(3), Jobs.Status.NEW, 0, 0, 0));
        Jobs.add(rowlock, new Job(2, PAST.plusSeconds(1), Jobs.Status.NEW, 0, 0, 0));
        Jobs.add(rowlock, new Job(3, PAST.plusSeconds(2), Jobs.Status.NEW, 0, 0, 0));
        Jobs.add(rowlock, new Job(4, FUTURE, Jobs.Status.NEW, 0, 0, 0));
        Jobs.add(rowlock, new Job(5, PAST, Jobs.Status.SENT, 0, 0, 0));

        List<Claim<Job, Long>> first = claims.take(2);
        List<Claim<Job, Long>> second =
                Rowlock.on(database.dataSource()).build().claims(QUEUE).take(10);

        assertThat(Jobs.keys(first)).containsExactly(2L, 3L);
        assertThat(Jobs.keys(second)).containsExactly(1L);
        assertThat(claims.take(1)).isEmpty();
        Claim<Job, Long> claim = first.get(0);
        assertThat(claim.item()).isEqualTo(Jobs.job(rowlock, 2));
        assertThat(claim.attempt()).isEqualTo(1);
        assertThat(claim.token()).isPositive();
        assertThat(claim.remaining()).isPositive().isLessThanOrEqualTo(QUEUE.claimLength());
        // The row's own version is none of the queue's business.
        assertThat(claim.item().version()).isEqualTo(1);
        assertThat(column(2, "token")).isEqualTo(Long.toString(claim.token()));
        assertThat(events)
                .filteredOn(RowlockEvent.ClaimsTaken.class::isInstance)
                .singleElement()
                .isInstanceOfSatisfying(RowlockEvent.ClaimsTaken.class, event -> {
                    assertThat(event.queue()).isEqualTo("send-jobs");
                    assertThat(event.claims()).isEqualTo(2);
                    assertThat(event.repeated()).isZero();
                });
    }

    @Databases
    void theLowestRankComesBeforeTheLongestDue(Database database) {
        Claims<Job, Long> ranked = rowlock.claims(QUEUE.rankedBy("urgency"));
        for (long id = 1; id <= 6; id++) {
            Jobs.add(rowlock, new Job(id, PAST.plusSeconds(id), Jobs.Status.NEW, id % 2 == 0 ? 1 : 2, 0, 0));
        }

        assertThat(Jobs.keys(ranked.take(4))).containsExactly(2L, 4L, 6L, 1L);
        assertThat(Jobs.keys(ranked.take(4))).containsExactly(3L, 5L);
    }

    record Part(UUID parcel, int line) {}

    record PartRow(UUID parcel, int line, long version) {}

    @Databases
    void keysOfSeveralColumnsAndAQueueOfAllRowsWithColumnsOfItsOwn(Database database) throws SQLException {
        Table<PartRow, Part> parts =
                Table.of("parts", PartRow.class).key(Part.class).build();
        WorkQueue<PartRow, Part> queue = WorkQueue.of("ship-parts", parts).withColumns("ship");
        Claims<PartRow, Part> shipping = rowlock.claims(queue);
        database.execute(
                "DROP TABLE IF EXISTS parts",
                "CREATE TABLE parts (parcel " + (database.url().contains("postgres") ? "uuid" : "CHAR(36)")
                        + " NOT NULL, line INT NOT NULL, version BIGINT DEFAULT 1 NOT NULL, PRIMARY KEY (parcel, line))");
        database.execute(shipping.ddl().toArray(String[]::new));
        UUID parcel = UUID.randomUUID();
        rowlock.transact(tx -> {
            tx.insert(parts, new PartRow(parcel, 1, 0));
            return tx.insert(parts, new PartRow(parcel, 2, 0));
        });

        List<Claim<PartRow, Part>> taken = shipping.take(10);
        assertThat(taken).extracting(Claim::key).containsExactly(new Part(parcel, 1), new Part(parcel, 2));
        assertThat(shipping.renew(taken.get(0))).isTrue();
        rowlock.transact(tx -> {
            taken.forEach(claim -> shipping.complete(tx, claim));
            return null;
        });
        assertThat(Jobs.ask(database, "SELECT COUNT(*) FROM parts WHERE ship_state = 'DONE'"))
                .isEqualTo("2");
    }

    // ---- ending

    @Databases
    void whatIsCompletedIsCommittedWithItsEffectsAndLeavesTheQueue(Database database) throws SQLException {
        Jobs.add(rowlock, 2);
        Claim<Job, Long> claim = takeOne();

        rowlock.transact(tx -> {
            // Still what the queue takes, but for its end.
            claims.complete(tx, claim, Job::again);
            return null;
        });

        assertThat(Jobs.job(rowlock, 1).done()).isEqualTo(1);
        assertThat(column(1, "state")).isEqualTo("DONE");
        assertThat(claim.remaining()).isZero();
        Jobs.expireAll(database);
        assertThat(Jobs.keys(claims.take(5))).containsExactly(2L);
        assertThat(events)
                .filteredOn(RowlockEvent.ClaimEnded.class::isInstance)
                .singleElement()
                .isInstanceOfSatisfying(RowlockEvent.ClaimEnded.class, event -> {
                    assertThat(event.outcome()).isEqualTo(RowlockEvent.ClaimOutcome.COMPLETED);
                    assertThat(event.item()).contains("1");
                });
    }

    @Databases
    void aUnitThatFailsLeavesTheClaimAsItWas(Database database) throws SQLException {
        Jobs.add(rowlock, 1);
        Claim<Job, Long> claim = takeOne();

        assertThatThrownBy(() -> rowlock.transact(tx -> {
                    claims.complete(tx, claim, Job::sent);
                    throw new IllegalStateException("no");
                }))
                .hasMessage("no");

        assertThat(column(1, "state")).isEqualTo("OPEN");
        assertThat(Jobs.job(rowlock, 1).done()).isZero();
        Jobs.complete(rowlock, claims, claim);
        assertThat(Jobs.job(rowlock, 1).done()).isEqualTo(1);
    }

    /** The stall: the item runs twice, and completes once. */
    @Databases
    void aClaimThatRanOutAndWasTakenAgainIsRefusedAndItsUnitStoresNothing(Database database) {
        Jobs.add(rowlock, 2);
        Claim<Job, Long> late = takeOne();
        Jobs.expireAll(database);
        Claim<Job, Long> next = takeOne();
        assertThat(next.key()).isEqualTo(late.key());
        assertThat(next.attempt()).isEqualTo(2);
        assertThat(next.token()).isGreaterThan(late.token());
        AtomicInteger runs = new AtomicInteger();

        assertThatThrownBy(() -> rowlock.transact(tx -> {
                    runs.incrementAndGet();
                    tx.update(tx.read(JOBS, 2L).orElseThrow(), Job::again);
                    claims.complete(tx, late, Job::sent);
                    return null;
                }))
                .isInstanceOf(ClaimLost.class)
                .hasMessageContaining("queue=send-jobs")
                .hasMessageContaining("token=" + late.token());

        assertThat(runs).hasValue(1);
        assertThat(late.isLost()).isTrue();
        assertThat(late.remaining()).isZero();
        assertThat(claims.renew(late)).isFalse();
        assertThat(Jobs.job(rowlock, 1).done()).isZero();
        assertThat(Jobs.job(rowlock, 2).done()).isZero();
        Jobs.complete(rowlock, claims, next);
        assertThat(Jobs.job(rowlock, 1).done()).isEqualTo(1);
        assertThat(events).anyMatch(RowlockEvent.ClaimRefused.class::isInstance);
        // And once it is done nobody completes it again.
        assertThatThrownBy(() -> rowlock.transact(tx -> {
                    claims.complete(tx, late);
                    return null;
                }))
                .isInstanceOf(ClaimLost.class);
    }

    @Databases
    void aClaimThatRanOutAndIsStillNobodyElsesCanBeEndedAndRenewed(Database database) {
        Jobs.add(rowlock, 1);
        Claim<Job, Long> claim = takeOne();
        Jobs.expireAll(database);
        assertThat(claims.renew(claim)).isTrue();
        assertThat(claims.take(1)).isEmpty();
        Jobs.expireAll(database);
        Jobs.complete(rowlock, claims, claim);
        assertThat(Jobs.job(rowlock, 1).done()).isEqualTo(1);
    }

    @Databases
    void whatWasRefusedInTheMiddleCannotBeCommittedByABodyThatSwallowsIt(Database database) {
        Jobs.add(rowlock, 2);
        Claim<Job, Long> late = takeOne();
        Jobs.expireAll(database);
        Claim<Job, Long> next = takeOne();

        assertThatThrownBy(() -> rowlock.transact(tx -> {
                    claims.complete(tx, late);
                    try {
                        tx.flush();
                    } catch (ClaimLost swallowed) {
                        return "went on";
                    }
                    return "not refused";
                }))
                .isInstanceOf(ClaimLost.class);
        assertThatThrownBy(() -> rowlock.transact(tx -> tx.savepoint(part -> {
                    claims.complete(part, late);
                    return "in a savepoint";
                })))
                .isInstanceOf(ClaimLost.class);
        Jobs.complete(rowlock, claims, next);
    }

    @Databases
    void anEndInASavepointThatWasRolledBackIsNone(Database database) throws SQLException {
        Jobs.add(rowlock, 1);
        Claim<Job, Long> claim = takeOne();

        rowlock.transact(tx -> {
            try {
                tx.savepoint(part -> {
                    claims.complete(part, claim, Job::sent);
                    part.flush();
                    throw new IllegalStateException("undone");
                });
            } catch (IllegalStateException undone) {
                assertThat(undone).hasMessage("undone");
            }
            return claims.fail(tx, claim, "could not");
        });

        assertThat(column(1, "state")).isEqualTo("OPEN");
        assertThat(column(1, "reason")).isEqualTo("could not");
        assertThat(Jobs.job(rowlock, 1).done()).isZero();
    }

    @Databases
    void theEndGoesWithStatementsOfTheUnitsOwnAndWithTheRowsDeletion(Database database) throws SQLException {
        Jobs.add(rowlock, 2);
        List<Claim<Job, Long>> both = claims.take(2);

        rowlock.transact(tx -> {
            int one = tx.execute("UPDATE jobs SET done = done + 1 WHERE id = 1").count();
            assertThat(one).isEqualTo(1);
            claims.complete(tx, both.get(0));
            claims.complete(tx, both.get(1));
            tx.delete(tx.read(JOBS, 2L).orElseThrow());
            return null;
        });

        assertThat(column(1, "state")).isEqualTo("DONE");
        assertThat(Jobs.job(rowlock, 1).done()).isEqualTo(1);
        assertThat(column(2, "state")).isEqualTo("none");
    }

    /** A row that is deleted and comes back under its key does not bring old tokens back. */
    @Databases
    void aClaimOnARowThatWasDeletedAndCameBackIsLost(Database database) {
        Jobs.add(rowlock, 1);
        Claim<Job, Long> old = takeOne();
        database.execute("DELETE FROM jobs");
        assertThatThrownBy(() -> Jobs.complete(rowlock, claims, old)).isInstanceOf(ClaimLost.class);

        Jobs.add(rowlock, 1);
        Claim<Job, Long> claim = takeOne();
        assertThat(claim.attempt()).isEqualTo(1);
        assertThat(claim.token()).isGreaterThan(old.token());
        assertThatThrownBy(() -> Jobs.complete(rowlock, claims, old)).isInstanceOf(ClaimLost.class);
        Jobs.complete(rowlock, claims, claim);
    }

    // ---- tries

    @Databases
    void anItemIsParkedAfterItsLastTryWithTheReasonAndComesBackWhenSomebodySaysSo(Database database)
            throws SQLException {
        Claims<Job, Long> three = rowlock.claims(QUEUE.withAttemptsMax(3));
        Jobs.add(rowlock, 1);
        for (int attempt = 1; attempt <= 3; attempt++) {
            Claim<Job, Long> claim = three.take(1).get(0);
            assertThat(claim.attempt()).isEqualTo(attempt);
            assertThat(claim.isLastAttempt()).isEqualTo(attempt == 3);
            int number = attempt;
            FailedTry failed = rowlock.transact(
                    tx -> three.fail(tx, claim, "bounced " + number + "\u0000\ud800 " + "x".repeat(2000)));
            assertThat(failed.parked()).isEqualTo(attempt == 3);
        }

        assertThat(three.take(1)).isEmpty();
        assertThat(column(1, "state")).isEqualTo("PARKED");
        List<ParkedItem<Job, Long>> parked = three.parked(10);
        assertThat(parked).hasSize(1);
        assertThat(parked.get(0).key()).isEqualTo(1L);
        assertThat(parked.get(0).attempts()).isEqualTo(3);
        assertThat(parked.get(0).reason()).startsWith("bounced 3").hasSize(1000);
        assertThat(parked.get(0).parkedAt()).isAfter(PAST);
        assertThat(events).filteredOn(RowlockEvent.ItemParked.class::isInstance).hasSize(1);

        assertThat(rowlock.<Boolean, RuntimeException>transact(tx -> three.unpark(tx, 1L)))
                .isTrue();
        assertThat(rowlock.<Boolean, RuntimeException>transact(tx -> three.unpark(tx, 1L)))
                .isFalse();
        assertThat(three.parked(10)).isEmpty();
        assertThat(three.take(1).get(0).attempt()).isEqualTo(1);
    }

    /** Nobody tells of a worker that died; the count does, and the next who looks parks the item. */
    @Databases
    void anItemWhoseWorkersAllDieIsParkedTooAfterExactlySoManyTries(Database database) throws SQLException {
        Claims<Job, Long> three = rowlock.claims(QUEUE.withAttemptsMax(3));
        Jobs.add(rowlock, 5);
        Claim<Job, Long> failed = three.take(1).get(0);
        rowlock.transact(tx -> three.fail(tx, failed, "no route"));
        for (int attempt = 2; attempt <= 3; attempt++) {
            assertThat(three.take(1).get(0).attempt()).isEqualTo(attempt);
            Jobs.expireAll(database);
        }

        // Those behind it are taken all the same.
        assertThat(Jobs.keys(three.take(3))).containsExactly(2L, 3L, 4L);

        assertThat(three.parked(10)).hasSize(1);
        assertThat(three.parked(10).get(0).reason()).isEqualTo("Claim ran out (failed before: no route)");
        assertThat(three.parked(10).get(0).attempts()).isEqualTo(3);
        assertThat(events)
                .filteredOn(RowlockEvent.ItemParked.class::isInstance)
                .singleElement()
                .isInstanceOfSatisfying(
                        RowlockEvent.ItemParked.class,
                        event -> assertThat(event.attempts()).isEqualTo(3));
    }

    @Databases
    void aFailedItemWaitsForARandomTimeUnderABoundThatDoubles(Database database) {
        Timing timing = new Timing(Clock.systemUTC(), System::nanoTime, nanos -> {}, new SplittableRandom(7));
        Rowlock seeded = Rowlock.on(database.dataSource()).timing(timing).build();
        Claims<Job, Long> slow = seeded.claims(QUEUE.withBackoff(Duration.ofSeconds(100), Duration.ofSeconds(800))
                .withAttemptsMax(9));
        Jobs.add(rowlock, 1);
        List<Duration> waits = new ArrayList<>();
        for (int attempt = 1; attempt <= 6; attempt++) {
            Claim<Job, Long> claim = slow.take(1).get(0);
            waits.add(seeded.transact(tx -> slow.fail(tx, claim, "busy")).retryIn());
            assertThat(slow.take(1)).isEmpty();
            Jobs.expireAll(database);
        }
        long[] bounds = {100, 200, 400, 800, 800, 800};
        for (int i = 0; i < bounds.length; i++) {
            assertThat(waits.get(i)).isPositive().isLessThanOrEqualTo(Duration.ofSeconds(bounds[i]));
        }
        assertThat(waits).doesNotHaveDuplicates();
    }

    @Databases
    void whatIsGivenBackWasNoTryAndWhatRecursBeginsAnew(Database database) {
        Jobs.add(rowlock, 1);
        for (int time = 1; time <= 3; time++) {
            Claim<Job, Long> claim = takeOne();
            assertThat(claim.attempt()).isEqualTo(1);
            rowlock.transact(tx -> {
                claims.release(tx, claim, Duration.ZERO);
                return null;
            });
        }
        Claim<Job, Long> failing = takeOne();
        rowlock.transact(tx -> claims.fail(tx, failing, "once"));
        Claim<Job, Long> second = takeOne();
        assertThat(second.attempt()).isEqualTo(2);
        rowlock.transact(tx -> {
            claims.again(tx, second, Duration.ofHours(1));
            return null;
        });
        assertThat(claims.take(1)).isEmpty();
        Jobs.expireAll(database);
        assertThat(takeOne().attempt()).isEqualTo(1);
    }

    // ---- clocks

    /** What the clocks of workers say decides nothing. */
    @Databases
    void clocksOfWorkersThatGoWrongChangeNothing(Database database) {
        Jobs.add(rowlock, new Job(1, FUTURE, Jobs.Status.NEW, 0, 0, 0));
        Jobs.add(rowlock, new Job(2, PAST, Jobs.Status.NEW, 0, 0, 0));
        Claims<Job, Long> early = skewed(database, Duration.ofHours(-1)).claims(QUEUE);
        Claims<Job, Long> late = skewed(database, Duration.ofDays(50_000)).claims(QUEUE);

        Claim<Job, Long> claim = early.take(5).get(0);

        assertThat(claim.key()).isEqualTo(2);
        assertThat(late.take(5)).isEmpty();
        assertThat(late.renew(claim)).isTrue();
        assertThat(early.take(5)).isEmpty();
        assertThat(claim.remaining()).isPositive().isLessThanOrEqualTo(QUEUE.claimLength());
        Jobs.expireAll(database);
        assertThat(Jobs.keys(early.take(5))).containsExactly(2L);
    }

    private static Rowlock skewed(Database database, Duration by) {
        Timing system = Timing.system();
        return Rowlock.on(database.dataSource())
                .timing(new Timing(
                        Clock.offset(system.clock(), by), system.nanoTime(), system.sleeper(), system.random()))
                .build();
    }

    // ---- wrong use

    @Databases
    void aTableWithoutTheColumnsIsToldWithTheStatementsThatMakeThem(Database database) {
        Jobs.createBare(database);
        List<String> statements = new ArrayList<>();
        assertThatThrownBy(() -> claims.take(1).size())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Missing columns of a queue (queue=send-jobs, table=jobs")
                .satisfies(thrown -> {
                    String message = thrown.getMessage();
                    statements.addAll(List.of(message.substring(message.indexOf("of yours: ") + 10)
                            .split("; ")));
                });
        assertThat(statements).hasSize(6).isEqualTo(claims.ddl());
        database.execute(statements.toArray(String[]::new));
        Jobs.add(rowlock, 1);
        assertThat(claims.take(1)).hasSize(1);
    }

    record WithState(long id, String claimState, long version) {}

    @Databases
    void aQueueThatDoesNotFitItsTableIsToldAtOnce(Database database) {
        assertThatThrownBy(() -> rowlock.claims(QUEUE.dueAt("when")))
                .hasMessageContaining("Unknown component")
                .hasMessageContaining("dueAt");
        assertThatThrownBy(() -> rowlock.claims(QUEUE.dueAt("urgency")))
                .hasMessageContaining("Wrong type")
                .hasMessageContaining("Instant");
        assertThatThrownBy(() -> rowlock.claims(QUEUE.rankedBy("dueAt"))).hasMessageContaining("rankedBy");
        assertThatThrownBy(() -> rowlock.claims(QUEUE.ready("status", "NEW"))).hasMessageContaining("ready");
        Table<WithState, Long> mixed =
                Table.of("jobs", WithState.class).key("id", Long.class).build();
        assertThatThrownBy(() -> rowlock.claims(WorkQueue.of("mixed", mixed)))
                .hasMessageContaining("is a component of its table's record")
                .hasMessageContaining("claim_state");
        assertThatThrownBy(() -> QUEUE.withClaimLength(Duration.ofMillis(1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> QUEUE.withAttemptsMax(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> QUEUE.withColumns("a b")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> QUEUE.withBackoff(Duration.ofSeconds(2), Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Databases
    void takingAndRenewingInsideOfAUnitIsRefused(Database database) {
        Jobs.add(rowlock, 1);
        Claim<Job, Long> claim = takeOne();
        assertThatThrownBy(() -> rowlock.transact(tx -> claims.take(1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("inside a unit");
        assertThatThrownBy(() -> rowlock.transact(tx -> claims.renew(claim))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> rowlock.read(tx -> claims.parked(1))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> claims.take(0).size()).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> claims.take(Claims.TAKE_MAX + 1).size()).isInstanceOf(IllegalArgumentException.class);
    }

    @Databases
    void aClaimIsEndedOnceAndByItsOwnQueueAndRowlock(Database database) {
        Jobs.add(rowlock, 2);
        Claim<Job, Long> claim = takeOne();
        assertThatThrownBy(() -> rowlock.transact(tx -> {
                    claims.complete(tx, claim);
                    return claims.fail(tx, claim, "and failed");
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("This unit has ended the claim already");
        Claims<Job, Long> other = rowlock.claims(QUEUE.withColumns("other"));
        assertThatThrownBy(() -> rowlock.transact(tx -> {
                    other.complete(tx, claim);
                    return null;
                }))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("another queue");
        Rowlock second = Rowlock.on(database.dataSource()).build();
        assertThatThrownBy(() -> second.transact(tx -> {
                    claims.complete(tx, claim);
                    return null;
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("another Rowlock");
        Jobs.complete(rowlock, claims, claim);
        assertThatThrownBy(() -> Jobs.complete(rowlock, claims, claim))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("ended by an earlier unit");
        assertThatThrownBy(() -> claims.renew(claim)).isInstanceOf(IllegalStateException.class);
    }
}
