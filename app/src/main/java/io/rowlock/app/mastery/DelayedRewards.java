package io.rowlock.app.mastery;

import static io.rowlock.app.mastery.MasteryTables.EVENTS;
import static io.rowlock.app.mastery.MasteryTables.REWARDS;

import io.rowlock.ClaimLost;
import io.rowlock.Rowlock;
import io.rowlock.Tx;
import io.rowlock.Unit;
import io.rowlock.View;
import io.rowlock.app.mastery.LearnerUnits.Rewarded;
import io.rowlock.app.mastery.MasteryTables.EventRow;
import io.rowlock.app.mastery.MasteryTables.RewardRow;
import io.rowlock.app.sql.Sql;
import io.rowlock.claim.Claim;
import io.rowlock.claim.Claims;
import io.rowlock.claim.FailedTry;
import io.rowlock.claim.WorkQueue;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rewards that are learned of when it has turned out what a decision was worth.
 *
 * <p><b>Promise.</b> A reward is learned of once: what the model has learned and that the reward is done are one commit, and the reward's id
 * is there once in the log. While one is worked on nobody else takes it, also if the work takes long; a worker that was taken for dead
 * stores nothing when it comes back. Answers to the same user come before or after it. One that fails is tried again a minute later, then
 * two; after {@value #TRIES} tries it has failed for good, and says why.
 *
 * <p>Safe for use by many threads, on any number of nodes.
 */
final class DelayedRewards {
    static final int TRIES = 3;

    /** How many are taken at once. */
    static final int TAKE = 50;

    static final WorkQueue<RewardRow, UUID> DUE = WorkQueue.of("amas-delayed-rewards", REWARDS)
            .dueAt("dueAt")
            .withClaimLength(Duration.ofMinutes(5))
            .withAttemptsMax(TRIES)
            .withBackoff(Duration.ofMinutes(1), Duration.ofMinutes(5));

    private static final Logger LOG = LoggerFactory.getLogger(DelayedRewards.class);
    private static final Unit APPLY = Unit.named("amas-apply-reward");
    private static final Unit FAIL = Unit.named("amas-fail-reward");
    private static final Unit COUNT = Unit.named("amas-count-rewards");

    private final Rowlock rowlock;
    private final LearnerUnits units;
    private final MasteryMetrics metrics;
    private final Claims<RewardRow, UUID> claims;
    private final Duration lockTimeout;
    private final LongSupplier nanos;

    /**
     * @param lockTimeout how long to wait for others of this node who work on the same user
     * @param nanos the monotonic clock
     */
    DelayedRewards(
            Rowlock rowlock, LearnerUnits units, MasteryMetrics metrics, Duration lockTimeout, LongSupplier nanos) {
        this.rowlock = rowlock;
        this.units = units;
        this.metrics = metrics;
        this.claims = rowlock.claims(DUE);
        this.lockTimeout = lockTimeout;
        this.nanos = nanos;
    }

    /** How a reward that was handed in came out. */
    sealed interface Applied {
        /** The model has learned of it, now or before. */
        record Done(boolean repeated) implements Applied {}

        /** It has not: {@code invalid_reward}, {@code no_feature_vector} or {@code model_not_found}. */
        record Failed(String error) implements Applied {}
    }

    /**
     * Learns of a reward at once.
     *
     * @param rewardId which one it is: the same id is learned of once
     * @param answerId the answer it is for, or null: the last one of the session
     * @param sessionId of the answer, if that is not known
     */
    Applied apply(UUID rewardId, String userId, double reward, @Nullable UUID answerId, @Nullable UUID sessionId) {
        if (!Double.isFinite(reward)) {
            return new Applied.Failed("invalid_reward");
        }
        return rowlock.serial(
                Mastery.key(userId),
                lockTimeout,
                () -> rowlock.transact(APPLY, tx -> apply(tx, rewardId, userId, reward, answerId, sessionId)));
    }

    private Applied apply(
            Tx tx, UUID rewardId, String userId, double reward, @Nullable UUID answerId, @Nullable UUID sessionId) {
        Optional<EventRow> answer = answer(tx, answerId, sessionId)
                .filter(event -> event.userId().equals(userId) && event.kind() == MasteryTables.EventKind.ANSWER);
        if (answer.isEmpty()) {
            return new Applied.Failed("no_feature_vector");
        }
        return switch (units.reward(tx, rewardId, reward, answer.get())) {
            case APPLIED -> new Applied.Done(false);
            case REPEATED -> new Applied.Done(true);
            case MODEL_NOT_FOUND -> new Applied.Failed("model_not_found");
        };
    }

    /** Rows of the log never change, so that one that was looked at can be gone by. */
    private static Optional<EventRow> answer(Tx tx, @Nullable UUID answerId, @Nullable UUID sessionId) {
        if (answerId != null) {
            return tx.peek(EVENTS, answerId).map(View::value);
        }
        if (sessionId == null) {
            return Optional.empty();
        }
        return Sql.ids(tx, """
                        SELECT id
                          FROM amas_events
                         WHERE session_id = ? AND kind = 'ANSWER'
                         ORDER BY generation DESC, event_number DESC
                         LIMIT 1""", sessionId).stream()
                .flatMap(id -> tx.peek(EVENTS, id).stream())
                .map(View::value)
                .findFirst();
    }

    // ---- the queue

    /**
     * What became of the rewards of one call.
     *
     * @param done learned of
     * @param retried to be tried again
     * @param failed for good
     * @param lost taken by somebody else, or forgotten, by the time they were to be stored
     */
    record Report(int done, int retried, int failed, int lost) {
        int taken() {
            return done + retried + failed + lost;
        }
    }

    /** Works off what is due, until nothing is or the thread is interrupted. */
    Report applyDue() {
        Map<End, Integer> ends = new EnumMap<>(End.class);
        List<Claim<RewardRow, UUID>> taken = claims.take(TAKE);
        while (!taken.isEmpty() && !Thread.currentThread().isInterrupted()) {
            for (Claim<RewardRow, UUID> claim : taken) {
                ends.merge(work(claim), 1, Integer::sum);
            }
            taken = claims.take(TAKE);
        }
        return new Report(
                ends.getOrDefault(End.DONE, 0),
                ends.getOrDefault(End.RETRIED, 0),
                ends.getOrDefault(End.FAILED, 0),
                ends.getOrDefault(End.LOST, 0));
    }

    private enum End {
        DONE,
        RETRIED,
        FAILED,
        LOST
    }

    private End work(Claim<RewardRow, UUID> claim) {
        long began = nanos.getAsLong();
        End end = tried(claim);
        metrics.rewarded(end.name().toLowerCase(Locale.ROOT), Duration.ofNanos(nanos.getAsLong() - began));
        return end;
    }

    private End tried(Claim<RewardRow, UUID> claim) {
        // Taken together they are worked on one by one: the last of them may have waited for long.
        if (claim.remaining().compareTo(DUE.claimLength().dividedBy(2)) < 0 && !claims.renew(claim)) {
            return End.LOST;
        }
        RewardRow reward = claim.item();
        try {
            Rewarded rewarded = rowlock.serial(
                    Mastery.key(reward.userId()), lockTimeout, () -> rowlock.transact(APPLY, tx -> commit(tx, claim)));
            if (rewarded == Rewarded.MODEL_NOT_FOUND) {
                return failed(claim, "model_not_found");
            }
            return End.DONE;
        } catch (ClaimLost lost) {
            return End.LOST;
        } catch (RuntimeException failure) {
            LOG.warn("A delayed reward was not learned of (reward={}, try={})", reward.id(), claim.attempt(), failure);
            return failed(claim, String.valueOf(failure.getMessage()));
        }
    }

    private Rewarded commit(Tx tx, Claim<RewardRow, UUID> claim) {
        RewardRow reward = claim.item();
        EventRow answer = answer(tx, reward.answerRecordId(), reward.sessionId())
                .orElseThrow(() -> new IllegalStateException("no_feature_vector"));
        Rewarded rewarded = units.reward(tx, reward.id(), reward.reward(), answer);
        if (rewarded != Rewarded.MODEL_NOT_FOUND) {
            claims.complete(tx, claim);
        }
        return rewarded;
    }

    private End failed(Claim<RewardRow, UUID> claim, String reason) {
        try {
            FailedTry tried = rowlock.transact(FAIL, tx -> claims.fail(tx, claim, reason));
            return tried.parked() ? End.FAILED : End.RETRIED;
        } catch (ClaimLost lost) {
            return End.LOST;
        }
    }

    /** Counts what is not learned of yet. */
    void count() {
        metrics.queueLength(rowlock.read(
                COUNT, tx -> Sql.number(tx, "SELECT COUNT(*) FROM reward_queue WHERE claim_state = 'OPEN'")));
    }
}
