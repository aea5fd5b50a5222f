package io.rowlock.app.credits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowlock.DatabaseFailure;
import io.rowlock.RetriesExhausted;
import io.rowlock.app.credits.GrantRepair.Change;
import io.rowlock.app.credits.GrantRepair.Duplicate;
import io.rowlock.app.credits.GrantRepair.Report;
import io.rowlock.app.naive.NaiveCredits;
import io.rowlock.app.naive.NaiveCredits.Form;
import io.rowlock.dialect.Engine;
import io.rowlock.dialect.SqlFailure;
import io.rowlock.engines.Actors;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.engines.Eventually;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** credits-11: a ledger that was written without unique keys and has duplicates in it. */
class GrantRepairTest {
    private final UUID once = UUID.randomUUID();
    private final UUID twice = UUID.randomUUID();
    private final UUID split = UUID.randomUUID();
    private final UUID elsewhere = UUID.randomUUID();
    private final UUID lost = UUID.randomUUID();
    private final UUID missing = UUID.randomUUID();
    private final UUID application = UUID.randomUUID();

    @SuppressWarnings("NullAway.Init") // by open()
    private Database own;

    @SuppressWarnings("NullAway.Init") // by open()
    private School school;

    @SuppressWarnings("NullAway.Init") // by open()
    private GrantRepair repair;

    @BeforeEach
    void open(Database database) throws SQLException {
        own = Database.create(database.engine());
        school = new School(own);
        repair = new GrantRepair(school.rowlock, own.dataSource());
        assertThat(repair.keysMissing()).isEmpty();
        NaiveCredits.dropKeys(own.dataSource(), own.engine());
    }

    @AfterEach
    void close() {
        own.close();
    }

    /** As a writer without guards leaves it who is overtaken in the middle. */
    private void grantAgain(UUID student, UUID course, UUID application) throws SQLException {
        own.execute("UPDATE course_access SET status = 2, finished_at = NULL WHERE student_id = '" + student
                + "' AND course_id = '" + course + "'");
        assertThat(new NaiveCredits(own.dataSource(), own.engine(), Form.NO_LOCK, application).finish(student, course))
                .isTrue();
    }

    private UUID credit(UUID student, UUID application, long cents) {
        UUID credit = UUID.randomUUID();
        String now =
                own.engine() == Engine.SQLITE ? "'2025-02-01T00:00:00.000000Z'" : "TIMESTAMP '2025-02-01 00:00:00'";
        own.execute("INSERT INTO student_credit (id, application_id, student_id, amount_cents, created_at, updated_at)"
                + " VALUES ('" + credit + "', '" + application + "', '" + student + "', " + cents + ", " + now + ", "
                + now + ")");
        return credit;
    }

    private UUID makeDirty() throws SQLException {
        school.finish(once, school.started(once));
        UUID course = school.started(twice);
        school.finish(twice, course);
        grantAgain(twice, course, school.application);
        grantAgain(twice, course, school.application);
        school.finish(twice, school.started(twice));
        // Two credits of a student, each with a part of the amount.
        school.finish(split, school.started(split));
        UUID younger = credit(split, school.application, 50);
        own.execute("UPDATE student_credit_transaction SET credit_id = '" + younger + "' WHERE student_id = '" + split
                + "'");
        // Booked in another application first, then in that of the course's major.
        UUID course2 = school.started(elsewhere);
        grantAgain(elsewhere, course2, application);
        grantAgain(elsewhere, course2, school.application);
        // An addition was lost; a credit that is not there.
        school.finish(lost, school.started(lost));
        own.execute("UPDATE student_credit SET amount_cents = 0 WHERE student_id = '" + lost + "'");
        school.finish(missing, school.started(missing));
        own.execute("DELETE FROM student_credit WHERE student_id = '" + missing + "'");
        return course;
    }

    @Databases
    void whatWasBookedTwiceIsTakenAwayAndTheKeysAreAdded(Database database) throws SQLException {
        UUID course = makeDirty();
        assertThat(school.wrong())
                .extracting(finding -> finding.check())
                .contains("one-grant", "one-credit", "amount-sum", "booking-credit", "grant-application");

        assertThat(repair.duplicates(10))
                .hasSize(2)
                .first()
                .isEqualTo(new Duplicate(twice, course, CreditTables.SAME_DAY, 3));
        assertThat(repair.duplicates(1)).hasSize(1);
        List<String> before = school.copy();
        Report plan = repair.plan();
        assertThat(school.copy()).as("a dry run changes nothing").isEqualTo(before);
        assertThat(repair.keysMissing()).containsExactly("student_credit_owner", "student_credit_transaction_once");

        Report done = repair.run();

        assertThat(done.changes()).containsExactlyInAnyOrderElementsOf(plan.changes());
        assertThat(List.of(done.students(), done.bookingsRemoved(), done.creditsRemoved(), done.amountsChanged()))
                .containsExactly(5, 3, 1, 5)
                .isEqualTo(
                        List.of(plan.students(), plan.bookingsRemoved(), plan.creditsRemoved(), plan.amountsChanged()));
        assertThat(plan.dryRun()).isTrue();
        assertThat(plan.complete()).isFalse();
        assertThat(done.dryRun()).isFalse();
        assertThat(done.complete()).isTrue();
        assertThat(done.keysAdded())
                .isEqualTo(plan.keysAdded())
                .containsExactly("student_credit_owner", "student_credit_transaction_once");
        assertThat(done.changes())
                .contains(
                        new Change(twice, school.application, 2, 1, 0, 0, "4.00", "2.00"),
                        new Change(elsewhere, application, 1, 0, 0, 0, "1.00", "0.00"),
                        new Change(lost, school.application, 0, 0, 0, 0, "0.00", "1.00"),
                        new Change(missing, school.application, 0, 1, 0, 1, "0.00", "1.00"),
                        new Change(split, school.application, 0, 1, 1, 0, "1.50", "1.00"));
        assertThat(school.earned(once)).containsExactly("1.00 of 1");
        assertThat(school.earned(twice)).containsExactly("2.00 of 2");
        school.booksAreRight();
    }

    @Databases
    void aSecondRunChangesNothing(Database database) throws SQLException {
        makeDirty();
        assertThat(repair.run().complete()).isTrue();
        List<String> after = school.copy();

        Report again = repair.run();

        assertThat(again).isEqualTo(new Report(false, 0, 0, 0, 0, List.of(), true, List.of()));
        assertThat(repair.plan()).isEqualTo(new Report(true, 0, 0, 0, 0, List.of(), true, List.of()));
        assertThat(school.copy()).isEqualTo(after);
        assertThat(repair.duplicates(10)).isEmpty();
    }

    @Databases
    void afterwardsTheDatabaseItselfRefusesADuplicate(Database database) throws SQLException {
        UUID course = makeDirty();
        assertThat(repair.run().complete()).isTrue();

        assertThatThrownBy(() -> grantAgain(twice, course, school.application))
                .isInstanceOfSatisfying(
                        SQLException.class,
                        refused -> assertThat(
                                        SqlFailure.of(own.engine(), refused).kind())
                                .isEqualTo(SqlFailure.Kind.UNIQUE));
        assertThatThrownBy(() -> school.rowlock.<Boolean, DatabaseFailure>transact(tx -> {
                    tx.execute("UPDATE student_credit SET student_id = ?", once).expect(1);
                    return true;
                }))
                .isInstanceOfSatisfying(
                        DatabaseFailure.class,
                        refused -> assertThat(refused.kind()).isEqualTo(SqlFailure.Kind.UNIQUE));
    }

    /** Which of a student's two credits is meant nobody can say before they are repaired: until then it is contention. */
    private static void finishInTheEnd(Accesses accesses, UUID student, UUID course) {
        Eventually.until("the course is finished", Actors.DEADLINE, () -> {
            try {
                School.done(accesses.finish(student, course, true, false));
                return true;
            } catch (RetriesExhausted contended) {
                return false;
            }
        });
    }

    /** The service finishes courses, two repairs run, and the writer without guards has not ended yet. */
    @Databases
    void itIsSafeWhileTheServiceRuns(Database database) throws SQLException {
        makeDirty();
        List<UUID> students = List.of(once, twice, split, lost);
        List<List<UUID>> courses = new ArrayList<>();
        for (UUID student : students) {
            List<UUID> started = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                started.add(school.started(student));
            }
            courses.add(started);
        }
        Accesses other = school.otherNode(io.rowlock.app.limit.LimitOptions.OFF);
        AtomicBoolean complete = new AtomicBoolean(true);
        List<Callable<Boolean>> actors = new ArrayList<>();
        for (int s = 0; s < students.size(); s++) {
            UUID student = students.get(s);
            List<UUID> mine = courses.get(s);
            actors.add(() -> {
                for (UUID course : mine) {
                    finishInTheEnd(course.hashCode() % 2 == 0 ? other : school.accesses, student, course);
                }
                return true;
            });
        }
        for (int i = 0; i < 2; i++) {
            actors.add(() -> {
                if (!repair.run().complete()) {
                    complete.set(false);
                }
                return true;
            });
        }

        assertThat(Actors.run(Actors.DEADLINE, actors))
                .allSatisfy(o -> assertThat(o.get()).isTrue());

        assertThat(repair.run().complete()).isTrue();
        assertThat(repair.keysMissing()).isEmpty();
        assertThat(school.earned(once)).containsExactly("9.00 of 9");
        assertThat(school.earned(twice)).containsExactly("10.00 of 10");
        assertThat(school.earned(split)).containsExactly("9.00 of 9");
        assertThat(school.earned(lost)).containsExactly("9.00 of 9");
        school.booksAreRight();
    }
}
