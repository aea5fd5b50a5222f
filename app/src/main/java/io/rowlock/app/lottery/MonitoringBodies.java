package io.rowlock.app.lottery;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.rowlock.app.audit.Finding;
import io.rowlock.app.lottery.LotteryTables.AuditRow;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The JSON bodies for those who run the lottery. */
final class MonitoringBodies {
    private static final String ADVISORY =
            "Always true: by the time this is read it may be otherwise. Only the operation decides";

    @Schema(name = "Monitoring", description = "What was asked for, and the answer, whose form goes by it")
    record Monitoring(
            String action, @Schema(type = "object") Object data) {}

    @Schema(name = "Consistency", description = "Whether the books are right")
    record Consistency(boolean consistent, long violations, List<Finding> checks) {

        static Consistency of(List<Finding> findings) {
            long violations = findings.stream().mapToLong(Finding::violations).sum();
            return new Consistency(violations == 0, violations, findings);
        }
    }

    @Schema(
            name = "LockMonitoring",
            description = "Versions of the rows that changed last; locks and waits where the engine lists them")
    record Locks(LocksShown locks, List<Monitor.LockRow> rows) {
        static Locks of(Monitor.Locks found) {
            return new Locks(LocksShown.valueOf(found.locks().name()), found.rows());
        }
    }

    /** Whether locks are among the rows. */
    enum LocksShown {
        @JsonProperty("shown")
        SHOWN,
        @JsonProperty("not_kept")
        NOT_KEPT,
        @JsonProperty("not_allowed")
        NOT_ALLOWED
    }

    @Schema(name = "Change", description = "One change of a row")
    record Change(
            UUID id,
            String operation,
            String table,
            String rowId,
            @Nullable UUID userId,

            @Schema(description = "None if it was not there before") @Nullable
            String oldValue,

            @Nullable String newValue,
            Instant createdAt) {

        static Change of(AuditRow row) {
            return new Change(
                    row.id(),
                    row.operation(),
                    row.tableName(),
                    row.rowId(),
                    row.userId(),
                    row.oldValue(),
                    row.newValue(),
                    row.createdAt());
        }
    }

    @Schema(name = "BalancePrecheck")
    record BalancePrecheck(
            boolean sufficient,
            Money current,
            Money required,
            long version,

            @Schema(description = ADVISORY) boolean advisory) {}

    @Schema(name = "RoundPrecheck")
    record RoundPrecheck(
            boolean sufficient,
            RoundStatus status,
            int remainingShares,
            int soldShares,
            int totalShares,
            int requested,
            long version,

            @Schema(description = ADVISORY) boolean advisory) {}

    private MonitoringBodies() {}
}
