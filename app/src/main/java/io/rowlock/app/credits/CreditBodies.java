package io.rowlock.app.credits;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.rowlock.View;
import io.rowlock.app.audit.Finding;
import io.rowlock.app.credits.CreditQueries.Earned;
import io.rowlock.app.credits.CreditQueries.MajorCourses;
import io.rowlock.app.credits.CreditTables.AccessRow;
import io.rowlock.app.credits.CreditTables.BookingRow;
import io.rowlock.app.credits.CreditTables.CourseRow;
import io.rowlock.app.credits.CreditTables.MajorRow;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The JSON bodies of the credits. Messages of constraints say what has to stand there. */
final class CreditBodies {
    /** Text without control characters and half characters, which not every database can store. */
    static final String TEXT = "[^\\p{Cntrl}\\p{Cs}]*";

    static final int LIMIT_MAX = 500;
    static final String LIMIT = "a whole number from 1 to 500";

    private static final String LESSON = "a whole number from 1 to 12";
    private static final String SAMPLE_STUDENT = "00000000-0000-4000-8000-000000001001";
    private static final String SAMPLE_COURSE = "00000000-0000-4000-8000-000000001201";

    @Schema(name = "NewMajor")
    record NewMajor(
            @Schema(description = "The application for which its students earn credit")
            @NotNull(message = "the id of an application")
            UUID applicationId,

            @Schema(example = "Databases")
            @NotNull(message = "a name")
            @Pattern(regexp = TEXT, message = "text without control characters")
            @Size(min = 1, max = 200, message = "1 to 200 characters")
            String name) {}

    @Schema(name = "NewCourse")
    record NewCourse(
            @NotNull(message = "the id of a major") UUID majorId,

            @Schema(example = "1", description = "Which of the twelve lessons of the major it is")
            @NotNull(message = LESSON)
            @Min(value = 1, message = LESSON)
            @Max(value = CreditTables.LESSONS_MAX, message = LESSON)
            Integer lesson,

            @Schema(example = "Isolation")
            @NotNull(message = "a name")
            @Pattern(regexp = TEXT, message = "text without control characters")
            @Size(min = 1, max = 200, message = "1 to 200 characters")
            String name) {}

    @Schema(name = "StudentCourse", description = "Who, and which course")
    record StudentCourse(
            @Schema(example = SAMPLE_STUDENT) @NotNull(message = "the id of a student")
            UUID studentId,

            @Schema(example = SAMPLE_COURSE) @NotNull(message = "the id of a course")
            UUID courseId) {}

    @Schema(name = "CourseFinish")
    record Finish(
            @Schema(example = SAMPLE_STUDENT) @NotNull(message = "the id of a student")
            UUID studentId,

            @Schema(example = SAMPLE_COURSE) @NotNull(message = "the id of a course")
            UUID courseId,

            @JsonProperty("isFinished")
            @Schema(description = "Whether the student has been through all of it; if not, nothing changes")
            @NotNull(message = "true or false")
            Boolean isFinished,

            @JsonProperty("isFinalTest")
            @Schema(description = "Whether it ended with its final test, for the ledger; false if left out")
            @Nullable
            Boolean isFinalTest) {}

    @Schema(name = "CreditRepair")
    record Repair(
            @Schema(description = "Whether to say what would be changed and change nothing; true if left out") @Nullable
            Boolean dryRun) {}

    @Schema(name = "Major")
    record Major(UUID id, UUID applicationId, String name, Instant createdAt) {
        static Major of(MajorRow row) {
            return new Major(row.id(), row.applicationId(), row.name(), row.createdAt());
        }
    }

    @Schema(name = "MajorCourses", description = "A major and its courses")
    record WithCourses(UUID id, UUID applicationId, String name, Instant createdAt, List<Course> courses) {
        static WithCourses of(MajorCourses found) {
            MajorRow row = found.major();
            return new WithCourses(
                    row.id(),
                    row.applicationId(),
                    row.name(),
                    row.createdAt(),
                    found.courses().stream().map(Course::of).toList());
        }
    }

    @Schema(name = "Course")
    record Course(UUID id, UUID majorId, int lesson, String name, Instant createdAt) {
        static Course of(CourseRow row) {
            return new Course(row.id(), row.majorId(), row.lesson(), row.name(), row.createdAt());
        }
    }

    @Schema(name = "CourseAccess", description = "How a student stands with a course")
    record Access(
            UUID id,
            UUID majorId,
            UUID courseId,
            UUID studentId,
            AccessStatus status,
            @Nullable Instant startedAt,
            @Nullable Instant finishedAt,

            @Schema(description = "The messages the course is sent in, if whoever sends them has said so") @Nullable
            UUID msgBatchId,

            @Schema(description = "Percent") int msgProgress,

            @Schema(description = "Seconds from the start to the end") @Nullable
            Long duration,

            Instant createdAt,
            Instant updatedAt,

            @Schema(description = "Counts the changes of this access")
            long version) {

        static Access of(View<AccessRow> view) {
            AccessRow row = view.value();
            return new Access(
                    row.id(),
                    row.majorId(),
                    row.courseId(),
                    row.studentId(),
                    row.accessStatus(),
                    row.startedAt(),
                    row.finishedAt(),
                    row.msgBatchId(),
                    row.msgProgress(),
                    row.duration(),
                    row.createdAt(),
                    row.updatedAt(),
                    view.version().number());
        }
    }

    @Schema(name = "StudentCredit", description = "What a student has earned in an application")
    record StudentCredit(UUID applicationId, Credit amount, List<Booking> transactions) {
        static StudentCredit of(Earned earned) {
            return new StudentCredit(
                    earned.applicationId(),
                    earned.amount(),
                    earned.bookings().stream().map(Booking::of).toList());
        }
    }

    @Schema(name = "CreditTransaction", description = "One booking of the ledger")
    record Booking(
            UUID id,
            UUID courseId,

            @Schema(description = "6: a course was finished on the day it was started")
            int type,

            Credit change,

            @Schema(description = "The credit after this booking")
            Credit amount,

            @Nullable String remark,
            Instant createdAt) {
        static Booking of(BookingRow row) {
            return new Booking(
                    row.id(),
                    row.objectId(),
                    row.type(),
                    new Credit(row.changeCents()),
                    new Credit(row.amountCents()),
                    row.remark(),
                    row.createdAt());
        }
    }

    @Schema(name = "CreditMonitoring", description = "What was asked for, and the answer, whose form goes by it")
    record Monitoring(
            String action, @Schema(type = "object") Object data) {}

    @Schema(name = "CreditConsistency", description = "Whether the books are right")
    record Consistency(boolean consistent, long violations, List<Finding> checks) {
        static Consistency of(List<Finding> findings) {
            long violations = findings.stream().mapToLong(Finding::violations).sum();
            return new Consistency(violations == 0, violations, findings);
        }
    }

    private CreditBodies() {}
}
