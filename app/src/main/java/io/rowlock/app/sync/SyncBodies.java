package io.rowlock.app.sync;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonRawValue;
import io.rowlock.app.audit.Finding;
import io.rowlock.app.sync.SyncTables.AccountRow;
import io.rowlock.app.sync.SyncTables.InstanceRow;
import io.rowlock.app.sync.SyncTables.RecordRow;
import io.rowlock.app.sync.SyncTables.SessionRow;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The JSON bodies of the sync. Their names are those of the source: with underscores. */
final class SyncBodies {
    /** Text without control characters and half characters, which not every database can store. */
    private static final String TEXT = "[^\\p{Cntrl}\\p{Cs}]*";

    static final int LIMIT_MAX = 500;
    static final String LIMIT = "a whole number from 1 to 500";
    static final int DAYS_MAX = 3650;
    private static final String DAYS = "a whole number from 1 to 3650";

    // ---- what is asked

    @Schema(name = "SyncCleanUp")
    record CleanUp(
            @Schema(example = "7", description = "How long ago a session must have ended to be removed; 7 if left out")
            @Min(value = 1, message = DAYS)
            @Max(value = DAYS_MAX, message = DAYS)
            @Nullable
            Integer days) {
        static final int DAYS_IF_LEFT_OUT = 7;
    }

    @Schema(name = "NewInstance")
    record NewInstance(
            @Schema(example = "warehouse")
            @NotNull(message = "a name")
            @Pattern(regexp = TEXT, message = "text without control characters")
            @Size(min = 1, max = 200, message = "1 to 200 characters")
            String name,

            @Schema(
                    example = "jdbc:sqlite:shop.db",
                    description =
                            "One of jdbc:postgresql://HOST[:PORT]/DATABASE, jdbc:mariadb://HOST[:PORT]/DATABASE and"
                                    + " jdbc:sqlite:FILE, without options, user and password")
            @NotNull(message = "a JDBC URL")
            @Size(min = 1, max = 1000, message = "1 to 1000 characters")
            @Pattern(regexp = TEXT, message = "text without control characters")
            String url,

            @Schema(description = "Who to be there")
            @Pattern(regexp = TEXT, message = "text without control characters")
            @Size(min = 1, max = 200, message = "1 to 200 characters")
            @Nullable
            String username,

            @Schema(
                    description =
                            "The name of that user's password, which is kept in a file or the environment of the service")
            @Pattern(
                    regexp = "[a-z0-9](?:[a-z0-9-]{0,98}[a-z0-9])?",
                    message = "small letters, digits and hyphens, at most 100")
            @Nullable
            String credential) {}

    // ---- the three routes of the source

    @Schema(name = "SyncAll", description = "What came of a session")
    record SyncAll(
            @Schema(description = "Whether every instance was synced")
            boolean success,

            String message,
            @JsonProperty("total_instances") int totalInstances,
            @JsonProperty("success_count") int successCount,

            @Schema(description = "Failed, and skipped because another session had the instance")
            @JsonProperty("failed_count")
            int failedCount,

            List<SyncResult> results,
            @JsonProperty("session_id") UUID sessionId) {}

    @Schema(name = "SyncResult", description = "What came of an instance")
    record SyncResult(
            @JsonProperty("instance_name") String instanceName,
            boolean success,
            String message,
            @JsonProperty("synced_count") int syncedCount) {}

    @Schema(name = "SyncDetails")
    record Details(boolean success, Performance performance, List<SyncRecord> records) {
        static Details of(SyncQueries.Details details) {
            return new Details(
                    true,
                    Performance.of(details.performance()),
                    details.records().stream().map(SyncRecord::of).toList());
        }
    }

    @Schema(name = "SyncPerformance", description = "A session and its records in numbers")
    record Performance(
            @JsonProperty("session_id") UUID sessionId,
            @JsonProperty("sync_type") SyncType syncType,
            SessionStatus status,
            @JsonProperty("started_at") Instant startedAt,
            @JsonProperty("completed_at") @Nullable Instant completedAt,
            @JsonProperty("total_instances") int totalInstances,
            @JsonProperty("successful_instances") int successfulInstances,
            @JsonProperty("failed_instances") int failedInstances,

            @Schema(description = "To its end, or to now while it runs") @JsonProperty("duration_seconds")
            double durationSeconds,

            @JsonProperty("total_records") int totalRecords,
            @JsonProperty("completed_records") int completedRecords,

            @Schema(description = "Failed and skipped") @JsonProperty("failed_records")
            int failedRecords,

            @JsonProperty("running_records") int runningRecords) {
        static Performance of(SyncQueries.Performance performance) {
            SessionRow session = performance.session();
            return new Performance(
                    session.sessionId(),
                    Named.of(SyncType.class, session.syncType()),
                    session.sessionStatus(),
                    session.startedAt(),
                    session.completedAt(),
                    session.totalInstances(),
                    session.successfulInstances(),
                    session.failedInstances(),
                    Math.round(performance.durationSeconds() * 1e6) / 1e6,
                    performance.totalRecords(),
                    performance.completedRecords(),
                    performance.failedRecords(),
                    performance.runningRecords());
        }
    }

    @Schema(name = "SyncCleanedUp")
    record CleanedUp(
            boolean success,
            String message,
            @JsonProperty("cleaned_count") int cleanedCount) {}

    // ---- sessions

    @Schema(name = "SyncSession")
    record Session(
            @JsonProperty("session_id") UUID sessionId,
            @JsonProperty("sync_type") SyncType syncType,
            @JsonProperty("sync_category") SyncCategory syncCategory,
            SessionStatus status,
            @JsonProperty("started_at") Instant startedAt,
            @JsonProperty("completed_at") @Nullable Instant completedAt,
            @JsonProperty("total_instances") int totalInstances,
            @JsonProperty("successful_instances") int successfulInstances,

            @Schema(description = "Failed and skipped") @JsonProperty("failed_instances")
            int failedInstances,

            @Schema(description = "Of its instances, how many have their end, in percent")
            @JsonProperty("progress_percentage")
            double progressPercentage,

            @JsonProperty("created_by") String createdBy,
            @JsonProperty("created_at") Instant createdAt,
            @JsonProperty("updated_at") Instant updatedAt) {
        static Session of(SessionRow row) {
            return new Session(
                    row.sessionId(),
                    Named.of(SyncType.class, row.syncType()),
                    Named.of(SyncCategory.class, row.syncCategory()),
                    row.sessionStatus(),
                    row.startedAt(),
                    row.completedAt(),
                    row.totalInstances(),
                    row.successfulInstances(),
                    row.failedInstances(),
                    progress(row),
                    row.createdBy(),
                    row.createdAt(),
                    row.updatedAt());
        }

        private static double progress(SessionRow row) {
            if (row.totalInstances() == 0) {
                return row.sessionStatus().isEnd() ? 100 : 0;
            }
            double ended = row.successfulInstances() + row.failedInstances();
            return Math.floor(ended / row.totalInstances() * 1000) / 10;
        }
    }

    @Schema(name = "SyncSessionRecords", description = "A session and its records")
    record SessionRecords(Session session, List<SyncRecord> records) {
        static SessionRecords of(SyncQueries.Whole whole) {
            return new SessionRecords(
                    Session.of(whole.session()),
                    whole.records().stream().map(SyncRecord::of).toList());
        }
    }

    @Schema(name = "SyncRecord", description = "An instance in a session")
    record SyncRecord(
            UUID id,
            @JsonProperty("session_id") UUID sessionId,
            @JsonProperty("instance_id") UUID instanceId,
            @JsonProperty("instance_name") String instanceName,
            @JsonProperty("sync_category") SyncCategory syncCategory,
            RecordStatus status,
            @JsonProperty("started_at") @Nullable Instant startedAt,
            @JsonProperty("completed_at") @Nullable Instant completedAt,
            @JsonProperty("accounts_synced") int accountsSynced,
            @JsonProperty("accounts_created") int accountsCreated,
            @JsonProperty("accounts_updated") int accountsUpdated,
            @JsonProperty("accounts_deleted") int accountsDeleted,

            @Schema(description = "How often work on it was begun: more than once where a process has died")
            int attempts,

            @Schema(description = "The token of the lease it was worked on under; of two, the later has the larger one")
            @JsonProperty("lease_token")
            @Nullable
            Long leaseToken,

            @JsonProperty("error_code") @Nullable String errorCode,
            @JsonProperty("error_message") @Nullable String errorMessage,

            @Schema(type = "object") @JsonProperty("sync_details") @JsonRawValue @Nullable
            String syncDetails,

            @JsonProperty("created_at") Instant createdAt) {
        static SyncRecord of(RecordRow row) {
            return new SyncRecord(
                    row.id(),
                    row.sessionId(),
                    row.instanceId(),
                    row.instanceName(),
                    Named.of(SyncCategory.class, row.syncCategory()),
                    row.recordStatus(),
                    row.startedAt(),
                    row.completedAt(),
                    row.accountsSynced(),
                    row.accountsCreated(),
                    row.accountsUpdated(),
                    row.accountsDeleted(),
                    row.attempts(),
                    row.leaseToken(),
                    row.errorCode(),
                    row.errorMessage(),
                    row.syncDetails(),
                    row.createdAt());
        }
    }

    @Schema(name = "SyncErrorLogs", description = "The records of a session that were not synced")
    record ErrorLogs(
            @JsonProperty("session_id") UUID sessionId,
            @JsonProperty("error_count") int errorCount,
            @JsonProperty("error_logs") List<SyncRecord> errorLogs) {
        static ErrorLogs of(SyncQueries.Whole whole) {
            List<SyncRecord> errors = whole.records().stream()
                    .filter(record -> record.errorCode() != null)
                    .map(SyncRecord::of)
                    .toList();
            return new ErrorLogs(whole.session().sessionId(), errors.size(), errors);
        }
    }

    @Schema(name = "SyncStatistics")
    record Statistics(
            @JsonProperty("total_sessions") long totalSessions,

            @Schema(description = "How many, by status") Map<String, Long> sessions,

            @JsonProperty("total_records") long totalRecords,

            @Schema(description = "How many, by status") Map<String, Long> records,

            @Schema(description = "Completed of completed and failed, 0 to 1") @JsonProperty("success_rate")
            double successRate,

            @JsonProperty("average_duration_seconds") double averageDurationSeconds,
            long instances,
            @JsonProperty("active_accounts") long activeAccounts,

            @Schema(description = "How often an instance was taken over from a holder that never ended its work")
            long takeovers) {
        static Statistics of(SyncQueries.Statistics statistics) {
            return new Statistics(
                    statistics.totalSessions(),
                    statistics.sessions(),
                    statistics.totalRecords(),
                    statistics.records(),
                    statistics.successRate(),
                    statistics.averageSeconds(),
                    statistics.instances(),
                    statistics.activeAccounts(),
                    statistics.takeovers());
        }
    }

    // ---- instances

    @Schema(name = "Instance", description = "A database that is synced")
    record Instance(
            UUID id,
            String name,
            String url,
            @Nullable String username,

            @Schema(description = "The name of the password, never the password") @Nullable
            String credential,

            @JsonProperty("is_enabled") boolean isEnabled,

            @Schema(description = "How often work on it was begun")
            long runs,

            long takeovers,
            @JsonProperty("last_synced_at") @Nullable Instant lastSyncedAt,
            @JsonProperty("created_at") Instant createdAt,
            @JsonProperty("updated_at") Instant updatedAt) {
        static Instance of(InstanceRow row) {
            return new Instance(
                    row.id(),
                    row.name(),
                    row.url(),
                    row.username(),
                    row.credential(),
                    row.isEnabled(),
                    row.runs(),
                    row.takeovers(),
                    row.lastSyncedAt(),
                    row.createdAt(),
                    row.updatedAt());
        }
    }

    @Schema(name = "InstanceAccount", description = "An account of an instance, or a table of an SQLite file")
    record Account(
            UUID id,
            String name,

            @Schema(allowableValues = {"role", "user", "table", "view"})
            String kind,

            @Schema(type = "object") @JsonRawValue String attributes,
            @JsonProperty("is_active") boolean isActive,
            @JsonProperty("deleted_at") @Nullable Instant deletedAt,
            @JsonProperty("created_at") Instant createdAt,
            @JsonProperty("updated_at") Instant updatedAt) {
        static Account of(AccountRow row) {
            return new Account(
                    row.id(),
                    row.name(),
                    row.kind(),
                    row.attributes(),
                    row.isActive(),
                    row.deletedAt(),
                    row.createdAt(),
                    row.updatedAt());
        }
    }

    @Schema(name = "SyncMonitoring", description = "What was asked for, and the answer, whose form goes by it")
    record Monitoring(
            String action, @Schema(type = "object") Object data) {}

    @Schema(name = "SyncConsistency", description = "Whether what is stored agrees with itself")
    record Consistency(boolean consistent, long violations, List<Finding> checks) {
        static Consistency of(List<Finding> findings) {
            long violations = findings.stream().mapToLong(Finding::violations).sum();
            return new Consistency(violations == 0, violations, findings);
        }
    }

    private SyncBodies() {}
}
