package io.rowlock.app.mastery;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.rowlock.app.audit.Finding;
import io.rowlock.app.mastery.MasteryTables.StateRow;
import io.rowlock.app.mastery.model.Cognition;
import io.rowlock.app.mastery.model.ColdStart;
import io.rowlock.app.mastery.model.Decision;
import io.rowlock.app.mastery.model.Engine;
import io.rowlock.app.mastery.model.LearningEvent;
import io.rowlock.app.mastery.model.RewardProfile;
import io.rowlock.app.mastery.model.Strategy;
import io.rowlock.app.mastery.model.Trend;
import io.rowlock.app.mastery.model.UserState;
import io.rowlock.app.metrics.UnitTimes;
import io.rowlock.once.Fingerprint;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.Valid;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The JSON bodies of the mastery system. Messages of constraints say what has to stand there. */
final class MasteryBodies {
    /** Ids that come from elsewhere. */
    static final String ID = "[A-Za-z0-9._~@+-]{1,64}";

    static final String ID_MESSAGE = "1 to 64 letters, digits and . _ ~ @ + -";
    static final int LIMIT_MAX = 100;
    static final String LIMIT = "a whole number from 1 to 100";

    private static final String RESPONSE_TIME = "milliseconds, more than 0 and at most 300000";
    private static final String COUNT = "a whole number from 0 to 1000";
    private static final String TIME = "milliseconds, from 0 to 3600000";
    private static final int BATCH_MAX = 100;

    /** What every success is wrapped in. */
    record Envelope<T>(boolean success, T data) {
        static <T> Envelope<T> of(T data) {
            return new Envelope<>(true, data);
        }
    }

    /** An answer, as its fields are named by those who send it. */
    @Schema(name = "MasteryEvent", description = "One answer of a user, with what was seen of how it was given")
    record Event(
            @Schema(example = "ada", description = "Whose it is; in a batch that is said for all of them")
            @Pattern(regexp = ID, message = ID_MESSAGE)
            @Nullable
            String userId,

            @Schema(example = "lighthouse", description = "The word it was about")
            @NotNull(message = ID_MESSAGE)
            @Pattern(regexp = ID, message = ID_MESSAGE)
            String wordId,

            @JsonProperty("isCorrect") @NotNull(message = "true or false")
            Boolean isCorrect,

            @Schema(example = "2100", description = "From the question to the answer, milliseconds")
            @NotNull(message = RESPONSE_TIME)
            @DecimalMin(value = "0", inclusive = false, message = RESPONSE_TIME)
            @DecimalMax(value = "300000", message = RESPONSE_TIME)
            Double responseTime,

            @Schema(description = "On the word, milliseconds; 1800 if left out")
            @DecimalMin(value = "0", message = TIME)
            @DecimalMax(value = "3600000", message = TIME)
            @Nullable
            Double dwellTime,

            @Schema(description = "How often the user stopped")
            @Min(value = 0, message = COUNT)
            @Max(value = 1000, message = COUNT)
            @Nullable
            Integer pauseCount,

            @Schema(description = "How often the user went to another window")
            @Min(value = 0, message = COUNT)
            @Max(value = 1000, message = COUNT)
            @Nullable
            Integer switchCount,

            @Schema(description = "How often the user tried again")
            @Min(value = 0, message = COUNT)
            @Max(value = 1000, message = COUNT)
            @Nullable
            Integer retryCount,

            @Schema(description = "For how long the user looked elsewhere, milliseconds")
            @DecimalMin(value = "0", message = TIME)
            @DecimalMax(value = "3600000", message = TIME)
            @Nullable
            Double focusLossDuration,

            @Schema(description = "Interactions per second; 2 if left out")
            @DecimalMin(value = "0", message = "from 0 to 1000")
            @DecimalMax(value = "1000", message = "from 0 to 1000")
            @Nullable
            Double interactionDensity,

            @Schema(description = "Whether the user gave up; false if left out") @Nullable
            Boolean quit,

            @Schema(description = "When it was; now if left out, and if it has not come yet") @Nullable
            Instant timestamp,

            @Schema(description = "Which one it is: with the same id it is decided on once") @Nullable
            UUID eventId,

            @Schema(description = "What it belongs to; if left out it begins a session") @Nullable
            UUID sessionId,

            @Schema(description = "What counts for the reward; standard if left out") @Nullable
            RewardProfile profile,

            @Schema(description = "Whether the model is to learn nothing of it; false if left out") @Nullable
            Boolean skipUpdate,

            @Schema(description = "The share of right answers that was seen lately; what is known here if left out")
            @DecimalMin(value = "0", message = "from 0 to 1")
            @DecimalMax(value = "1", message = "from 0 to 1")
            @Nullable
            Double recentAccuracy,

            @Schema(description = "When the word comes up again, which is when the delayed reward is due") @Nullable
            Instant nextReviewAt,

            @Schema(description = "In how many days the word comes up again, if it is not said when")
            @DecimalMin(value = "0", message = "from 0 to 365")
            @DecimalMax(value = "365", message = "from 0 to 365")
            @Nullable
            Double intervalDays) {

        /**
         * What is asked for.
         *
         * @param fallbackId of an event that has none
         * @param isNamed whether the caller knows that id
         */
        Asked asked(UUID fallbackId, boolean isNamed, Instant now) {
            Instant at = timestamp == null || timestamp.isAfter(now) ? now : timestamp;
            return new Asked(
                    eventId == null ? fallbackId : eventId,
                    eventId != null || isNamed,
                    Fingerprint.of(withoutId()).toString(),
                    new LearningEvent(
                            wordId,
                            isCorrect,
                            responseTime,
                            or(dwellTime, 1800.0),
                            or(pauseCount, 0),
                            or(switchCount, 0),
                            or(retryCount, 0),
                            or(focusLossDuration, 0.0),
                            or(interactionDensity, 2.0),
                            or(quit, false),
                            at),
                    new Engine.Options(or(profile, RewardProfile.STANDARD), !or(skipUpdate, false), recentAccuracy),
                    sessionId,
                    nextReviewAt,
                    intervalDays == null ? null : Duration.ofSeconds(Math.round(intervalDays * 86_400)));
        }

        /** The same answer, whatever it is called: so that one that was not named may come again under the id it was told. */
        private Event withoutId() {
            return new Event(
                    userId,
                    wordId,
                    isCorrect,
                    responseTime,
                    dwellTime,
                    pauseCount,
                    switchCount,
                    retryCount,
                    focusLossDuration,
                    interactionDensity,
                    quit,
                    timestamp,
                    null,
                    sessionId,
                    profile,
                    skipUpdate,
                    recentAccuracy,
                    nextReviewAt,
                    intervalDays);
        }

        private static <T> T or(@Nullable T value, T otherwise) {
            return Objects.requireNonNullElse(value, otherwise);
        }
    }

    @Schema(name = "MasteryBatch", description = "Answers of a user, in their order")
    record Batch(
            @Schema(example = "ada") @NotNull(message = ID_MESSAGE) @Pattern(regexp = ID, message = ID_MESSAGE)
            String userId,

            @NotNull(message = "1 to 100 events") @Size(min = 1, max = BATCH_MAX, message = "1 to 100 events")
            List<@Valid @NotNull(message = "an event") Event> events) {}

    @Schema(name = "MasteryUser", description = "Who")
    record User(
            @Schema(example = "ada") @NotNull(message = ID_MESSAGE) @Pattern(regexp = ID, message = ID_MESSAGE)
            String userId) {}

    @Schema(name = "MasteryState", description = "How a user is, as far as answers tell")
    record State(
            double attention,
            double fatigue,
            double motivation,
            double confidence,
            Cognition cognition,
            Trend trend,
            UserState.Habit habit,

            @Schema(description = "Of the last answer, milliseconds since 1970")
            long ts,

            @Schema(description = "How often the user was begun")
            long generation,

            @Schema(description = "How many answers were decided on since then")
            long answers) {
        static State of(StateRow row) {
            return of(LearnerRows.state(row), row.generation(), row.interactions());
        }

        static State of(UserState state, long generation, long answers) {
            return new State(
                    state.attention(),
                    state.fatigue(),
                    state.motivation(),
                    state.confidence(),
                    state.cognition(),
                    state.trend(),
                    state.habit(),
                    state.ts(),
                    generation,
                    answers);
        }
    }

    @Schema(name = "MasteryExplanation", description = "The numbers that a decision rests on, the most telling first")
    record Explanation(List<Decision.Reason> factors) {}

    @Schema(name = "MasteryObjectives")
    record Objectives(RewardProfile profile) {}

    @Schema(name = "MasteryDecision", description = "How the user goes on")
    record Decided(
            UUID eventId,
            @Nullable UUID sessionId,

            @Schema(
                    description =
                            "Whether it was decided on, and that is stored; if not, strategy is one to go on with")
            boolean recorded,

            @Schema(description = "Why it was not decided on")
            Processed.@Nullable Why fallback,

            Strategy strategy,

            @Schema(description = "Which of the actions it is nearest to, from 0 to 23") @Nullable
            Integer action,

            Explanation explanation,
            Decision.@Nullable Suggestion suggestion,
            boolean shouldBreak,
            @Nullable State state,
            ColdStart.@Nullable Phase phase,
            double reward,

            @Schema(description = "How little is known of the action") @Nullable
            Double uncertainty,

            @Schema(description = "How well the word is mastered now, 0 to 5") @Nullable
            Integer masteryLevel,

            @Schema(description = "When the delayed reward is due, if there is one") @Nullable
            String rewardDueAt,

            Objectives objectives) {

        static Decided of(Asked asked, Processed.Recorded recorded) {
            Given given = recorded.given();
            return new Decided(
                    given.eventId(),
                    given.sessionId(),
                    true,
                    null,
                    given.strategy(),
                    given.action(),
                    new Explanation(given.reasons()),
                    given.suggestion(),
                    given.shouldBreak(),
                    State.of(given.state(), given.generation(), given.answers()),
                    given.phase(),
                    given.reward(),
                    given.confidence(),
                    given.wordLevel(),
                    given.rewardDueAt(),
                    new Objectives(asked.options().profile()));
        }

        static Decided of(Asked asked, Processed.Fallback fallback) {
            return new Decided(
                    asked.eventId(),
                    asked.sessionId(),
                    false,
                    fallback.why(),
                    fallback.strategy(),
                    null,
                    new Explanation(List.of()),
                    null,
                    false,
                    null,
                    null,
                    0,
                    null,
                    null,
                    null,
                    new Objectives(asked.options().profile()));
        }
    }

    @Schema(name = "MasteryBatchResult", description = "What became of each answer, in their order")
    record BatchResult(List<Decided> results, int recorded) {
        static BatchResult of(List<Decided> results) {
            return new BatchResult(
                    results, (int) results.stream().filter(Decided::recorded).count());
        }
    }

    @Schema(name = "MasteryStrategy")
    record CurrentStrategy(
            Strategy strategy,

            @Schema(description = "Whether the user has answered anything")
            boolean initialized) {}

    @Schema(name = "MasteryPhase", description = "How far a new user is known")
    record CurrentPhase(ColdStart.Phase phase, int probes, int updates, ColdStart.@Nullable Kind userType) {
        static CurrentPhase of(ColdStart coldStart) {
            return new CurrentPhase(coldStart.phase(), coldStart.probes(), coldStart.updates(), coldStart.settled());
        }
    }

    @Schema(name = "MasteryReset")
    record ResetDone(
            @Schema(description = "Whether there was something to forget")
            boolean forgotten) {}

    @Schema(name = "MasteryReward", description = "A reward that is learned of later")
    record Reward(
            UUID id,
            @Nullable UUID sessionId,
            @Nullable UUID answerRecordId,
            Instant dueAt,
            double reward,
            RewardStatus status,
            int attempts,
            @Nullable String lastError,
            Instant createdAt) {
        static Reward of(MasteryQueries.Reward found) {
            return new Reward(
                    found.row().id(),
                    found.row().sessionId(),
                    found.row().answerRecordId(),
                    found.row().dueAt(),
                    found.row().reward(),
                    found.status(),
                    found.attempts(),
                    found.reason(),
                    found.row().createdAt());
        }
    }

    @Schema(name = "MasteryRewards")
    record Rewards(List<Reward> items, int count) {
        static Rewards of(List<MasteryQueries.Reward> found) {
            return new Rewards(found.stream().map(Reward::of).toList(), found.size());
        }
    }

    @Schema(name = "MasteryDrifts", description = "Users of whom state, model and log do not agree")
    record Drifts(List<Consistency.Drift> items, int count) {}

    @Schema(name = "MasteryPerformance", description = "How the operations fared on this node since it started")
    record Performance(Collection<UnitTimes.Times> units, Rollout.Overview rollout) {}

    @Schema(name = "MasteryMonitoring", description = "What was asked for, and the answer, whose form goes by it")
    record Monitoring(
            String action, @Schema(type = "object") Object data) {}

    @Schema(name = "MasteryConsistency", description = "Whether everything agrees")
    record Audited(boolean consistent, long violations, List<Finding> checks) {
        static Audited of(List<Finding> findings) {
            long violations = findings.stream().mapToLong(Finding::violations).sum();
            return new Audited(violations == 0, violations, findings);
        }
    }

    private MasteryBodies() {}
}
