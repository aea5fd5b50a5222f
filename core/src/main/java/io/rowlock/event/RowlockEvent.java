package io.rowlock.event;

import io.rowlock.dialect.SqlFailure;
import java.time.Duration;

/**
 * Something a guard did, as a small immutable record. Nothing else feeds metrics, console and logs.
 *
 * <p>{@code unit} is the {@linkplain io.rowlock.Unit#name name} of the unit, {@code table} a table's name and
 * {@code keyKind} a {@linkplain io.rowlock.Key#kind key's kind}: bounded in number, fit for a label. Keys are in
 * {@code row} and {@code key}, for logs and consoles only.
 */
public sealed interface RowlockEvent {

    /** A unit was committed. */
    record Committed(String unit, int attempts, Duration took) implements RowlockEvent {}

    /** A unit ended without a commit: its body threw, and its reads were valid. */
    record RolledBack(String unit, int attempts, Duration took) implements RowlockEvent {}

    /** A unit gave up: why is the simple name of the exception its caller got. */
    record Failed(String unit, int attempts, Duration took, String why) implements RowlockEvent {}

    /** A row that a unit had read was found changed. */
    record ChangedRead(String unit, String table, String row) implements RowlockEvent {}

    /** An attempt ended for this reason and the unit runs again. */
    record Retried(String unit, int attempt, Cause cause) implements RowlockEvent {}

    /** Why a unit runs again. */
    enum Cause {
        /** A row it had read changed. */
        CHANGED_READ,
        /** The engine reported a serialization failure. */
        SERIALIZATION,
        /** The engine ended a deadlock. */
        DEADLOCK,
        /** A lock was not had in time. */
        LOCK_TIMEOUT,
        /** SQLite's write lock was held by another process. */
        BUSY,
        /** The unit's time ran out in the middle of a statement. */
        DEADLINE,
        /** The write waited behind readers for long; the next attempt keeps them back. */
        STARVED_WRITE;

        /** The cause that a failure of the database stands for. */
        public static Cause of(SqlFailure failure) {
            return switch (failure.kind()) {
                case DEADLOCK -> DEADLOCK;
                case LOCK_TIMEOUT -> LOCK_TIMEOUT;
                case CANCELLED -> DEADLINE;
                case BUSY, BUSY_SNAPSHOT -> BUSY;
                case UNIQUE -> CHANGED_READ;
                default -> SERIALIZATION;
            };
        }
    }

    /** A versioned write outside of units met another version. */
    record Conflict(String table, String row) implements RowlockEvent {}

    /** Row locks were taken against the declared order: two such units can deadlock. */
    record OrderBroken(String unit, String held, String wanted) implements RowlockEvent {}

    /** A lock was taken after the transaction's snapshot on an engine where plain reads then show the past. */
    record SnapshotRisk(String unit, String table) implements RowlockEvent {}

    /** Whether a commit happened could not be told. */
    record CommitUnknown(String unit) implements RowlockEvent {}

    /** An action after commit threw. */
    record AfterCommitFailed(String unit, String error) implements RowlockEvent {}

    /** A key of this JVM was waited for; whether it was had. */
    record SerialWaited(String keyKind, Duration waited, boolean had) implements RowlockEvent {}

    /** A key of this JVM has been held over its limit. */
    record SerialHeldLong(String keyKind, String key, Duration held, String callSite) implements RowlockEvent {}

    /** A contended unit waited to be let in, so that fewer run into each other. */
    record Admitted(String unit, Duration waited, int limit) implements RowlockEvent {}
}
