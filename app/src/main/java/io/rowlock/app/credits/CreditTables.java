package io.rowlock.app.credits;

import io.rowlock.Row;
import io.rowlock.Table;
import io.rowlock.View;
import io.rowlock.app.limit.CallLimit;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The tables as the units see them; {@code db/migration} has their SQL. */
final class CreditTables {
    /** The type of a booking that finishing a course on its day makes. */
    static final int SAME_DAY = 6;

    /** How many courses a major has at the most, one a lesson. */
    static final int LESSONS_MAX = 12;

    private static final int COMPLETE = 100;

    /** What belongs together; credits are kept for its application. Never changed. */
    record MajorRow(UUID id, UUID applicationId, String name, Instant createdAt) {}

    /** One lesson of a major. Never changed. */
    record CourseRow(UUID id, UUID majorId, int lesson, String name, Instant createdAt) {}

    /** Which lesson of which major. */
    record LessonKey(UUID majorId, int lesson) {}

    /**
     * A student's way through a course.
     *
     * @param status the number of an {@link AccessStatus}
     * @param msgBatchId of the messages that the course was sent in, by whoever sends them
     * @param msgProgress percent
     * @param duration seconds from the start to the end
     */
    record AccessRow(
            UUID id,
            UUID majorId,
            UUID courseId,
            UUID studentId,
            int status,
            @Nullable Instant startedAt,
            @Nullable Instant finishedAt,
            @Nullable UUID msgBatchId,
            int msgProgress,
            @Nullable Long duration,
            Instant createdAt,
            Instant updatedAt) {

        static AccessRow opened(UUID id, CourseRow course, UUID studentId, Instant now) {
            return new AccessRow(
                    id,
                    course.majorId(),
                    course.id(),
                    studentId,
                    AccessStatus.NOT_STARTED.number(),
                    null,
                    null,
                    null,
                    0,
                    null,
                    now,
                    now);
        }

        AccessStatus accessStatus() {
            return AccessStatus.of(status);
        }

        AccessRow started(Instant now) {
            return with(AccessStatus.STARTED, now, null, msgProgress, null, now);
        }

        AccessRow expired(Instant now) {
            return with(AccessStatus.EXPIRED, startedAt, null, msgProgress, null, now);
        }

        /** Finished: on time on the day it was started, late on any day after it. Days begin at midnight in the zone. */
        AccessRow finished(Instant now, ZoneId zone) {
            Instant began = startedAt == null ? now : startedAt;
            LocalDate day = LocalDate.ofInstant(began, zone);
            boolean onTime = !LocalDate.ofInstant(now, zone).isAfter(day);
            // Clocks of two instances may differ: nobody finishes before they began.
            long seconds = Math.max(0, Duration.between(began, now).toSeconds());
            return with(
                    onTime ? AccessStatus.ON_TIME_FINISHED : AccessStatus.LATE_FINISHED,
                    began,
                    now,
                    COMPLETE,
                    seconds,
                    now);
        }

        private AccessRow with(
                AccessStatus status,
                @Nullable Instant startedAt,
                @Nullable Instant finishedAt,
                int progress,
                @Nullable Long duration,
                Instant now) {
            return new AccessRow(
                    id,
                    majorId,
                    courseId,
                    studentId,
                    status.number(),
                    startedAt,
                    finishedAt,
                    msgBatchId,
                    progress,
                    duration,
                    createdAt,
                    now);
        }
    }

    /** Whose access to what. */
    record AccessKey(UUID studentId, UUID courseId) {}

    /** What a student has earned in an application. */
    record CreditRow(
            UUID id, UUID applicationId, UUID studentId, long amountCents, Instant createdAt, Instant updatedAt) {
        Credit amount() {
            return new Credit(amountCents);
        }

        CreditRow withAmount(Credit amount, Instant now) {
            return new CreditRow(id, applicationId, studentId, amount.cents(), createdAt, now);
        }
    }

    /** Whose credit, and where. */
    record CreditKey(UUID studentId, UUID applicationId) {}

    /**
     * One booking of the ledger; never changed once made.
     *
     * @param creditId the credit it was booked on; bookings of old may not name it
     * @param objectId the course
     * @param amountCents of the credit after it
     */
    record BookingRow(
            UUID id,
            UUID applicationId,
            UUID studentId,
            @Nullable UUID creditId,
            UUID objectId,
            long changeCents,
            long amountCents,
            int type,
            @Nullable String remark,
            Instant createdAt) {}

    /** What can be booked once. */
    record BookingKey(UUID studentId, UUID objectId, int type) {}

    static final Table<MajorRow, UUID> MAJORS =
            Table.of("major", MajorRow.class).key("id", UUID.class).build();

    static final Table<CourseRow, UUID> COURSES =
            Table.of("course", CourseRow.class).key("id", UUID.class).build();

    static final Table<CourseRow, LessonKey> LESSONS =
            Table.of("course", CourseRow.class).key(LessonKey.class).build();

    static final Table<AccessRow, AccessKey> ACCESSES =
            Table.of("course_access", AccessRow.class).key(AccessKey.class).build();

    static final Table<AccessRow, UUID> ACCESSES_BY_ID =
            Table.of("course_access", AccessRow.class).key("id", UUID.class).build();

    static final Table<CreditRow, CreditKey> CREDITS =
            Table.of("student_credit", CreditRow.class).key(CreditKey.class).build();

    static final Table<BookingRow, BookingKey> BOOKINGS = Table.of("student_credit_transaction", BookingRow.class)
            .key(BookingKey.class)
            .build();

    static final Table<BookingRow, UUID> BOOKINGS_BY_ID = Table.of("student_credit_transaction", BookingRow.class)
            .key("id", UUID.class)
            .build();

    /** Parents before children, the deciding row before what it decides on: every unit locks and writes in this order. */
    static final List<Table<?, ?>> ORDER = List.of(
            MAJORS, COURSES, LESSONS, ACCESSES, ACCESSES_BY_ID, CREDITS, BOOKINGS, BOOKINGS_BY_ID, CallLimit.TABLE);

    /** A row as something to show. */
    static <T> View<T> view(Row<T> row) {
        return new View<>(row.value(), row.version());
    }

    private CreditTables() {}
}
