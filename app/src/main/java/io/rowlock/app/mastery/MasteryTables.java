package io.rowlock.app.mastery;

import io.rowlock.Table;
import io.rowlock.app.mastery.model.Trend;
import io.rowlock.app.mastery.model.WordMastery;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The tables as the units see them; {@code db/migration} has their SQL. */
final class MasteryTables {

    /**
     * How a learner is.
     *
     * @param generation how often the learner was begun
     * @param habitProfile JSON, as all texts that follow
     * @param events how many rows of the log are of this generation
     * @param interactions how many of them are answers
     * @param lastUpdateTs of the last answer, milliseconds since 1970
     */
    record StateRow(
            String userId,
            long generation,
            double attention,
            double fatigue,
            double motivation,
            double confidence,
            double mem,
            double speed,
            double stability,
            Trend trendState,
            String habitProfile,
            String coldStart,
            String recentAnswers,
            String ensemble,
            String strategies,
            long events,
            long interactions,
            long lastUpdateTs,
            Instant createdAt,
            Instant updatedAt) {}

    /**
     * What was learned of a learner's answers.
     *
     * @param modelData see {@link io.rowlock.app.mastery.model.LinUcb#bytes}
     */
    @SuppressWarnings("ArrayRecordComponent") // bytes are a column type
    record ModelRow(
            String userId,
            long generation,
            int d,
            double lambda,
            double alpha,
            long updateCount,
            byte[] modelData,
            long lastUpdateTs,
            Instant createdAt,
            Instant updatedAt) {}

    /** What changes a learner. */
    enum EventKind {
        ANSWER,
        REWARD
    }

    /**
     * One change of a learner; never changed once made.
     *
     * @param eventNumber in its generation, from 1
     * @param answerId of a reward: the answer that it is for
     * @param features the vector of the action
     * @param learned whether the model has learned of it
     * @param updateCount of the model after it
     * @param fingerprint of what was asked, so that an id is not used for something else
     * @param answer JSON, as it was given
     */
    @SuppressWarnings("ArrayRecordComponent") // bytes are a column type
    record EventRow(
            UUID id,
            String userId,
            long generation,
            long eventNumber,
            EventKind kind,
            @Nullable UUID sessionId,
            @Nullable UUID answerId,
            @Nullable String wordId,
            @Nullable Boolean isCorrect,
            @Nullable Double responseTime,
            int actionNumber,
            int featureVersion,
            byte[] features,
            double reward,
            boolean learned,
            long updateCount,
            String fingerprint,
            @Nullable String answer,
            Instant occurredAt,
            Instant createdAt) {}

    /** How well a user masters a word. */
    record WordRow(
            String userId,
            String wordId,
            int masteryLevel,
            WordMastery state,
            long answers,
            long correctAnswers,
            Instant lastAnsweredAt) {}

    /** Whose word. */
    record WordKey(String userId, String wordId) {}

    /**
     * A reward that is learned of later.
     *
     * @param answerRecordId the answer that it is for
     * @param idempotencyKey of which there is one: user, word and time
     */
    record RewardRow(
            UUID id,
            String userId,
            @Nullable UUID sessionId,
            @Nullable UUID answerRecordId,
            Instant dueAt,
            double reward,
            String idempotencyKey,
            Instant createdAt,
            Instant updatedAt) {}

    static final Table<StateRow, String> STATES = Table.of("amas_user_states", StateRow.class)
            .key("userId", String.class)
            .build();

    static final Table<ModelRow, String> MODELS = Table.of("amas_user_models", ModelRow.class)
            .key("userId", String.class)
            .build();

    static final Table<EventRow, UUID> EVENTS =
            Table.of("amas_events", EventRow.class).key("id", UUID.class).build();

    static final Table<WordRow, WordKey> WORDS =
            Table.of("amas_word_states", WordRow.class).key(WordKey.class).build();

    static final Table<RewardRow, UUID> REWARDS =
            Table.of("reward_queue", RewardRow.class).key("id", UUID.class).build();

    static final Table<RewardRow, String> REWARDS_BY_KEY = Table.of("reward_queue", RewardRow.class)
            .key("idempotencyKey", String.class)
            .build();

    /** The learner before all that is the learner's: every unit locks and writes in this order. */
    static final List<Table<?, ?>> ORDER = List.of(STATES, MODELS, WORDS, REWARDS, REWARDS_BY_KEY, EVENTS);

    private MasteryTables() {}
}
