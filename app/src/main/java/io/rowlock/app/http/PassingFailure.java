package io.rowlock.app.http;

import io.rowlock.CommitOutcomeUnknown;
import io.rowlock.DatabaseFailure;
import io.rowlock.LeaseDeadlock;
import io.rowlock.LeaseLost;
import io.rowlock.LockTimeout;
import io.rowlock.RetriesExhausted;
import io.rowlock.SerialDeadlock;
import java.util.Optional;

/** Failures of the guards that are nobody's mistake and may have passed when the same is asked again. Their names are codes of errors. */
public enum PassingFailure {
    /** Too many changed the same at once; nothing was stored. */
    CONTENTION,
    /** The database is away or cannot store; nothing was stored. */
    DATABASE_UNAVAILABLE,
    /** The connection broke during the commit: stored completely or not at all. */
    COMMIT_OUTCOME_UNKNOWN;

    /** Which one a failure is, or empty if it would be the same again. */
    static Optional<PassingFailure> of(Exception failure) {
        if (failure instanceof CommitOutcomeUnknown) {
            return Optional.of(COMMIT_OUTCOME_UNKNOWN);
        }
        if (failure instanceof RetriesExhausted
                || failure instanceof LockTimeout
                || failure instanceof SerialDeadlock
                || failure instanceof LeaseDeadlock
                || failure instanceof LeaseLost) {
            return Optional.of(CONTENTION);
        }
        if (failure instanceof DatabaseFailure refused) {
            return switch (refused.kind()) {
                case NO_CONNECTION, ACCESS_DENIED, CONNECTION_LOST, STORAGE, CANCELLED ->
                    Optional.of(DATABASE_UNAVAILABLE);
                default -> Optional.empty();
            };
        }
        return Optional.empty();
    }

    /** Which one a failure is; one that would be the same again is thrown. */
    public static PassingFailure require(Exception failure) {
        return of(failure).orElseThrow(() -> unchecked(failure));
    }

    /** The failure as it can be thrown everywhere. */
    public static RuntimeException unchecked(Exception failure) {
        return failure instanceof RuntimeException unchecked
                ? unchecked
                : new IllegalStateException("Failed with a checked exception", failure);
    }

    /** What is said of it. */
    public ApiError error() {
        return ApiError.of(name());
    }
}
