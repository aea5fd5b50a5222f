package io.rowlock.app.credits;

import static io.rowlock.app.credits.School.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.View;
import io.rowlock.app.credits.CreditTables.AccessRow;
import io.rowlock.app.limit.LimitOptions;
import io.rowlock.app.naive.NaiveCredits;
import io.rowlock.app.naive.NaiveCredits.Form;
import io.rowlock.app.naive.NaiveLimiter;
import io.rowlock.dialect.Engine;
import io.rowlock.dialect.SqlFailure;
import io.rowlock.engines.Actors;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.engines.TestClock;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The races of credits that threads can show, naive beside guarded. Each database is a test's own, without unique keys. */
class FinishRaceTest {
    private static final int ROUNDS = 20;

    /** A round shows it nearly always; so many that it would be no accident if none does. */
    private static final int ROUNDS_TO_SHOW = 200;

    private static final LimitOptions ONCE_IN_TWO_SECONDS = new LimitOptions(1, Duration.ofSeconds(2));

    private final UUID student = UUID.randomUUID();

    @SuppressWarnings("NullAway.Init") // by open()
    private Database own;

    @SuppressWarnings("NullAway.Init") // by open()
    private School school;

    @BeforeEach
    void open(Database database) throws SQLException {
        own = Database.create(database.engine());
        school = new School(own);
        NaiveCredits.dropKeys(own.dataSource(), own.engine());
    }

    @AfterEach
    void close() {
        own.close();
    }

    /** Both wait for each other between the decision and what follows from it, if both come that far. */
    private static Runnable meeting() {
        CyclicBarrier both = new CyclicBarrier(2);
        return () -> {
            try {
                both.await(20, TimeUnit.SECONDS);
            } catch (BrokenBarrierException | TimeoutException alone) {
                throw new AssertionError("The other did not decide", alone);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new AssertionError(interrupted);
            }
        };
    }

    private NaiveCredits naive(Form form, UUID application, Runnable decided) {
        return new NaiveCredits(own.dataSource(), own.engine(), form, application, decided);
    }

    private List<Actors.Outcome<Boolean>> twice(NaiveCredits one, NaiveCredits other, UUID course) {
        return Actors.run(() -> one.finish(student, course), () -> other.finish(student, course));
    }

    private long tooMany(UUID course) throws SQLException {
        return naive(Form.NO_LOCK, school.application, () -> {}).grantsTooMany(student, course);
    }

    private void earn() {
        school.finish(student, school.started(student));
    }

    // ---- the naive forms

    /** credits-5: the remedy that drops the transaction. */
    @Databases
    void withoutATransactionTheCreditIsGrantedTwice(Database database) throws Exception {
        earn();
        UUID course = school.started(student);
        NaiveCredits naive = naive(Form.AUTOCOMMIT, school.application, meeting());

        assertThat(twice(naive, naive, course))
                .allSatisfy(o -> assertThat(o.get()).isTrue());

        assertThat(tooMany(course)).isOne();
        assertThat(school.earned(student)).containsExactly("3.00 of 3");
    }

    /** A transaction alone holds nothing. SQLite refuses the second writer, whose snapshot is old. */
    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void withoutALockTheCreditIsGrantedTwice(Database database) throws Exception {
        earn();
        UUID course = school.started(student);
        NaiveCredits naive = naive(Form.NO_LOCK, school.application, meeting());

        assertThat(twice(naive, naive, course))
                .allSatisfy(o -> assertThat(o.get()).isTrue());

        assertThat(tooMany(course)).isOne();
    }

    /** credits-4: the credit that would be locked is not there yet. */
    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void whereThereIsNoCreditToLockItIsGrantedTwice(Database database) throws Exception {
        UUID course = school.started(student);
        DataSource pool = own.dataSource(config -> {
            config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
            return config;
        });
        NaiveCredits naive = new NaiveCredits(pool, own.engine(), Form.WRONG_ROW, school.application, meeting());

        assertThat(twice(naive, naive, course))
                .allSatisfy(o -> assertThat(o.get()).isTrue());

        assertThat(tooMany(course)).isOne();
        assertThat(school.number("SELECT COUNT(*) FROM student_credit")).isEqualTo(2);
    }

    /** credits-4 at the level that MariaDB has by itself: the gap is locked by both, and one of them is the victim. */
    @Databases(Engine.MARIADB)
    void whereThereIsNoCreditToLockOneOfTwoIsTheVictimOfADeadlock(Database database) throws Exception {
        UUID course = school.started(student);
        NaiveCredits naive = naive(Form.WRONG_ROW, school.application, meeting());

        assertThat(twice(naive, naive, course))
                .filteredOn(outcome -> !outcome.succeeded())
                .singleElement()
                .satisfies(victim -> assertThat(SqlFailure.of(own.engine(), (SQLException) victim.failure())
                                .kind())
                        .isEqualTo(SqlFailure.Kind.DEADLOCK));

        assertThat(tooMany(course)).isZero();
    }

    /** credits-6: each locks the credit of an application of its own; the access is the same. */
    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void twoThatLockDifferentRowsGrantTwice(Database database) throws Exception {
        UUID course = school.started(student);
        UUID elsewhere = UUID.randomUUID();
        for (UUID application : List.of(school.application, elsewhere)) {
            own.execute(
                    "INSERT INTO student_credit (id, application_id, student_id, amount_cents, created_at, updated_at)"
                            + " VALUES ('" + UUID.randomUUID() + "', '" + application + "', '" + student
                            + "', 0, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP)");
        }
        Runnable meeting = meeting();

        assertThat(twice(
                        naive(Form.WRONG_ROW, school.application, meeting),
                        naive(Form.WRONG_ROW, elsewhere, meeting),
                        course))
                .allSatisfy(o -> assertThat(o.get()).isTrue());

        assertThat(tooMany(course)).isOne();
    }

    /** credits-1: the plain read before the lock fixes what is seen after it. */
    @Databases(Engine.MARIADB)
    void aReadBeforeTheLockOnTheWrongRowGrantsTwice(Database database) throws Exception {
        earn();
        NaiveCredits naive = naive(Form.READ_THEN_WRONG_ROW, school.application, () -> {});
        int rounds = 0;
        UUID course;
        do {
            course = school.started(student);
            assertThat(twice(naive, naive, course))
                    .allSatisfy(o -> assertThat(o.succeeded()).isTrue());
        } while (tooMany(course) == 0 && ++rounds < ROUNDS_TO_SHOW);

        assertThat(tooMany(course)).as("after %d rounds", rounds).isOne();
    }

    /** credits-2 and the right forms: as the log has it, and with the lock on what is decided on, one is granted. */
    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void theLogOfTheOriginalAndTheLockOnTheAccessGrantOnce(Database database) throws Exception {
        earn();
        for (Form form : List.of(Form.WRONG_ROW, Form.DECIDING_ROW, Form.READ_THEN_DECIDING_ROW)) {
            NaiveCredits naive = naive(form, school.application, () -> {});
            for (int round = 1; round <= ROUNDS; round++) {
                UUID course = school.started(student);
                assertThat(twice(naive, naive, course))
                        .as("%s, round %d", form, round)
                        .extracting(Actors.Outcome::get)
                        .containsExactlyInAnyOrder(true, false);
            }
        }
    }

    /** credits-8: each node counts for itself, and a call that takes longer keeps nobody out. */
    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void aLimitInMemoryDoesNotKeepTheSecondOut(Database database) throws Exception {
        earn();
        AtomicLong nanos = new AtomicLong();
        NaiveLimiter here = new NaiveLimiter(Duration.ofSeconds(2), nanos::get);
        NaiveLimiter there = new NaiveLimiter(Duration.ofSeconds(2), nanos::get);
        for (List<NaiveLimiter> nodes : List.of(List.of(here, there), List.of(here, here))) {
            UUID course = school.started(student);
            NaiveCredits naive = naive(Form.NO_LOCK, school.application, meeting());
            CountDownLatch first = new CountDownLatch(1);
            nanos.addAndGet(Duration.ofSeconds(3).toNanos());

            assertThat(Actors.run(
                            () -> {
                                boolean admitted = nodes.get(0).admits(student);
                                first.countDown();
                                return admitted && naive.finish(student, course);
                            },
                            () -> {
                                first.await();
                                if (nodes.get(0) == nodes.get(1)) {
                                    nanos.addAndGet(Duration.ofSeconds(3).toNanos());
                                }
                                return nodes.get(1).admits(student) && naive.finish(student, course);
                            }))
                    .allSatisfy(o -> assertThat(o.get()).isTrue());

            assertThat(tooMany(course)).isOne();
        }
    }

    // ---- the service, on the same tables, still without keys

    @Databases
    void manyAtOnceOnTwoNodesGrantOnce(Database database) {
        Accesses other = school.otherNode(LimitOptions.OFF);
        for (int round = 1; round <= ROUNDS; round++) {
            UUID course = school.started(student);

            List<Outcome<View<AccessRow>>> outcomes = together(IntStream.range(0, 6)
                    .<Callable<Outcome<View<AccessRow>>>>mapToObj(
                            i -> () -> (i % 2 == 0 ? school.accesses : other).finish(student, course, true, false))
                    .toList());

            assertThat(outcomes)
                    .as("round %d", round)
                    .filteredOn(Outcome.Done.class::isInstance)
                    .hasSize(1);
            assertThat(outcomes)
                    .filteredOn(Outcome.Refused.class::isInstance)
                    .allSatisfy(o -> assertThat(refused(o)).isInstanceOf(Refusal.CourseAlreadyFinished.class));
            assertThat(school.earned(student)).containsExactly(round + ".00 of " + round);
        }
        school.booksAreRight();
    }

    /** The right forms take part in the same rows' locks: nobody has to be first. */
    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void besideAWriterWithoutGuardsThatLocksTheAccessItGrantsOnce(Database database) throws Exception {
        NaiveCredits naive = naive(Form.DECIDING_ROW, school.application, () -> {});
        earn();
        for (int round = 1; round <= ROUNDS; round++) {
            UUID course = school.started(student);
            List<Actors.Outcome<Boolean>> outcomes = Actors.run(
                    () -> naive.finish(student, course),
                    () -> school.accesses.finish(student, course, true, false) instanceof Outcome.Done);
            assertThat(outcomes).extracting(Actors.Outcome::get).containsExactlyInAnyOrder(true, false);
            assertThat(tooMany(course)).isZero();
        }
    }

    /** Different courses of one student, who has no credit yet: the keys are there, as in every new database. */
    @Databases
    void manyCoursesAtOnceMakeOneCredit(Database database) {
        assertThat(new GrantRepair(school.rowlock, own.dataSource()).run().complete())
                .isTrue();
        Accesses other = school.otherNode(LimitOptions.OFF);
        for (int round = 1; round <= ROUNDS / 2; round++) {
            UUID newcomer = UUID.randomUUID();
            List<UUID> courses =
                    Stream.generate(() -> school.started(newcomer)).limit(5).toList();

            List<Outcome<View<AccessRow>>> outcomes = together(IntStream.range(0, 5)
                    .<Callable<Outcome<View<AccessRow>>>>mapToObj(i ->
                            () -> (i % 2 == 0 ? school.accesses : other).finish(newcomer, courses.get(i), true, false))
                    .toList());

            assertThat(outcomes)
                    .as("round %d", round)
                    .allSatisfy(o -> assertThat(o).isInstanceOf(Outcome.Done.class));
            assertThat(school.earned(newcomer)).containsExactly("5.00 of 5");
        }
        school.booksAreRight();
    }

    /** An access that expires while it is finished is one or the other. */
    @Databases
    void whatIsFinishedDoesNotExpire(Database database) {
        for (int round = 1; round <= ROUNDS; round++) {
            UUID course = school.started(student);
            UUID access = school.access(student, course).value().id();

            List<Outcome<View<AccessRow>>> outcomes = together(List.of(
                    () -> school.accesses.finish(student, course, true, false), () -> school.accesses.expire(access)));

            assertThat(outcomes)
                    .as("round %d", round)
                    .filteredOn(Outcome.Done.class::isInstance)
                    .hasSize(1);
        }
        school.booksAreRight();
    }

    /** credits-8: of two calls of a student within two seconds, at two nodes and for two courses, one is made. */
    @Databases
    void theLimitIsOneForAllNodes(Database database) {
        School limited = new School(own, new TestClock(), ZoneOffset.UTC, ONCE_IN_TWO_SECONDS);
        Accesses other = limited.otherNode(ONCE_IN_TWO_SECONDS);
        for (int round = 1; round <= ROUNDS; round++) {
            UUID newcomer = round % 2 == 0 ? student : UUID.randomUUID();
            List<UUID> courses = List.of(limited.started(newcomer), limited.started(newcomer));
            limited.clock.advance(Duration.ofSeconds(2));

            List<Outcome<View<AccessRow>>> outcomes = together(List.of(
                    () -> limited.accesses.finish(newcomer, courses.get(0), true, false),
                    () -> other.finish(newcomer, courses.get(1), true, false)));

            assertThat(outcomes)
                    .as("round %d", round)
                    .filteredOn(Outcome.Done.class::isInstance)
                    .hasSize(1);
            assertThat(outcomes)
                    .filteredOn(Outcome.Refused.class::isInstance)
                    .singleElement()
                    .satisfies(o -> assertThat(refused(o)).isEqualTo(new Refusal.RateLimited(newcomer, 1, 2, 2)));
        }
        limited.booksAreRight();
    }

    /** credits-8: a call that lasts longer than the window, and another that comes after the window and before its end. */
    @Databases
    void whoComesWhileALongCallLastsIsGrantedNothingMore(Database database) throws Exception {
        School limited = new School(own, new TestClock(), ZoneOffset.UTC, ONCE_IN_TWO_SECONDS);
        Accesses other = limited.otherNode(ONCE_IN_TWO_SECONDS);
        limited.finish(student, limited.started(student));
        UUID course = limited.started(student);
        limited.clock.advance(Duration.ofSeconds(2));
        List<Actors.Outcome<Outcome<View<AccessRow>>>> outcomes = new ArrayList<>();
        CountDownLatch asked = new CountDownLatch(1);

        try (Connection holder = own.connect()) {
            holder.setAutoCommit(false);
            try (var statement = holder.createStatement()) {
                // Whoever grants waits here, with all it has locked.
                statement.executeUpdate(
                        "UPDATE student_credit SET version = version WHERE student_id = '" + student + "'");
            }
            outcomes.addAll(Actors.run(
                    () -> limited.accesses.finish(student, course, true, false),
                    () -> {
                        limited.clock.advance(Duration.ofSeconds(3));
                        asked.countDown();
                        return other.finish(student, course, true, false);
                    },
                    () -> {
                        asked.await();
                        holder.rollback();
                        return Outcome.refused(new Refusal.CourseExpired(student));
                    }));
        }

        assertThat(outcomes.subList(0, 2))
                .extracting(Actors.Outcome::get)
                .filteredOn(Outcome.Done.class::isInstance)
                .hasSize(1);
        assertThat(limited.earned(student)).containsExactly("2.00 of 2");
        limited.booksAreRight();
    }

    private static List<Outcome<View<AccessRow>>> together(List<Callable<Outcome<View<AccessRow>>>> actors) {
        return Actors.run(Actors.DEADLINE, actors).stream()
                .map(Actors.Outcome::get)
                .toList();
    }
}
