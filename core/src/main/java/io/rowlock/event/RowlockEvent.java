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
        STARVED_WRITE,
        /** Another call stored its answer under the same once-key while this one ran. */
        ANSWERED,
        /** A guard of a key that was never guarded before, asked for after other statements: it is made first then. */
        NEW_GUARD,
        /** The connection broke during the commit, and it was found out that nothing was stored. */
        COMMIT_LOST;

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

    /** Threads waited for keys of each other in a circle, and one of them was told: how many they were, how long it had waited. */
    record SerialDeadlocked(String keyKind, int threads, Duration waited) implements RowlockEvent {}

    /** A contended unit waited to be let in, so that fewer run into each other. */
    record Admitted(String unit, Duration waited, int limit) implements RowlockEvent {}

    /** A call of {@link io.rowlock.Rowlock#once} ended with an answer. */
    record OnceAnswered(String unit, String keyKind, String key, OnceOutcome outcome, Duration took)
            implements RowlockEvent {}

    /** How a once-call was answered. */
    enum OnceOutcome {
        /** The work ran, and its answer is stored. */
        FIRST,
        /** The stored answer was given. */
        REPEAT,
        /** The key was used for something else. */
        MISMATCH
    }

    /** A once-call waited for another with the same key in this JVM; whether it was let in before its deadline. */
    record OnceWaited(String keyKind, Duration waited, boolean had) implements RowlockEvent {}

    /** While a once-call ran, another process stored its answer under the same key: the work ran in vain. */
    record OnceOvertaken(String unit, String keyKind) implements RowlockEvent {}

    /** A once-call met an answer that had expired, and ran. */
    record OnceExpired(String unit, String keyKind) implements RowlockEvent {}

    /** The outcome of a commit that was lost was found out by the once-key: it is stored, or it is not and never will be. */
    record OnceResolved(String unit, String keyKind, boolean stored) implements RowlockEvent {}

    /** Expired answers were deleted. */
    record OnceReaped(int answers) implements RowlockEvent {}

    /** A transaction of a batch is over: what became of its items, and how many of the run's items are over by now. */
    record BatchProgressed(String batch, int applied, int refused, int failed, int repeated, int done, int total)
            implements RowlockEvent {}

    /** A lease was granted, by the database or by being passed on in this JVM; whether its former holder had let it expire. */
    record LeaseGranted(String keyKind, String key, long token, Duration waited, boolean handedOver, boolean tookOver)
            implements RowlockEvent {}

    /** Somebody stood in line for a lease; whether it was had. */
    record LeaseWaited(String keyKind, Duration waited, boolean had) implements RowlockEvent {}

    /** A lease was renewed. */
    record LeaseRenewed(String keyKind) implements RowlockEvent {}

    /** A renewal failed; it is tried again while there is time. */
    record LeaseRenewFailed(String keyKind, String why) implements RowlockEvent {}

    /** A lease was given back: with the simple name of its outcome. */
    record LeaseReleased(String keyKind, String key, long token, Duration held, String outcome)
            implements RowlockEvent {}

    /** A lease was lost: with the name of its reason. */
    record LeaseLoss(String keyKind, String key, long token, String reason) implements RowlockEvent {}

    /** A unit was refused, because the lease that fences it is no longer its holder's. */
    record LeaseRefused(String unit, String keyKind, String key, long token) implements RowlockEvent {}

    /** A wait was ended because it was part of a circle of waits. */
    record LeaseDeadlockEnded(String keyKind, String key, String circle) implements RowlockEvent {}

    /** A lease was taken away from its holder by an operator. */
    record LeaseForced(String keyKind, String key, long token, long newToken, String reason) implements RowlockEvent {}

    /** Rows of idle leases were cleared away. */
    record LeasesReaped(int leases) implements RowlockEvent {}

    /**
     * Items were asked for.
     *
     * @param claims how many were taken
     * @param repeated how many of them not for the first time
     */
    record ClaimsTaken(String queue, int claims, int repeated, Duration took) implements RowlockEvent {}

    /** A claim was ended. */
    record ClaimEnded(String queue, String item, ClaimOutcome outcome, int attempt, Duration held)
            implements RowlockEvent {}

    /** How a claim was ended. */
    enum ClaimOutcome {
        /** The item is done. */
        COMPLETED,
        /** The item is done for now. */
        AGAIN,
        /** The try failed, and there will be another. */
        RETRIED,
        /** The try failed, and it was the last. */
        PARKED,
        /** The item was given back untried. */
        RELEASED
    }

    /** An item is parked: it has been tried too often. What its last try failed of is for people, never for a label. */
    record ItemParked(String queue, String item, int attempts, String reason) implements RowlockEvent {}

    /** A claim was to last longer. */
    record ClaimRenewed(String queue, String item, RenewalOutcome outcome) implements RowlockEvent {}

    /** What became of a renewal. */
    enum RenewalOutcome {
        /** The claim lasts its full length again. */
        KEPT,
        /** The item was somebody else's by then. */
        LOST,
        /** The database could not be asked; it is tried again. */
        FAILED
    }

    /** A claim could not be ended, because the database was away: it runs out, and the item is taken again. */
    record ClaimLeft(String queue, String item, String why) implements RowlockEvent {}

    /** A value was read through the cache: from where. */
    record CacheRead(String region, CacheSource source) implements RowlockEvent {}

    /** Where a cached read had its value from. */
    enum CacheSource {
        /** This JVM's own tier. */
        LOCAL,
        /** The tier that all processes share. */
        SHARED,
        /** The database. */
        DATABASE
    }

    /** A value that was loaded was not put into the cache: why. */
    record CacheFillRefused(String region, FillRefusal why) implements RowlockEvent {}

    /** Why a value was not put into the cache. */
    enum FillRefusal {
        /** Somebody was writing the key. */
        WRITER,
        /** Somebody else was loading the key, for longer than is waited for. */
        LOADING,
        /** The key was written, evicted or cleared between the look and the fill, or its version is known to be older. */
        OVERTAKEN,
        /** It was read inside a unit, whose snapshot may be older than the look. */
        OLD_SNAPSHOT,
        /** It is larger than the region allows. */
        TOO_LARGE
    }

    /** The shared tier was not to be had: what was being done, and what it said. */
    record CacheTierAway(String during, String why) implements RowlockEvent {}

    /** A region was closed, so that nobody takes anything from the shared tier: why. */
    record CacheClosed(String region, String why) implements RowlockEvent {}

    /** A region was opened on a shared tier, with nothing in it. */
    record CacheOpened(String region, long epoch) implements RowlockEvent {}

    /** A write was answered later, so that by then nobody serves an older value any more. */
    record CacheWriteHeld(String unit, Duration held) implements RowlockEvent {}

    /** Writes whose process had not told the shared tier that they are over were told to it by another. */
    record CacheSwept(int writes) implements RowlockEvent {}

    /**
     * A change was looked for in the cache: after how long nothing older was served any more.
     *
     * @param beyond whether that was after the bound, or never: not to be expected
     */
    record CacheVerified(String region, Duration coherentAfter, boolean beyond) implements RowlockEvent {}

    /** The end of a claim was refused, since the item was no longer this claim's. */
    record ClaimRefused(String queue, String item, int attempt, Duration held) implements RowlockEvent {}
}
