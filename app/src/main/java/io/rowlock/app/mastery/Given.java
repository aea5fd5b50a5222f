package io.rowlock.app.mastery;

import io.rowlock.app.mastery.model.ColdStart;
import io.rowlock.app.mastery.model.Decision;
import io.rowlock.app.mastery.model.Strategy;
import io.rowlock.app.mastery.model.UserState;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What was decided on an answer, as it is stored with the event and given again whenever the event comes again.
 *
 * @param action by its number
 * @param wordLevel how well the word is mastered now, 0 to 5
 * @param generation how often the learner was begun
 * @param answers how many of this generation were decided on, this one included
 * @param rewardDueAt when the delayed reward is due, or null if the answer was to teach nothing
 */
record Given(
        UUID eventId,
        UUID sessionId,
        int action,
        Strategy strategy,
        UserState state,
        ColdStart.Phase phase,
        double reward,
        boolean learned,
        boolean shouldBreak,
        Decision.@Nullable Suggestion suggestion,
        List<Decision.Reason> reasons,
        double confidence,
        int wordLevel,
        long generation,
        long answers,
        @Nullable String rewardDueAt,
        long updateCount) {}
