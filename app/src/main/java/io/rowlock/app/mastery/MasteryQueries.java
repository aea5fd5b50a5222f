package io.rowlock.app.mastery;

import static io.rowlock.app.mastery.MasteryTables.REWARDS;

import io.rowlock.Rowlock;
import io.rowlock.Unit;
import io.rowlock.View;
import io.rowlock.app.audit.Finding;
import io.rowlock.app.mastery.MasteryTables.RewardRow;
import io.rowlock.app.mastery.audit.MasteryAudit;
import io.rowlock.app.sql.Sql;
import io.rowlock.dialect.Isolation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What can be looked at beside {@link Learners}. Locks nothing; each answer is of one moment. Safe for use by many threads. */
final class MasteryQueries {
    private static final Unit REWARD_LIST = Unit.named("amas-list-rewards").withIsolation(Isolation.REPEATABLE_READ);
    private static final Unit COUNT = Unit.named("amas-count").withIsolation(Isolation.REPEATABLE_READ);

    /** The audit reads whole tables. */
    private static final Unit AUDIT =
            Unit.named("amas-audit").withIsolation(Isolation.REPEATABLE_READ).withDeadline(Duration.ofMinutes(5));

    private static final String STATUS = """
            CASE WHEN claim_state = 'DONE' THEN 'DONE'
                 WHEN claim_state = 'PARKED' THEN 'FAILED'
                 WHEN claim_until > ? THEN 'PROCESSING'
                 ELSE 'PENDING' END""";

    private final Rowlock rowlock;

    MasteryQueries(Rowlock rowlock) {
        this.rowlock = rowlock;
    }

    /**
     * A delayed reward and how far it is.
     *
     * @param attempts how often it was tried
     * @param reason what the last try failed of
     */
    record Reward(
            RewardRow row,
            RewardStatus status,
            int attempts,
            @Nullable String reason) {}

    private record Claimed(
            UUID id,
            RewardStatus status,
            int attempts,
            @Nullable String reason) {}

    /** A user's delayed rewards, the first due first; those of one status, or all. */
    List<Reward> rewards(String userId, @Nullable RewardStatus status, int limit) {
        return rowlock.read(REWARD_LIST, tx -> {
            long now = TimeUnit.MILLISECONDS.toMicros(tx.now().toEpochMilli());
            List<Claimed> claimed = status == null
                    ? Sql.query(tx, MasteryQueries::claimed, """
                            SELECT id, %s, claim_attempts, claim_reason
                              FROM reward_queue
                             WHERE user_id = ?
                             ORDER BY due_at, id
                             LIMIT ?""".formatted(STATUS), now, userId, limit)
                    : Sql.query(
                            tx,
                            MasteryQueries::claimed,
                            """
                            SELECT id, %s, claim_attempts, claim_reason
                              FROM reward_queue
                             WHERE user_id = ? AND %s = ?
                             ORDER BY due_at, id
                             LIMIT ?""".formatted(STATUS, STATUS),
                            now,
                            userId,
                            now,
                            status.name(),
                            limit);
            Map<UUID, View<RewardRow>> rows =
                    tx.peekAll(REWARDS, claimed.stream().map(Claimed::id).toList());
            List<Reward> rewards = new ArrayList<>();
            for (Claimed claim : claimed) {
                View<RewardRow> row = rows.get(claim.id());
                if (row != null) {
                    rewards.add(new Reward(row.value(), claim.status(), claim.attempts(), claim.reason()));
                }
            }
            return rewards;
        });
    }

    private static Claimed claimed(java.sql.ResultSet row) throws java.sql.SQLException {
        return new Claimed(Sql.uuid(row, 1), RewardStatus.valueOf(row.getString(2)), row.getInt(3), row.getString(4));
    }

    /**
     * What there is.
     *
     * @param events how many rows the log has
     * @param rewards how many there are of each status; those in hand count as pending
     */
    record Overview(long learners, long events, long updates, long words, Map<String, Long> rewards) {}

    Overview overview() {
        return rowlock.read(COUNT, tx -> {
            Map<String, Long> rewards = new LinkedHashMap<>();
            rewards.put("pending", 0L);
            rewards.put("done", 0L);
            rewards.put("failed", 0L);
            Sql.query(
                            tx,
                            row -> Map.entry(row.getString(1), row.getLong(2)),
                            "SELECT claim_state, COUNT(*) FROM reward_queue GROUP BY claim_state")
                    .forEach(entry -> rewards.put(named(entry.getKey()), entry.getValue()));
            return new Overview(
                    Sql.number(tx, "SELECT COUNT(*) FROM amas_user_states"),
                    Sql.number(tx, "SELECT COUNT(*) FROM amas_events"),
                    Sql.number(tx, "SELECT COALESCE(SUM(update_count), 0) FROM amas_user_models"),
                    Sql.number(tx, "SELECT COUNT(*) FROM amas_word_states"),
                    rewards);
        });
    }

    private static String named(String claimState) {
        return switch (claimState) {
            case "DONE" -> "done";
            case "PARKED" -> "failed";
            default -> "pending";
        };
    }

    /** Whether everything agrees, every model with its log. */
    List<Finding> audit() {
        return rowlock.read(AUDIT, tx -> Sql.on(tx, MasteryAudit::run));
    }
}
