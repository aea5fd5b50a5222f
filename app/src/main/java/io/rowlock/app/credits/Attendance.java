package io.rowlock.app.credits;

import io.rowlock.RetriesExhausted;
import io.rowlock.Rowlock;
import io.rowlock.RowlockBuilder;
import io.rowlock.Table;
import io.rowlock.View;
import io.rowlock.app.credits.CreditTables.AccessRow;
import io.rowlock.app.limit.CallLimit;
import io.rowlock.app.limit.LimitOptions;
import io.rowlock.app.races.Stand;
import io.rowlock.lab.Scenario;
import java.time.ZoneOffset;
import java.util.UUID;

/** A student in the middle of courses, on a stand with no other credits: what races of the service begin with. */
final class Attendance {
    static final UUID STUDENT = new UUID(0, 1001);
    private static final UUID APPLICATION = new UUID(0, 1);

    /** Amounts, bookings and courses, without ids and times. */
    private static final String[] STATE = {
        "SELECT application_id, amount_cents FROM student_credit ORDER BY application_id, amount_cents",
        "SELECT c.lesson, t.change_cents, t.amount_cents FROM student_credit_transaction t"
                + " JOIN course c ON c.id = t.object_id ORDER BY c.major_id, c.lesson, t.amount_cents",
        "SELECT c.lesson, a.status FROM course_access a JOIN course c ON c.id = a.course_id ORDER BY c.major_id, c.lesson"
    };

    private final Stand stand;
    private final Majors majors;
    private final Accesses accesses;
    private final UUID major;
    private int lessons;

    /** Clears the tables of the credits, and makes a major. */
    Attendance(Stand stand) {
        this.stand = stand;
        stand.execute(
                "DELETE FROM student_credit_transaction",
                "DELETE FROM student_credit",
                "DELETE FROM course_access",
                "DELETE FROM course",
                "DELETE FROM major",
                "DELETE FROM rate_limits WHERE subject = 'finish:" + STUDENT + "'");
        Rowlock rowlock = inOrder(stand.setUp());
        majors = new Majors(rowlock);
        accesses = service(rowlock, LimitOptions.OFF);
        major = majors.create(APPLICATION, "Databases").id();
    }

    private static Rowlock inOrder(RowlockBuilder builder) {
        return builder.order(CreditTables.ORDER.toArray(Table<?, ?>[]::new)).build();
    }

    private static Accesses service(Rowlock rowlock, LimitOptions limit) {
        return new Accesses(rowlock, ZoneOffset.UTC, new CallLimit(limit));
    }

    /** What the student has started. */
    record Started(UUID course, UUID access) {}

    Started started() {
        lessons++;
        UUID course =
                orThrow(majors.addCourse(major, lessons, "Lesson " + lessons)).id();
        UUID access = orThrow(accesses.open(STUDENT, course)).value().id();
        AccessRow unused = orThrow(accesses.start(STUDENT, course)).value();
        return new Started(course, access);
    }

    /** Earns a first credit. */
    Attendance earned() {
        AccessRow unused = orThrow(accesses.finish(STUDENT, started().course(), true, false))
                .value();
        return this;
    }

    private static <T> T orThrow(Outcome<T> outcome) {
        return outcome.fold(done -> done, refusal -> {
            throw new IllegalStateException("Not set up (refusal=" + refusal + ")");
        });
    }

    /** A node of the service. */
    static Rowlock rowlock(Stand stand, int node) {
        return inOrder(stand.node(node));
    }

    /** A scenario that begins here, without actors. */
    Scenario scenario(String name) {
        return stand.asItIs(name).state(STATE).contention(RetriesExhausted.class::isInstance);
    }

    /** A report that a course is finished, to a node of the service that has just begun. */
    String finish(int node, Started started) {
        return finish(rowlock(stand, node), started, LimitOptions.OFF);
    }

    /** As the other, where reports are limited. */
    String finish(int node, Started started, LimitOptions limit) {
        return finish(rowlock(stand, node), started, limit);
    }

    static String finish(Rowlock rowlock, Started started, LimitOptions limit) {
        return told(service(rowlock, limit).finish(STUDENT, started.course(), true, false));
    }

    /** The end of what the student has not finished. */
    String expire(int node, Started started) {
        return told(service(rowlock(stand, node), LimitOptions.OFF).expire(started.access()));
    }

    private static String told(Outcome<View<AccessRow>> outcome) {
        return outcome.fold(
                done -> done.value().accessStatus().name(),
                refusal -> refusal.getClass().getSimpleName());
    }
}
