package io.rowlock.app.sync;

import io.rowlock.Row;
import io.rowlock.Table;
import io.rowlock.View;
import io.rowlock.app.sync.remote.RemoteAccount;
import io.rowlock.app.sync.remote.RemoteInstance;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The tables as the units see them; {@code db/migration} has their SQL. */
final class SyncTables {

    /**
     * A database that is synced.
     *
     * @param credential the name of the password, which is kept elsewhere
     * @param runs how often work on it was begun; the order of its runs, without clocks
     * @param lastToken of the lease under which that was last
     * @param openToken the same while it lasts, or null
     * @param takeovers how often a run was begun after one that never ended
     */
    record InstanceRow(
            UUID id,
            String name,
            String url,
            @Nullable String username,
            @Nullable String credential,
            boolean isEnabled,
            long runs,
            long lastToken,
            @Nullable Long openToken,
            long takeovers,
            @Nullable Instant lastSyncedAt,
            Instant createdAt,
            Instant updatedAt) {

        RemoteInstance remote() {
            return new RemoteInstance(url, username, credential);
        }

        /** It is to be found elsewhere now. */
        InstanceRow at(RemoteInstance remote, Instant now) {
            return new InstanceRow(
                    id,
                    name,
                    remote.url(),
                    remote.username(),
                    remote.credential(),
                    isEnabled,
                    runs,
                    lastToken,
                    openToken,
                    takeovers,
                    lastSyncedAt,
                    createdAt,
                    now);
        }

        /** Work is begun under a lease. */
        InstanceRow begun(long token, Instant now) {
            return with(runs + 1, token, token, openToken == null ? takeovers : takeovers + 1, lastSyncedAt, now);
        }

        /** It is over; {@code syncedAt} is when, if the accounts were stored. */
        InstanceRow ended(@Nullable Instant syncedAt, Instant now) {
            return with(runs, lastToken, null, takeovers, syncedAt == null ? lastSyncedAt : syncedAt, now);
        }

        private InstanceRow with(
                long runs,
                long lastToken,
                @Nullable Long openToken,
                long takeovers,
                @Nullable Instant lastSyncedAt,
                Instant now) {
            return new InstanceRow(
                    id,
                    name,
                    url,
                    username,
                    credential,
                    isEnabled,
                    runs,
                    lastToken,
                    openToken,
                    takeovers,
                    lastSyncedAt,
                    createdAt,
                    now);
        }
    }

    /**
     * One sync of many instances.
     *
     * @param status the text of a {@link SessionStatus}
     * @param isSealed whether all its records are there: before, it cannot end by itself
     * @param failedInstances failed and skipped
     */
    record SessionRow(
            UUID sessionId,
            String syncType,
            String syncCategory,
            String status,
            Instant startedAt,
            @Nullable Instant completedAt,
            boolean isSealed,
            int totalInstances,
            int successfulInstances,
            int failedInstances,
            String createdBy,
            Instant createdAt,
            Instant updatedAt) {

        SessionStatus sessionStatus() {
            return Named.of(SessionStatus.class, status);
        }

        SessionRow sealed(Instant now) {
            return with(status, completedAt, true, totalInstances, successfulInstances, failedInstances, now);
        }

        SessionRow counted(Counts counts, Instant now) {
            return with(
                    status,
                    completedAt,
                    isSealed,
                    counts.total(),
                    counts.completed(),
                    counts.failed() + counts.skipped(),
                    now);
        }

        SessionRow ended(SessionStatus end, Instant now) {
            return with(end.text(), now, true, totalInstances, successfulInstances, failedInstances, now);
        }

        private SessionRow with(
                String status,
                @Nullable Instant completedAt,
                boolean isSealed,
                int total,
                int successful,
                int failed,
                Instant now) {
            return new SessionRow(
                    sessionId,
                    syncType,
                    syncCategory,
                    status,
                    startedAt,
                    completedAt,
                    isSealed,
                    total,
                    successful,
                    failed,
                    createdBy,
                    createdAt,
                    now);
        }
    }

    /** How many records of a session stand how. */
    record Counts(int pending, int running, int completed, int failed, int skipped) {
        int total() {
            return pending + running + completed + failed + skipped;
        }

        /** Whether each of them has its end. */
        boolean isOver() {
            return pending == 0 && running == 0;
        }
    }

    /**
     * An instance in a session.
     *
     * @param status the text of a {@link RecordStatus}
     * @param attempts how often work on it was begun
     * @param leaseToken of the lease under which that was last
     * @param run which run of the instance that was
     * @param runsAtEnd how many runs the instance had when the work was stored
     * @param syncDetails JSON
     */
    record RecordRow(
            UUID id,
            UUID sessionId,
            UUID instanceId,
            String instanceName,
            String syncCategory,
            String status,
            @Nullable Instant startedAt,
            @Nullable Instant completedAt,
            int accountsSynced,
            int accountsCreated,
            int accountsUpdated,
            int accountsDeleted,
            int attempts,
            @Nullable Long leaseToken,
            @Nullable Long run,
            @Nullable Long runsAtEnd,
            @Nullable String errorCode,
            @Nullable String errorMessage,
            @Nullable String syncDetails,
            Instant createdAt,
            Instant updatedAt) {

        static RecordRow pending(UUID id, SessionRow session, InstanceRow instance, Instant now) {
            return new RecordRow(
                    id,
                    session.sessionId(),
                    instance.id(),
                    instance.name(),
                    session.syncCategory(),
                    RecordStatus.PENDING.text(),
                    null,
                    null,
                    0,
                    0,
                    0,
                    0,
                    0,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    now,
                    now);
        }

        RecordStatus recordStatus() {
            return Named.of(RecordStatus.class, status);
        }

        /** Work is begun, or begun again after somebody else has lost it. */
        RecordRow begun(long token, long run, Instant now) {
            return new RecordRow(
                    id,
                    sessionId,
                    instanceId,
                    instanceName,
                    syncCategory,
                    RecordStatus.RUNNING.text(),
                    startedAt == null ? now : startedAt,
                    null,
                    0,
                    0,
                    0,
                    0,
                    attempts + 1,
                    token,
                    run,
                    null,
                    null,
                    null,
                    null,
                    createdAt,
                    now);
        }

        RecordRow completed(Difference.Size size, long runsAtEnd, String details, Instant now) {
            return new RecordRow(
                    id,
                    sessionId,
                    instanceId,
                    instanceName,
                    syncCategory,
                    RecordStatus.COMPLETED.text(),
                    startedAt,
                    now,
                    size.synced(),
                    size.created(),
                    size.updated(),
                    size.deleted(),
                    attempts,
                    leaseToken,
                    run,
                    runsAtEnd,
                    null,
                    null,
                    details,
                    createdAt,
                    now);
        }

        /** It ends without accounts. */
        RecordRow ended(RecordStatus end, Reason reason, Instant now) {
            return new RecordRow(
                    id,
                    sessionId,
                    instanceId,
                    instanceName,
                    syncCategory,
                    end.text(),
                    startedAt,
                    now,
                    0,
                    0,
                    0,
                    0,
                    attempts,
                    leaseToken,
                    run,
                    null,
                    reason.code(),
                    reason.message(),
                    null,
                    createdAt,
                    now);
        }
    }

    /**
     * Why an instance was not synced.
     *
     * @param code constant text in capitals
     * @param message for people; no secret in it
     */
    record Reason(String code, String message) {}

    /**
     * Something in an instance.
     *
     * @param attributes JSON
     * @param leaseToken of the run that wrote it last
     */
    record AccountRow(
            UUID id,
            UUID instanceId,
            String name,
            String kind,
            String attributes,
            boolean isActive,
            @Nullable Instant deletedAt,
            long leaseToken,
            Instant createdAt,
            Instant updatedAt) {

        AccountRow found(RemoteAccount account, String json, long token, Instant now) {
            return new AccountRow(id, instanceId, name, account.kind(), json, true, null, token, createdAt, now);
        }

        AccountRow gone(long token, Instant now) {
            return new AccountRow(id, instanceId, name, kind, attributes, false, now, token, createdAt, now);
        }
    }

    /** A step of a session, or of one of its records. Never changed. */
    record TransitionRow(
            UUID id,
            UUID sessionId,
            @Nullable UUID recordId,
            UUID subjectId,
            @Nullable String fromStatus,
            String toStatus,
            @Nullable Integer ended,
            @Nullable Long leaseToken,
            Instant changedAt) {}

    static final Table<InstanceRow, UUID> INSTANCES = Table.of("instances", InstanceRow.class)
            .key("id", UUID.class)
            .keysNeverReturn()
            .build();

    /** The same by its name, which is there once. */
    static final Table<InstanceRow, String> INSTANCES_BY_NAME =
            Table.of("instances", InstanceRow.class).key("name", String.class).build();

    static final Table<SessionRow, UUID> SESSIONS = Table.of("sync_sessions", SessionRow.class)
            .key("sessionId", UUID.class)
            .keysNeverReturn()
            .build();

    static final Table<RecordRow, UUID> RECORDS = Table.of("sync_instance_records", RecordRow.class)
            .key("id", UUID.class)
            .build();

    static final Table<AccountRow, UUID> ACCOUNTS = Table.of("instance_accounts", AccountRow.class)
            .key("id", UUID.class)
            .build();

    static final Table<TransitionRow, UUID> TRANSITIONS = Table.of("sync_transitions", TransitionRow.class)
            .key("id", UUID.class)
            .build();

    /** The session is locked first by everybody who touches anything of it, then the instance, then what belongs to both. */
    static final List<Table<?, ?>> ORDER =
            List.of(SESSIONS, INSTANCES, INSTANCES_BY_NAME, RECORDS, ACCOUNTS, TRANSITIONS);

    /** A row as something to show. */
    static <T> View<T> view(Row<T> row) {
        return new View<>(row.value(), row.version());
    }

    private SyncTables() {}
}
