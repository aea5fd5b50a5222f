package io.rowlock.app.mastery;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.rowlock.app.metrics.Meters;
import io.rowlock.event.RowlockEvent;
import io.rowlock.event.RowlockListener;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the mastery system counts, under the names that its dashboards and alerts go by. Labels are tables, outcomes and reasons, never a
 * user. Safe for use by many threads.
 */
final class MasteryMetrics implements RowlockListener {
    private static final String PREFIX = "amas-";
    private static final Set<String> TABLES =
            Set.of("amas_user_states", "amas_user_models", "amas_events", "amas_word_states", "reward_queue");

    private final Meters meters;
    private final AtomicLong queued = new AtomicLong();
    private final DistributionSummary lockWait;
    private final DistributionSummary inference;
    private final Timer rewardTime;

    MasteryMetrics(MeterRegistry registry) {
        this.meters = new Meters(registry);
        this.lockWait = DistributionSummary.builder("amas_lock_wait_time_ms")
                .description("How long answers waited for others to the same user, on this node")
                .serviceLevelObjectives(1, 5, 10, 25, 50, 100, 250, 500, 1000)
                .register(registry);
        this.inference = DistributionSummary.builder("amas_inference_latency_ms")
                .description("Answers from their coming to their decision")
                .serviceLevelObjectives(1, 5, 10, 25, 50, 100, 250, 500, 1000)
                .register(registry);
        this.rewardTime = Timer.builder("amas_reward_processing_duration")
                .description("Delayed rewards from being taken to their end")
                .register(registry);
        Gauge.builder("amas_reward_queue_length", queued, AtomicLong::get)
                .description("Delayed rewards that are not learned of yet, when they were last counted")
                .register(registry);
        // There from the start, so that an alert on it is told apart from a name that nobody knows.
        lockTimedOut(0);
    }

    private void lockTimedOut(int times) {
        meters.add("amas_lock_timeouts", "Waits for a user that ended without having it", times);
    }

    // ---- answers

    void lockTimedOut() {
        lockTimedOut(1);
    }

    /** An answer had the user to itself after this time. */
    void lockHad(long nanos) {
        lockWait.record(nanos / 1e6);
        if (nanos >= TimeUnit.MILLISECONDS.toNanos(1)) {
            meters.count("amas_concurrent_updates", "Answers that met others to the same user on this node");
        }
    }

    void recorded(long nanos, boolean repeated) {
        inference.record(nanos / 1e6);
        meters.count("amas_decision_write", "Decisions", "status", repeated ? "repeated" : "success");
        if (!repeated) {
            meters.count("amas_feature_vector_saved", "Feature vectors that were stored");
        }
    }

    void fellBack(Processed.Why why) {
        meters.count("amas_decision_write", "Decisions", "status", "failed");
        meters.count("amas_fallbacks", "Answers that got a fallback", "reason", Meters.label(why));
    }

    // ---- rewards

    void rewarded(String status, Duration took) {
        meters.count("amas_reward_processed", "Delayed rewards that were worked on", "status", status);
        rewardTime.record(took);
    }

    void queueLength(long rewards) {
        queued.set(rewards);
    }

    // ---- consistency

    void inconsistent(String field, long users) {
        meters.add(
                "amas_cache_inconsistencies",
                "Users whose state, model and log were found not to agree",
                (double) users,
                "field",
                field);
    }

    // ---- what the guards tell

    @Override
    public void on(RowlockEvent event) {
        if (event instanceof RowlockEvent.ChangedRead e && TABLES.contains(e.table())) {
            conflict(e.table());
        } else if (event instanceof RowlockEvent.Conflict e && TABLES.contains(e.table())) {
            conflict(e.table());
        } else if (event instanceof RowlockEvent.Retried e && e.unit().startsWith(PREFIX)) {
            rolledBack(Meters.label(e.cause()));
        } else if (event instanceof RowlockEvent.Failed e && e.unit().startsWith(PREFIX)) {
            rolledBack(Meters.label(e.why()));
        }
    }

    private void conflict(String table) {
        meters.count("amas_optimistic_lock_conflicts", "Rows that were found changed", "table", table);
    }

    private void rolledBack(String reason) {
        meters.count("amas_transaction_rollbacks", "Attempts of which nothing was stored", "reason", reason);
    }
}
