package io.rowlock.app.credits;

import static io.rowlock.app.credits.School.done;
import static io.rowlock.app.credits.School.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.app.credits.CreditTables.AccessRow;
import io.rowlock.app.limit.LimitOptions;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.engines.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.UUID;

/** A student's way through a course, and what it earns. */
class AccessesTest {
    private final UUID student = UUID.randomUUID();

    @Databases
    void finishingOnTheDayOfTheStartEarnsACredit(Database database) {
        School school = new School(database);
        UUID course = school.started(student);
        school.clock.advance(Duration.ofMinutes(50));

        AccessRow access =
                done(school.accesses.finish(student, course, true, true)).value();

        assertThat(access.accessStatus()).isEqualTo(AccessStatus.ON_TIME_FINISHED);
        assertThat(access.finishedAt()).isEqualTo(school.clock.instant());
        assertThat(access.duration()).isEqualTo(3000);
        assertThat(access.msgProgress()).isEqualTo(100);
        assertThat(school.access(student, course).value()).isEqualTo(access);
        assertThat(school.access(student, course).version().number()).isEqualTo(3);
        CreditQueries.Earned earned = school.queries.earned(student, 10).get(0);
        assertThat(earned.applicationId()).isEqualTo(school.application);
        assertThat(earned.amount()).hasToString("1.00");
        assertThat(earned.bookings()).singleElement().satisfies(booking -> {
            assertThat(booking.objectId()).isEqualTo(course);
            assertThat(booking.type()).isEqualTo(6);
            assertThat(booking.changeCents()).isEqualTo(100);
            assertThat(booking.amountCents()).isEqualTo(100);
            assertThat(booking.remark()).contains("final test");
            assertThat(booking.createdAt()).isEqualTo(school.clock.instant());
        });
        school.booksAreRight();
    }

    @Databases
    void eachCourseEarnsOneMore(Database database) {
        School school = new School(database);
        for (int lesson = 1; lesson <= CreditTables.LESSONS_MAX; lesson++) {
            school.finish(student, school.started(student));
        }

        assertThat(school.earned(student)).containsExactly("12.00 of 12");
        assertThat(school.queries.earned(student, 3).get(0).bookings())
                .extracting(CreditTables.BookingRow::amountCents)
                .containsExactly(1200L, 1100L, 1000L);
        school.booksAreRight();
    }

    @Databases
    void onTheNextDayItIsLateAndEarnsNothing(Database database) {
        TestClock clock = new TestClock(Instant.parse("2025-01-31T15:30:00Z"));
        School shanghai = new School(database, clock, ZoneId.of("Asia/Shanghai"), LimitOptions.OFF);
        Accesses utc = shanghai.otherNode(LimitOptions.OFF);
        UUID there = shanghai.started(student);
        UUID here = shanghai.started(student);
        clock.advance(Duration.ofHours(1));

        assertThat(shanghai.finish(student, there).accessStatus()).isEqualTo(AccessStatus.LATE_FINISHED);
        assertThat(shanghai.earned(student)).isEmpty();
        assertThat(done(utc.finish(student, here, true, false)).value().accessStatus())
                .as("by UTC it is still the same day")
                .isEqualTo(AccessStatus.ON_TIME_FINISHED);
        assertThat(shanghai.earned(student)).containsExactly("1.00 of 1");
        assertThat(refused(shanghai.accesses.finish(student, there, true, false)))
                .isInstanceOfSatisfying(
                        Refusal.CourseAlreadyFinished.class,
                        already -> assertThat(already.status()).isEqualTo(AccessStatus.LATE_FINISHED));
        shanghai.booksAreRight();
    }

    @Databases
    void onlyWhatIsStartedCanBeFinished(Database database) {
        School school = new School(database);
        UUID course = school.course();

        assertThat(refused(school.accesses.finish(student, course, true, false)))
                .isEqualTo(Refusal.UnknownAccess.of(student, course));
        assertThat(refused(school.accesses.start(student, course)))
                .isEqualTo(Refusal.UnknownAccess.of(student, course));
        UUID access = done(school.accesses.open(student, course)).value().id();
        assertThat(refused(school.accesses.finish(student, course, true, false)))
                .isEqualTo(new Refusal.CourseNotStarted(access, AccessStatus.NOT_STARTED));
        Instant started = school.clock.instant();
        done(school.accesses.start(student, course));
        assertThat(refused(school.accesses.start(student, course)))
                .isEqualTo(new Refusal.CourseAlreadyStarted(access, started));
        school.finish(student, course);
        for (Outcome<?> again : List.of(
                school.accesses.finish(student, course, true, false),
                school.accesses.finish(student, course, false, false),
                school.accesses.start(student, course),
                school.accesses.expire(access))) {
            assertThat(refused(again))
                    .isEqualTo(new Refusal.CourseAlreadyFinished(access, AccessStatus.ON_TIME_FINISHED, started));
        }
        assertThat(school.earned(student)).containsExactly("1.00 of 1");
        school.booksAreRight();
    }

    @Databases
    void whatHasExpiredEarnsNothing(Database database) {
        School school = new School(database);
        UUID course = school.started(student);
        UUID access = school.access(student, course).value().id();

        assertThat(done(school.accesses.expire(access)).value().accessStatus()).isEqualTo(AccessStatus.EXPIRED);

        assertThat(refused(school.accesses.finish(student, course, true, false)))
                .isEqualTo(new Refusal.CourseExpired(access));
        assertThat(refused(school.accesses.start(student, course))).isEqualTo(new Refusal.CourseExpired(access));
        assertThat(refused(school.accesses.expire(access))).isEqualTo(new Refusal.CourseExpired(access));
        assertThat(refused(school.accesses.expire(student))).isEqualTo(Refusal.UnknownAccess.of(student));
        assertThat(school.earned(student)).isEmpty();
        school.booksAreRight();
    }

    @Databases
    void whatIsNotFinishedStaysAsItIs(Database database) {
        School school = new School(database);
        UUID course = school.started(student);
        var before = school.access(student, course);

        assertThat(done(school.accesses.finish(student, course, false, true))).isEqualTo(before);

        assertThat(school.access(student, course)).isEqualTo(before);
        assertThat(school.earned(student)).isEmpty();
    }

    /** Something else has booked and not marked it: nothing is booked again. */
    @Databases
    void aGrantThatIsInTheLedgerAlreadyIsNotMadeAgain(Database database) {
        School school = new School(database);
        UUID course = school.started(student);
        school.finish(student, course);
        database.execute(
                "UPDATE course_access SET status = 2, finished_at = NULL, version = version + 1 WHERE course_id = '"
                        + course + "'");

        assertThat(refused(school.accesses.finish(student, course, true, false)))
                .isInstanceOf(Refusal.CreditAlreadyGranted.class);

        assertThat(school.earned(student)).containsExactly("1.00 of 1");
        assertThat(school.wrong())
                .singleElement()
                .satisfies(finding -> assertThat(finding.check()).isEqualTo("granted-on-time"));
        database.execute(
                "DELETE FROM student_credit_transaction WHERE object_id = '" + course + "'",
                "DELETE FROM student_credit WHERE student_id = '" + student + "'");
    }

    @Databases
    void aLessonAndAnAccessAreThereOnce(Database database) {
        School school = new School(database);
        UUID course = school.course();
        UUID access = done(school.accesses.open(student, course)).value().id();

        assertThat(refused(school.accesses.open(student, course)))
                .isEqualTo(new Refusal.AccessExists(access, student, course));
        assertThat(refused(school.accesses.open(student, student))).isEqualTo(new Refusal.UnknownCourse(student));
        assertThat(refused(school.majors.addCourse(school.major(), 1, "Again")))
                .isEqualTo(new Refusal.LessonTaken(school.major(), 1, course));
        assertThat(refused(school.majors.addCourse(student, 1, "Nowhere")))
                .isEqualTo(new Refusal.UnknownMajor(student));
    }
}
