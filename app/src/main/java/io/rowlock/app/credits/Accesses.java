package io.rowlock.app.credits;

import static io.rowlock.app.credits.CreditTables.ACCESSES;
import static io.rowlock.app.credits.CreditTables.ACCESSES_BY_ID;
import static io.rowlock.app.credits.CreditTables.BOOKINGS;
import static io.rowlock.app.credits.CreditTables.COURSES;
import static io.rowlock.app.credits.CreditTables.CREDITS;
import static io.rowlock.app.credits.CreditTables.MAJORS;
import static io.rowlock.app.credits.CreditTables.SAME_DAY;
import static io.rowlock.app.credits.CreditTables.view;
import static io.rowlock.app.credits.Outcome.done;
import static io.rowlock.app.credits.Outcome.refused;

import io.rowlock.Row;
import io.rowlock.Rowlock;
import io.rowlock.Tx;
import io.rowlock.Unit;
import io.rowlock.View;
import io.rowlock.app.credits.CreditTables.AccessKey;
import io.rowlock.app.credits.CreditTables.AccessRow;
import io.rowlock.app.credits.CreditTables.BookingKey;
import io.rowlock.app.credits.CreditTables.BookingRow;
import io.rowlock.app.credits.CreditTables.CourseRow;
import io.rowlock.app.credits.CreditTables.CreditKey;
import io.rowlock.app.credits.CreditTables.CreditRow;
import io.rowlock.app.credits.CreditTables.MajorRow;
import io.rowlock.app.limit.CallLimit;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import java.util.UUID;

/**
 * A student's way through a course: opened, started, finished.
 *
 * <p>Each step locks the access first and decides on what that locking read answered: it is the access that says whether
 * something may happen, so it is the access that has to be held. What follows from the decision (the credit, the ledger) is
 * read optimistically and checked at commit, absence included: two courses that are finished at once for a student who has no
 * credit yet both insert one, the unique key refuses the second, and its unit runs again and finds the first.
 *
 * <p>Safe for use by many threads.
 */
final class Accesses {
    private static final Unit OPEN = Unit.named("credits-open-access");
    private static final Unit START = Unit.named("credits-start");
    private static final Unit FINISH = Unit.named("credits-finish");
    private static final Unit EXPIRE = Unit.named("credits-expire");

    private final Rowlock rowlock;
    private final ZoneId zone;
    private final CallLimit limit;

    /**
     * @param zone where a day begins and ends
     * @param limit how often a student may report that a course is finished
     */
    Accesses(Rowlock rowlock, ZoneId zone, CallLimit limit) {
        this.rowlock = rowlock;
        this.zone = zone;
        this.limit = limit;
    }

    /** Lets a student take a course. */
    Outcome<View<AccessRow>> open(UUID studentId, UUID courseId) {
        return rowlock.transact(OPEN, tx -> {
            Optional<Row<CourseRow>> course = tx.read(COURSES, courseId);
            if (course.isEmpty()) {
                return refused(new Refusal.UnknownCourse(courseId));
            }
            // Read and inserted under the same key: if somebody else is faster, the unit runs again and finds it here.
            Optional<Row<AccessRow>> there = tx.read(ACCESSES, new AccessKey(studentId, courseId));
            if (there.isPresent()) {
                return refused(new Refusal.AccessExists(there.get().value().id(), studentId, courseId));
            }
            AccessRow access = AccessRow.opened(tx.newId("access"), course.get().value(), studentId, tx.now());
            return done(view(tx.insert(ACCESSES, access)));
        });
    }

    /** Starts a course; its day is the one on which this happens. */
    Outcome<View<AccessRow>> start(UUID studentId, UUID courseId) {
        return rowlock.transact(START, tx -> {
            Optional<Row<AccessRow>> found = tx.lock(ACCESSES, new AccessKey(studentId, courseId));
            if (found.isEmpty()) {
                return refused(Refusal.UnknownAccess.of(studentId, courseId));
            }
            AccessRow access = found.get().value();
            return switch (access.accessStatus()) {
                case NOT_STARTED -> done(view(tx.update(found.get(), a -> a.started(tx.now()))));
                case STARTED -> refused(new Refusal.CourseAlreadyStarted(access.id(), access.startedAt()));
                case LATE_FINISHED, ON_TIME_FINISHED -> refused(alreadyFinished(access));
                case EXPIRED -> refused(new Refusal.CourseExpired(access.id()));
            };
        });
    }

    /** Ends an access that was not finished: nothing can be earned by it any more. */
    Outcome<View<AccessRow>> expire(UUID accessId) {
        return rowlock.transact(EXPIRE, tx -> {
            Optional<Row<AccessRow>> found = tx.lock(ACCESSES_BY_ID, accessId);
            if (found.isEmpty()) {
                return refused(Refusal.UnknownAccess.of(accessId));
            }
            AccessRow access = found.get().value();
            return switch (access.accessStatus()) {
                case NOT_STARTED, STARTED -> done(view(tx.update(found.get(), a -> a.expired(tx.now()))));
                case LATE_FINISHED, ON_TIME_FINISHED -> refused(alreadyFinished(access));
                case EXPIRED -> refused(new Refusal.CourseExpired(access.id()));
            };
        });
    }

    /**
     * Takes note that a student has been through a course. A course that is finished on the day it was started is finished on
     * time and earns a credit; status, time, ledger and amount change in one commit, or none of them does.
     *
     * @param finished whether the student has been through all of it; if not, nothing changes
     * @param finalTest whether it ended with its final test; the ledger notes it
     * @return the access as it now is
     */
    Outcome<View<AccessRow>> finish(UUID studentId, UUID courseId, boolean finished, boolean finalTest) {
        String subject = "finish:" + studentId;
        return rowlock.transact(FINISH, tx -> {
            Optional<CallLimit.Exceeded> hurried = limit.exceeded(tx, subject);
            if (hurried.isPresent()) {
                return refused(limited(studentId, hurried.get()));
            }
            Optional<Row<AccessRow>> found = tx.lock(ACCESSES, new AccessKey(studentId, courseId));
            if (found.isEmpty()) {
                return refused(Refusal.UnknownAccess.of(studentId, courseId));
            }
            hurried = limit.count(tx, subject);
            if (hurried.isPresent()) {
                return refused(limited(studentId, hurried.get()));
            }
            AccessRow access = found.get().value();
            return switch (access.accessStatus()) {
                case STARTED -> finished ? finish(tx, found.get(), finalTest) : done(view(found.get()));
                case NOT_STARTED -> refused(new Refusal.CourseNotStarted(access.id(), access.accessStatus()));
                case LATE_FINISHED, ON_TIME_FINISHED -> refused(alreadyFinished(access));
                case EXPIRED -> refused(new Refusal.CourseExpired(access.id()));
            };
        });
    }

    private Outcome<View<AccessRow>> finish(Tx tx, Row<AccessRow> held, boolean finalTest) {
        AccessRow access = held.value().finished(tx.now(), zone);
        if (access.accessStatus() == AccessStatus.ON_TIME_FINISHED) {
            Optional<Row<BookingRow>> granted =
                    tx.read(BOOKINGS, new BookingKey(access.studentId(), access.courseId(), SAME_DAY));
            if (granted.isPresent()) {
                BookingRow booking = granted.get().value();
                return refused(new Refusal.CreditAlreadyGranted(access.id(), booking.id(), booking.createdAt()));
            }
            grant(tx, access, finalTest);
        }
        return done(view(tx.update(held, before -> access)));
    }

    private static void grant(Tx tx, AccessRow access, boolean finalTest) {
        MajorRow major = tx.read(MAJORS, access.majorId()).orElseThrow().value();
        Instant now = tx.now();
        CreditKey owner = new CreditKey(access.studentId(), major.applicationId());
        Row<CreditRow> credit = tx.read(CREDITS, owner)
                .map(row -> tx.update(row, c -> c.withAmount(c.amount().plus(Credit.GRANT), now)))
                .orElseGet(() -> tx.insert(
                        CREDITS,
                        new CreditRow(
                                tx.newId("credit"),
                                owner.applicationId(),
                                owner.studentId(),
                                Credit.GRANT.cents(),
                                now,
                                now)));
        tx.insert(
                BOOKINGS,
                new BookingRow(
                        tx.newId("booking"),
                        owner.applicationId(),
                        owner.studentId(),
                        credit.value().id(),
                        access.courseId(),
                        Credit.GRANT.cents(),
                        credit.value().amountCents(),
                        SAME_DAY,
                        finalTest ? "Finished on its day, with the final test" : "Finished on its day",
                        now));
    }

    private static Refusal alreadyFinished(AccessRow access) {
        return new Refusal.CourseAlreadyFinished(access.id(), access.accessStatus(), access.finishedAt());
    }

    private static Refusal limited(UUID studentId, CallLimit.Exceeded exceeded) {
        return new Refusal.RateLimited(
                studentId, exceeded.max(), exceeded.windowSeconds(), exceeded.retryAfterSeconds());
    }
}
