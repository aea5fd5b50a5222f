package io.rowlock.app.mastery.model;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What comes of an answer.
 *
 * @param after what is known of the user now
 * @param action the one that was taken, by its number
 * @param strategy how the user goes on; near the action, within the guardrails
 * @param vector of the action, which delayed rewards are learned by
 * @param reward what the answer was worth
 * @param learned whether the model has learned of it
 * @param shouldBreak whether the user is to take a break
 * @param suggestion what the user might be told, or null
 * @param reasons what the decision rests on, the most telling first
 * @param confidence how little is known of the action
 */
public record Decision(
        Learner after,
        int action,
        Strategy strategy,
        FeatureVector vector,
        double reward,
        boolean learned,
        boolean shouldBreak,
        @Nullable Suggestion suggestion,
        List<Reason> reasons,
        double confidence) {
    public Decision {
        reasons = List.copyOf(reasons);
    }

    /** What a user might be told. */
    public enum Suggestion {
        @JsonProperty("take_a_break")
        TAKE_A_BREAK,
        @JsonProperty("easier_words")
        EASIER_WORDS,
        @JsonProperty("fewer_distractions")
        FEWER_DISTRACTIONS,
        @JsonProperty("slower")
        SLOWER
    }

    /**
     * A number that a decision rests on.
     *
     * @param factor what it is, constant text
     */
    public record Reason(String factor, double value) {}
}
