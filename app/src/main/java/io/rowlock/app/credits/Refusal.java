package io.rowlock.app.credits;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Why an operation was refused, with the facts a caller needs to do better.
 *
 * <p>On the wire the name becomes the code ({@code COURSE_NOT_STARTED}) and the components become the facts, so both are part
 * of the API. What it says to people stands under its code in {@code messages.properties}, in each language.
 */
sealed interface Refusal {

    /** Something the request names does not exist. */
    sealed interface Unknown extends Refusal {}

    record UnknownMajor(UUID majorId) implements Unknown {}

    record UnknownCourse(UUID courseId) implements Unknown {}

    record UnknownAccess(
            @Nullable UUID accessId,
            @Nullable UUID studentId,
            @Nullable UUID courseId) implements Unknown {
        static UnknownAccess of(UUID accessId) {
            return new UnknownAccess(accessId, null, null);
        }

        static UnknownAccess of(UUID studentId, UUID courseId) {
            return new UnknownAccess(null, studentId, courseId);
        }
    }

    /** The student has come too often, and may come again after a while. */
    record RateLimited(UUID studentId, int max, long windowSeconds, long retryAfterSeconds) implements Refusal {}

    /** A rule forbids it. */
    sealed interface Forbidden extends Refusal {}

    record LessonTaken(UUID majorId, int lesson, UUID courseId) implements Forbidden {}

    record AccessExists(UUID accessId, UUID studentId, UUID courseId) implements Forbidden {}

    record CourseNotStarted(UUID accessId, AccessStatus status) implements Forbidden {}

    record CourseAlreadyStarted(UUID accessId, @Nullable Instant startedAt) implements Forbidden {}

    record CourseAlreadyFinished(
            UUID accessId, AccessStatus status, @Nullable Instant finishedAt) implements Forbidden {}

    record CourseExpired(UUID accessId) implements Forbidden {}

    /** The ledger has the grant of a course that is not finished: something else has written here. */
    record CreditAlreadyGranted(UUID accessId, UUID bookingId, Instant grantedAt) implements Forbidden {}
}
