package io.rowlock.app.mastery.model;

import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Makes the next learner and a decision of a learner and an answer: perceives, models, selects, keeps within the guardrails, rewards and
 * learns, in this order.
 *
 * <p>A function: the learner that is handed in stays what it is, and from the same learner, answer and random numbers comes the same.
 *
 * <p>Safe for use by many threads.
 */
public final class Engine {
    private final ZoneId zone;

    /** @param zone where users are, for the hour of the day */
    public Engine(ZoneId zone) {
        this.zone = zone;
    }

    /**
     * What is asked for beside the answer.
     *
     * @param profile what counts for the reward
     * @param learn whether the model is to learn of it
     * @param recentAccuracy the share of right answers that the caller has seen lately, or null: those that are known here
     */
    public record Options(
            RewardProfile profile, boolean learn, @Nullable Double recentAccuracy) {
        public static final Options DEFAULT = new Options(RewardProfile.STANDARD, true, null);
    }

    /**
     * Decides how a user goes on.
     *
     * @param before what is known
     * @param event the answer; not an {@linkplain LearningEvent#isAnomalous anomalous} one
     */
    public Decision process(Learner before, LearningEvent event, Options options, RandomGenerator random) {
        if (event.isAnomalous()) {
            throw new IllegalArgumentException("Nothing can be learned from an anomalous event: look before you call");
        }
        Instant at = event.timestamp();
        int hour = at.atZone(zone).getHour();
        Learner learner = Returning.isForgotten(before, at)
                ? Learner.fresh(before.generation() + 1)
                : Returning.returned(before, at);

        long interactions = learner.interactions() + 1;
        Recent recent = learner.recent().with(event, Modelling.longTerm(learner.recent(), event));
        UserState state = Modelling.after(learner.state(), event, recent, interactions, hour);
        double errorRate = options.recentAccuracy() == null
                ? recent.errorRate()
                : Numbers.sane(1 - options.recentAccuracy(), recent.errorRate(), 0, 1);
        ColdStart coldStart = learner.coldStart().after(event);

        List<FeatureVector> vectors = new ArrayList<>();
        for (Strategy action : Actions.ALL) {
            vectors.add(Features.of(state, errorRate, event.responseTime(), hour, action));
        }
        double alpha = alpha(interactions, 1 - errorRate, state);
        Ensemble.Ratings ratings =
                learner.ensemble().rate(state, recent, learner.model(), alpha, vectors, at.toEpochMilli(), random);

        Strategy strategy = strategy(learner, coldStart, ratings, state);
        int action = Actions.nearest(strategy);
        FeatureVector vector = vectors.get(action);

        double reward = options.profile().reward(event, state);
        LinUcb model = learner.model().withAlpha(alpha);
        double uncertainty = model.uncertainty(vector);
        boolean learned = options.learn() && model.update(vector, reward);
        Ensemble ensemble = options.learn() ? learner.ensemble().learned(ratings, action, reward) : learner.ensemble();

        Learner after = new Learner(
                learner.generation(),
                state,
                recent,
                coldStart,
                ensemble,
                Learner.newest(learner.strategies(), strategy),
                learner.events() + 1,
                interactions,
                model);
        return new Decision(
                after,
                action,
                strategy,
                vector,
                reward,
                learned,
                Guardrails.shouldBreak(state),
                suggestion(state),
                reasons(state, errorRate, alpha),
                uncertainty);
    }

    /**
     * Learns what a decision turned out to be worth later.
     *
     * @param vector of the action that was taken then; of another length it is cut, or filled up with zeros
     * @param reward cut at ±1
     * @throws IllegalArgumentException if the reward is not finite
     */
    public static Learner rewarded(Learner before, FeatureVector vector, double reward) {
        LinUcb model = before.model().copy();
        if (!model.update(vector.resized(model.dimension()), reward)) {
            throw new IllegalArgumentException("A reward is a finite number (reward=" + reward + ")");
        }
        return new Learner(
                before.generation(),
                before.state(),
                before.recent(),
                before.coldStart(),
                before.ensemble(),
                before.strategies(),
                before.events() + 1,
                before.interactions(),
                model);
    }

    /** How much not knowing is worth: little at first, when nothing is known at all, much when the user can bear it, then less. */
    private static double alpha(long interactions, double accuracy, UserState state) {
        if (interactions < 15) {
            return 0.5;
        }
        if (interactions < 50) {
            return accuracy > 0.75 && state.fatigue() < 0.5 ? 2 : 1;
        }
        return 0.7;
    }

    private static Strategy strategy(Learner learner, ColdStart coldStart, Ensemble.Ratings ratings, UserState state) {
        if (coldStart.probe() >= 0) {
            // A probe is tried as it is, or it would tell nothing; what is good for the user comes before even that.
            return Guardrails.applied(Actions.ALL.get(coldStart.probe()), state);
        }
        ColdStart.Kind kind = coldStart.settled();
        boolean justSettled = learner.coldStart().phase() == ColdStart.Phase.CLASSIFY && kind != null;
        Strategy previous = justSettled && kind != null ? kind.strategy() : learner.strategy();
        Strategy chosen = Actions.ALL.get(ratings.best());
        return Guardrails.applied(chosen.smoothedFrom(previous), state);
    }

    private static Decision.@Nullable Suggestion suggestion(UserState state) {
        if (Guardrails.shouldBreak(state)) {
            return Decision.Suggestion.TAKE_A_BREAK;
        }
        if (state.motivation() < -0.3 || state.trend() == Trend.DOWN) {
            return Decision.Suggestion.EASIER_WORDS;
        }
        if (state.attention() < 0.3) {
            return Decision.Suggestion.FEWER_DISTRACTIONS;
        }
        return state.fatigue() > 0.6 ? Decision.Suggestion.SLOWER : null;
    }

    /** What is furthest from where a user of whom nothing is known stands comes first. */
    private static List<Decision.Reason> reasons(UserState state, double errorRate, double alpha) {
        return List.of(
                        weighed("fatigue", state.fatigue(), UserState.DEFAULT.fatigue()),
                        weighed("attention", state.attention(), UserState.DEFAULT.attention()),
                        weighed("motivation", state.motivation(), UserState.DEFAULT.motivation()),
                        weighed("memory", state.cognition().mem(), Cognition.DEFAULT.mem()),
                        weighed("recent_error_rate", errorRate, 0.25),
                        weighed("exploration", alpha, 0.7))
                .stream()
                .sorted(Comparator.comparingDouble(Weight::off).reversed())
                .map(Weight::reason)
                .toList();
    }

    private record Weight(Decision.Reason reason, double off) {}

    private static Weight weighed(String factor, double value, double usual) {
        return new Weight(new Decision.Reason(factor, value), Math.abs(value - usual));
    }
}
