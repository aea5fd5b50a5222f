package io.rowlock.app.mastery;

import static io.rowlock.app.mastery.MasteryTables.EVENTS;
import static io.rowlock.app.mastery.MasteryTables.MODELS;
import static io.rowlock.app.mastery.MasteryTables.REWARDS_BY_KEY;
import static io.rowlock.app.mastery.MasteryTables.STATES;
import static io.rowlock.app.mastery.MasteryTables.WORDS;

import io.rowlock.Row;
import io.rowlock.Tx;
import io.rowlock.app.mastery.MasteryTables.EventKind;
import io.rowlock.app.mastery.MasteryTables.EventRow;
import io.rowlock.app.mastery.MasteryTables.ModelRow;
import io.rowlock.app.mastery.MasteryTables.RewardRow;
import io.rowlock.app.mastery.MasteryTables.StateRow;
import io.rowlock.app.mastery.MasteryTables.WordKey;
import io.rowlock.app.mastery.MasteryTables.WordRow;
import io.rowlock.app.mastery.model.Decision;
import io.rowlock.app.mastery.model.Engine;
import io.rowlock.app.mastery.model.FeatureVector;
import io.rowlock.app.mastery.model.Features;
import io.rowlock.app.mastery.model.Learner;
import io.rowlock.app.mastery.model.LinUcb;
import io.rowlock.app.mastery.model.WordMastery;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The parts that units are made of. Each begins by locking the learner's state, whoever it is for, so that one at a time changes a
 * learner, on all nodes together; what it changes it changes in the one commit of the unit that is running: state, model, cold start, last
 * strategies, counters, word, delayed reward, and the event in the log.
 *
 * <p>The model's row is written from the version that was read, and the number of an event is there once in a generation. So even somebody
 * who does not lock, or whose lock was lost, commits nothing on top of what has passed.
 */
final class LearnerUnits {
    /** As it was given is how it is given again, by later versions too: what they do not know they pass over, what it lacks is nothing. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(
                    DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                    DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private final Engine engine;
    private final Duration rewardDelay;

    /** @param rewardDelay after which a delayed reward is due where nobody has said when the word comes up again */
    LearnerUnits(Engine engine, Duration rewardDelay) {
        this.engine = engine;
        this.rewardDelay = rewardDelay;
    }

    /** A learner with its rows; none of them if it is a new one. */
    private record Held(
            Learner learner,
            @Nullable Row<StateRow> state,
            @Nullable Row<ModelRow> model) {}

    // ---- answers

    /** Decides on an answer, unless that was done before. */
    Processed answer(Tx tx, String userId, Asked asked) {
        Held held = hold(tx, userId);
        if (asked.isNamed()) {
            // Read and inserted under the same key: if somebody else is faster, the unit runs again and finds it here.
            Optional<Row<EventRow>> there = tx.read(EVENTS, asked.eventId());
            if (there.isPresent()) {
                return repeat(there.get().value(), userId, asked.fingerprint());
            }
        }
        Decision decision = engine.process(
                held.learner(),
                asked.event(),
                asked.options(),
                // Of the id, so that it is decided alike whenever the unit has to run again.
                new SplittableRandom(asked.eventId().getLeastSignificantBits()));
        if (held.state() != null
                && decision.after().generation() != held.learner().generation()) {
            forgetRewards(tx, userId);
        }
        store(tx, userId, held, decision.after());
        UUID session = asked.sessionId() == null ? tx.newId("session") : asked.sessionId();
        return log(tx, userId, asked, decision, session);
    }

    /** Writes down what was decided: the event, the word, and the reward that is due later. */
    Processed log(Tx tx, String userId, Asked asked, Decision decision, UUID session) {
        int level = word(tx, userId, asked, decision);
        Instant due = reward(tx, userId, asked, decision, session);
        Given given = given(asked, session, decision, level, due);
        Row<EventRow> unused = tx.insert(
                EVENTS,
                new EventRow(
                        asked.eventId(),
                        userId,
                        decision.after().generation(),
                        decision.after().events(),
                        EventKind.ANSWER,
                        session,
                        null,
                        asked.event().wordId(),
                        asked.event().correct(),
                        asked.event().responseTime(),
                        decision.action(),
                        Features.VERSION,
                        decision.vector().bytes(),
                        decision.reward(),
                        decision.learned(),
                        decision.after().model().updateCount(),
                        asked.fingerprint(),
                        JSON.writeValueAsString(given),
                        asked.event().timestamp(),
                        tx.now()));
        return new Processed.Recorded(given, false);
    }

    /** The answer that was given, if it was to this. */
    static Processed repeat(EventRow event, String userId, String fingerprint) {
        String answer = event.answer();
        if (answer == null
                || !event.userId().equals(userId)
                || !event.fingerprint().equals(fingerprint)) {
            return new Processed.Reused(new Refusal.EventIdReused(event.id()));
        }
        return new Processed.Recorded(JSON.readValue(answer, Given.class), true);
    }

    private static Given given(Asked asked, UUID session, Decision decision, int level, @Nullable Instant due) {
        Learner after = decision.after();
        return new Given(
                asked.eventId(),
                session,
                decision.action(),
                decision.strategy(),
                after.state(),
                after.coldStart().phase(),
                decision.reward(),
                decision.learned(),
                decision.shouldBreak(),
                decision.suggestion(),
                decision.reasons(),
                decision.confidence(),
                level,
                after.generation(),
                after.interactions(),
                due == null ? null : due.toString(),
                after.model().updateCount());
    }

    private static int word(Tx tx, String userId, Asked asked, Decision decision) {
        String wordId = asked.event().wordId();
        int level = WordMastery.level(decision.after().state().cognition());
        int correct = asked.event().correct() ? 1 : 0;
        Instant at = asked.event().timestamp();
        Optional<Row<WordRow>> known = tx.read(WORDS, new WordKey(userId, wordId));
        Row<WordRow> unused = known.isPresent()
                ? tx.update(
                        known.get(),
                        word -> new WordRow(
                                userId,
                                wordId,
                                level,
                                WordMastery.of(level, word.answers() + 1),
                                word.answers() + 1,
                                word.correctAnswers() + correct,
                                at))
                : tx.insert(WORDS, new WordRow(userId, wordId, level, WordMastery.of(level, 1), 1, correct, at));
        return level;
    }

    /** The reward that is learned of later; there is one for a word at a time. */
    private @Nullable Instant reward(Tx tx, String userId, Asked asked, Decision decision, UUID session) {
        if (!decision.learned()) {
            return null;
        }
        String key = asked.rewardKey(userId);
        Optional<Row<RewardRow>> there = tx.read(REWARDS_BY_KEY, key);
        if (there.isPresent()) {
            return there.get().value().dueAt();
        }
        Instant due = asked.rewardDueAt(rewardDelay);
        Row<RewardRow> unused = tx.insert(
                REWARDS_BY_KEY,
                new RewardRow(
                        tx.newId("reward"),
                        userId,
                        session,
                        asked.eventId(),
                        due,
                        decision.reward(),
                        key,
                        tx.now(),
                        tx.now()));
        return due;
    }

    // ---- rewards

    /** What became of a reward. */
    enum Rewarded {
        /** The model has learned of it. */
        APPLIED,
        /** It was learned of before. */
        REPEATED,
        /** Nobody knows the learner, or it has begun anew since. */
        MODEL_NOT_FOUND
    }

    /**
     * Learns of a reward, once.
     *
     * @param rewardId which one it is
     * @param answer what it is for
     */
    Rewarded reward(Tx tx, UUID rewardId, double reward, EventRow answer) {
        Held held = hold(tx, answer.userId());
        Row<StateRow> state = held.state();
        if (state == null || state.value().generation() != answer.generation()) {
            return Rewarded.MODEL_NOT_FOUND;
        }
        if (tx.read(EVENTS, rewardId).isPresent()) {
            return Rewarded.REPEATED;
        }
        Learner after = Engine.rewarded(held.learner(), FeatureVector.of(answer.features()), reward);
        store(tx, answer.userId(), held, after);
        Row<EventRow> unused = tx.insert(
                EVENTS,
                new EventRow(
                        rewardId,
                        answer.userId(),
                        after.generation(),
                        after.events(),
                        EventKind.REWARD,
                        answer.sessionId(),
                        answer.id(),
                        answer.wordId(),
                        null,
                        null,
                        answer.actionNumber(),
                        answer.featureVersion(),
                        answer.features(),
                        Math.max(-1, Math.min(1, reward)),
                        true,
                        after.model().updateCount(),
                        "",
                        null,
                        tx.now(),
                        tx.now()));
        return Rewarded.APPLIED;
    }

    // ---- beginning anew

    /**
     * Forgets what is known of a user: state, model, windows, cold start, rewards that are not learned of yet. The log stays, and words
     * stay as they are.
     *
     * @return whether there was something to forget
     */
    boolean reset(Tx tx, String userId) {
        Optional<Row<StateRow>> state = tx.lock(STATES, userId);
        if (state.isEmpty()) {
            return false;
        }
        Row<ModelRow> model = tx.read(MODELS, userId).orElse(null);
        forgetRewards(tx, userId);
        Learner fresh = Learner.fresh(state.get().value().generation() + 1);
        store(tx, userId, new Held(fresh, state.get(), model), fresh);
        return true;
    }

    /** Computes the model anew from the log; state and model agree then. */
    boolean repair(Tx tx, String userId) {
        Optional<Row<StateRow>> state = tx.lock(STATES, userId);
        if (state.isEmpty()) {
            return false;
        }
        StateRow row = state.get().value();
        Row<ModelRow> model = tx.read(MODELS, userId).orElse(null);
        Rebuilt rebuilt = Rebuilt.of(tx, userId, row.generation());
        Learner stored = LearnerRows.learner(row, rebuilt.model());
        Learner right = new Learner(
                stored.generation(),
                stored.state(),
                stored.recent(),
                stored.coldStart(),
                stored.ensemble(),
                stored.strategies(),
                rebuilt.events(),
                rebuilt.answers(),
                rebuilt.model());
        store(tx, userId, new Held(right, state.get(), model), right);
        return true;
    }

    // ---- a learner and its rows

    private Held hold(Tx tx, String userId) {
        Optional<Row<StateRow>> state = tx.lock(STATES, userId);
        if (state.isEmpty()) {
            return new Held(Learner.fresh(1), null, null);
        }
        StateRow row = state.get().value();
        Row<ModelRow> model = tx.read(MODELS, userId).orElse(null);
        LinUcb learned = model == null || model.value().generation() != row.generation()
                // Something else has written here: what the log says is right.
                ? Rebuilt.of(tx, userId, row.generation()).model()
                : LearnerRows.model(model.value());
        return new Held(LearnerRows.learner(row, learned), state.get(), model);
    }

    private static void store(Tx tx, String userId, Held before, Learner after) {
        Instant now = tx.now();
        Row<StateRow> state = before.state();
        Row<ModelRow> model = before.model();
        Row<StateRow> stateStored = state == null
                ? tx.insert(STATES, LearnerRows.state(userId, after, now, now))
                : tx.update(state, row -> LearnerRows.state(userId, after, row.createdAt(), now));
        Row<ModelRow> modelStored = model == null
                ? tx.insert(MODELS, LearnerRows.model(userId, after, now, now))
                : tx.update(model, row -> LearnerRows.model(userId, after, row.createdAt(), now));
        assert stateStored.value().generation() == modelStored.value().generation();
    }

    /** Rewards for what is forgotten. Whoever has one of them in hand finds it gone, and stores nothing. */
    private static void forgetRewards(Tx tx, String userId) {
        int unused = tx.execute("DELETE FROM reward_queue WHERE user_id = ? AND claim_state <> 'DONE'", userId)
                .count();
    }
}
