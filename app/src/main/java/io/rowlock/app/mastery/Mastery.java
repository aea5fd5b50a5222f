package io.rowlock.app.mastery;

import io.rowlock.CommitOutcomeUnknown;
import io.rowlock.DatabaseFailure;
import io.rowlock.Interrupted;
import io.rowlock.Key;
import io.rowlock.LockTimeout;
import io.rowlock.Rowlock;
import io.rowlock.RowlockException;
import io.rowlock.Unit;
import io.rowlock.app.mastery.Processed.Fallback;
import io.rowlock.app.mastery.Processed.Why;
import io.rowlock.app.mastery.model.Strategy;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides on answers, one at a time for a user, and lets users begin anew.
 *
 * <p><b>Promise.</b> Answers of a user are decided on one after another: on this node in the order of coming, among all nodes by the lock of
 * the user's row. Nobody comes in beside somebody who is still at it, however long that takes: whoever has waited too long is told so and
 * stores nothing, and the one it waited for goes on. What an answer changes is stored in one commit. An answer that comes again under its
 * id is decided on once. Whoever asks always gets something to go on with: where there is no decision it is a {@link Fallback}, and then
 * nothing is stored, or it says that nobody can tell.
 *
 * <p><b>Holds when</b> answers are processed here, outside of units. <b>Breaks when</b> a user's answers are stored in parts, because
 * transactional persistence is switched off for that user: {@link PlainPersistence} says what happens then.
 *
 * <p>Safe for use by many threads.
 */
final class Mastery {
    private static final Logger LOG = LoggerFactory.getLogger(Mastery.class);
    private static final Unit RESET = Unit.named("amas-reset");

    private final Rowlock rowlock;
    private final LearnerUnits units;
    private final Persistence guarded;
    private final Persistence plain;
    private final Rollout rollout;
    private final CircuitBreaker breaker;
    private final MasteryMetrics metrics;
    private final Duration lockTimeout;
    private final Duration decision;
    private final LongSupplier nanos;

    /**
     * @param lockTimeout how long to wait for others of this node who work on the same user
     * @param decision how long a decision may take
     * @param nanos the monotonic clock
     */
    Mastery(
            Rowlock rowlock,
            LearnerUnits units,
            Persistence guarded,
            Persistence plain,
            Rollout rollout,
            CircuitBreaker breaker,
            MasteryMetrics metrics,
            Duration lockTimeout,
            Duration decision,
            LongSupplier nanos) {
        this.rowlock = rowlock;
        this.units = units;
        this.guarded = guarded;
        this.plain = plain;
        this.rollout = rollout;
        this.breaker = breaker;
        this.metrics = metrics;
        this.lockTimeout = lockTimeout;
        this.decision = decision;
        this.nanos = nanos;
    }

    /** What a user is kept under. */
    static Key key(String userId) {
        return Key.of("amas-user", userId);
    }

    /**
     * Decides on an answer.
     *
     * @throws Interrupted if the thread was interrupted while it waited
     */
    Processed process(String userId, Asked asked) {
        long came = nanos.getAsLong();
        Processed processed = decide(userId, asked, came);
        if (processed instanceof Processed.Recorded recorded) {
            metrics.recorded(nanos.getAsLong() - came, recorded.repeated());
        } else if (processed instanceof Fallback fallback) {
            metrics.fellBack(fallback.why());
        }
        return processed;
    }

    private Processed decide(String userId, Asked asked, long came) {
        if (asked.event().isAnomalous()) {
            return fallback(Why.ANOMALY);
        }
        try {
            return rowlock.serial(key(userId), lockTimeout, () -> {
                metrics.lockHad(nanos.getAsLong() - came);
                return breaker.letsThrough() ? inTurn(userId, asked) : fallback(Why.CIRCUIT_OPEN);
            });
        } catch (LockTimeout waited) {
            metrics.lockTimedOut();
            LOG.warn("A user is worked on for too long; an answer is not recorded", waited);
            return fallback(Why.LOCK_TIMEOUT);
        }
    }

    private Processed inTurn(String userId, Asked asked) {
        boolean isGuarded = rollout.isGuarded(userId);
        long began = nanos.getAsLong();
        boolean failed = true;
        try {
            Processed processed = (isGuarded ? guarded : plain).process(userId, asked);
            failed = false;
            return processed;
        } catch (Interrupted interrupted) {
            throw interrupted;
        } catch (RowlockException failure) {
            LOG.warn("An answer could not be recorded", failure);
            Why why = why(failure, nanos.getAsLong() - began);
            if (why == Why.LOCK_TIMEOUT) {
                metrics.lockTimedOut();
            }
            return fallback(why);
        } finally {
            breaker.ended(failed);
            rollout.ended(isGuarded, nanos.getAsLong() - began, failed);
        }
    }

    private Why why(RowlockException failure, long tookNanos) {
        if (failure instanceof CommitOutcomeUnknown) {
            return Why.OUTCOME_UNKNOWN;
        }
        if (tookNanos >= decision.toNanos()) {
            return Why.DECISION_TIMEOUT;
        }
        if (failure instanceof LockTimeout) {
            return Why.LOCK_TIMEOUT;
        }
        return failure instanceof DatabaseFailure ? Why.DATABASE : Why.CONTENTION;
    }

    private static Fallback fallback(Why why) {
        return new Fallback(why, Strategy.DEFAULT);
    }

    /**
     * Forgets what is known of a user. Answers and rewards that are worked on meanwhile come before it, and are forgotten, or after it, and
     * find a new user; rewards of answers before it are learned of no more.
     *
     * @return whether there was something to forget
     */
    boolean reset(String userId) {
        return rowlock.transact(RESET, tx -> units.reset(tx, userId));
    }
}
