package io.rowlock.app.credits;

import static io.rowlock.app.credits.CreditTables.ACCESSES_BY_ID;
import static io.rowlock.app.credits.CreditTables.BOOKINGS_BY_ID;
import static io.rowlock.app.credits.CreditTables.COURSES;
import static io.rowlock.app.credits.CreditTables.MAJORS;

import io.rowlock.ReadTx;
import io.rowlock.Rowlock;
import io.rowlock.Table;
import io.rowlock.Unit;
import io.rowlock.View;
import io.rowlock.app.credits.CreditTables.AccessRow;
import io.rowlock.app.credits.CreditTables.BookingRow;
import io.rowlock.app.credits.CreditTables.CourseRow;
import io.rowlock.app.credits.CreditTables.CreditKey;
import io.rowlock.app.credits.CreditTables.CreditRow;
import io.rowlock.app.credits.CreditTables.MajorRow;
import io.rowlock.app.sql.Sql;
import io.rowlock.dialect.Isolation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What can be looked at. Nothing here takes a lock, and nothing it answers can be written back. Safe for use by many threads.
 */
final class CreditQueries {
    private static final Unit LOOK = Unit.named("credits-look");
    private static final Unit LIST = Unit.named("credits-list");
    /** Amounts and bookings that are shown together are of one moment. */
    private static final Unit BOOKS = Unit.named("credits-books").withIsolation(Isolation.REPEATABLE_READ);

    private final Rowlock rowlock;

    CreditQueries(Rowlock rowlock) {
        this.rowlock = rowlock;
    }

    /** A major and its courses in the order of their lessons. */
    record MajorCourses(MajorRow major, List<CourseRow> courses) {}

    Optional<MajorCourses> major(UUID id) {
        return rowlock.read(
                LOOK,
                tx -> tx.peek(MAJORS, id)
                        .map(major ->
                                new MajorCourses(major.value(), values(peekAll(tx, COURSES, Sql.ids(tx, """
                                SELECT id
                                  FROM course
                                 WHERE major_id = ?
                                 ORDER BY lesson, id""", id))))));
    }

    List<MajorRow> majors(int limit) {
        return rowlock.read(LIST, tx -> values(peekAll(tx, MAJORS, Sql.ids(tx, """
                        SELECT id
                          FROM major
                         ORDER BY created_at DESC, id
                         LIMIT ?""", limit))));
    }

    Optional<CourseRow> course(UUID id) {
        return rowlock.read(LOOK, tx -> tx.peek(COURSES, id).map(View::value));
    }

    Optional<View<AccessRow>> access(UUID id) {
        return rowlock.read(LOOK, tx -> tx.peek(ACCESSES_BY_ID, id));
    }

    /** A student's accesses, newest first. */
    List<View<AccessRow>> accesses(UUID studentId, int limit) {
        return rowlock.read(LIST, tx -> peekAll(tx, ACCESSES_BY_ID, Sql.ids(tx, """
                        SELECT id
                          FROM course_access
                         WHERE student_id = ?
                         ORDER BY created_at DESC, id
                         LIMIT ?""", studentId, limit)));
    }

    /** What a student has earned in an application, with the bookings that it came of, newest first. */
    record Earned(UUID applicationId, Credit amount, List<BookingRow> bookings) {}

    /**
     * What a student has earned, by application; nothing for somebody who has earned nothing.
     *
     * @param limit how many bookings of each application at the most
     */
    List<Earned> earned(UUID studentId, int limit) {
        return rowlock.read(
                BOOKS,
                tx -> Sql.ids(tx, """
                        SELECT application_id
                          FROM student_credit
                         WHERE student_id = ?
                         ORDER BY created_at, id""", studentId).stream()
                        .flatMap(application ->
                                tx.peek(CreditTables.CREDITS, new CreditKey(studentId, application)).stream())
                        .map(View::value)
                        .map(credit -> earned(tx, credit, limit))
                        .toList());
    }

    private static Earned earned(ReadTx tx, CreditRow credit, int limit) {
        return new Earned(
                credit.applicationId(),
                credit.amount(),
                values(peekAll(
                        tx, BOOKINGS_BY_ID, Sql.ids(tx, """
                        SELECT id
                          FROM student_credit_transaction
                         WHERE student_id = ? AND application_id = ?
                         ORDER BY amount_cents DESC, created_at DESC, id
                         LIMIT ?""", credit.studentId(), credit.applicationId(), limit))));
    }

    private static <T> List<View<T>> peekAll(ReadTx tx, Table<T, UUID> table, List<UUID> ids) {
        return new ArrayList<>(tx.peekAll(table, ids).values());
    }

    private static <T> List<T> values(List<View<T>> views) {
        return views.stream().map(View::value).toList();
    }
}
