package io.rowlock.app.mastery;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.rowlock.RetriesExhausted;
import io.rowlock.Rowlock;
import io.rowlock.RowlockBuilder;
import io.rowlock.Table;
import io.rowlock.app.mastery.model.Engine;
import io.rowlock.app.mastery.model.LearningEvent;
import io.rowlock.app.races.Stand;
import io.rowlock.lab.Scenario;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.UUID;

/** A learner who has answered once, on a stand with no others: what races of the service begin with. */
final class Lesson {
    static final String USER = "ada";
    static final UUID FIRST = new UUID(0, 1);

    private static final Instant AT = Instant.parse("2024-05-01T11:00:00Z");
    private static final Duration LONG = Duration.ofSeconds(30);

    /** Counts, without ids and times. */
    private static final String[] STATE = {
        "SELECT generation, events, interactions FROM amas_user_states",
        "SELECT generation, update_count FROM amas_user_models",
        "SELECT generation, event_number, kind, update_count FROM amas_events ORDER BY generation, event_number",
        "SELECT claim_state FROM reward_queue ORDER BY claim_state",
        "SELECT word_id, answers FROM amas_word_states ORDER BY word_id"
    };

    private final Stand stand;

    /** Clears the tables of the mastery system, and answers once. */
    Lesson(Stand stand) {
        this.stand = stand;
        stand.execute(
                "DELETE FROM amas_events",
                "DELETE FROM reward_queue",
                "DELETE FROM amas_word_states",
                "DELETE FROM amas_user_models",
                "DELETE FROM amas_user_states");
        String told = new Node(inOrder(stand.setUp())).answer(FIRST, "first");
        if (!told.equals("done")) {
            throw new IllegalStateException("Not set up (told=" + told + ")");
        }
    }

    /** With the order of the mastery system. */
    static Rowlock inOrder(RowlockBuilder builder) {
        return builder.order(MasteryTables.ORDER.toArray(Table<?, ?>[]::new)).build();
    }

    /** A scenario that begins here, without actors. */
    Scenario scenario(String name) {
        return stand.asItIs(name).state(STATE).contention(RetriesExhausted.class::isInstance);
    }

    /** A node of the service that has just begun. */
    Node node(int number) {
        return new Node(inOrder(stand.node(number)));
    }

    /** A node of the service. */
    static final class Node {
        private final Mastery mastery;
        private final DelayedRewards rewards;

        Node(Rowlock rowlock) {
            MasteryMetrics metrics = new MasteryMetrics(new SimpleMeterRegistry());
            Engine engine = new Engine(ZoneOffset.UTC);
            LearnerUnits units = new LearnerUnits(engine, Duration.ofDays(1));
            mastery = new Mastery(
                    rowlock,
                    units,
                    new GuardedPersistence(rowlock, units, LONG),
                    new PlainPersistence(rowlock, engine, units, LONG),
                    new Rollout(true, 100),
                    new CircuitBreaker(System::nanoTime),
                    metrics,
                    LONG,
                    LONG,
                    System::nanoTime);
            rewards = new DelayedRewards(rowlock, units, metrics, LONG, System::nanoTime);
        }

        /** Answers; the same id is the same answer. */
        String answer(UUID id, String word) {
            Asked asked = new Asked(
                    id,
                    true,
                    word,
                    LearningEvent.answer(word, true, 2000, AT),
                    Engine.Options.DEFAULT,
                    null,
                    null,
                    null);
            return mastery.process(USER, asked)
                    .fold(
                            recorded -> "done",
                            reused -> "reused",
                            fallback -> fallback.why().name().toLowerCase(Locale.ROOT));
        }

        /** Learns of a reward for the first answer. */
        String reward(UUID id) {
            DelayedRewards.Applied applied = rewards.apply(id, USER, 0.5, FIRST, null);
            return applied instanceof DelayedRewards.Applied.Failed failed ? failed.error() : "done";
        }

        /** Works off what is due. */
        String work() {
            DelayedRewards.Report report = rewards.applyDue();
            return report.retried() + report.failed() == 0 ? "done" : report.toString();
        }

        String reset() {
            return mastery.reset(USER) ? "done" : "nobody";
        }
    }
}
