package io.rowlock.app.mastery.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Four members that each rate every action, and how much each of them counts. Whose ratings go with the rewards comes to count more.
 * Immutable.
 *
 * @param weights of the members in the order of {@link Member}; their sum is 1 and none is below {@value #WEIGHT_MIN}
 * @param good for each action how much reward it has brought, for the member that draws lots
 * @param bad for each action how much it has not
 */
public record Ensemble(List<Double> weights, List<Double> good, List<Double> bad) {
    static final double WEIGHT_MIN = 0.05;
    private static final double LEARNING_RATE = 0.25;

    static final Ensemble START = new Ensemble(
            Arrays.stream(Member.values()).map(member -> member.weight).toList(), ones(), ones());

    /** Who rates. */
    public enum Member {
        /** By what an action has brought so far, with luck. */
        THOMPSON(0.25),
        /** By what the model expects. */
        LINUCB(0.40),
        /** By how well the user will remember. */
        ACTR(0.25),
        /** By rules of thumb. */
        HEURISTIC(0.10);

        private final double weight;

        Member(double weight) {
            this.weight = weight;
        }
    }

    public Ensemble {
        weights = normalized(weights);
        good = counts(good);
        bad = counts(bad);
    }

    /** What the members think, and what comes of it. Lives for one decision, and is compared with nothing. */
    @SuppressWarnings("ArrayRecordComponent")
    record Ratings(List<double[]> byMember, double[] together) {
        int best() {
            int best = 0;
            for (int i = 1; i < together.length; i++) {
                if (together[i] > together[best]) {
                    best = i;
                }
            }
            return best;
        }
    }

    /**
     * How the actions are rated.
     *
     * @param vectors of the actions, by their numbers
     * @param now milliseconds since 1970
     */
    Ratings rate(
            UserState state,
            Recent recent,
            LinUcb model,
            double alpha,
            List<FeatureVector> vectors,
            long now,
            RandomGenerator random) {
        List<double[]> byMember = List.of(
                scaled(thompson(random)),
                scaled(vectors.stream().mapToDouble(x -> model.score(x, alpha)).toArray()),
                scaled(actr(recent, now)),
                scaled(heuristic(state)));
        double[] together = new double[Actions.ALL.size()];
        for (int member = 0; member < byMember.size(); member++) {
            for (int action = 0; action < together.length; action++) {
                together[action] += weights.get(member) * byMember.get(member)[action];
            }
        }
        return new Ratings(byMember, together);
    }

    /** After an action has brought a reward, -1 to 1. */
    Ensemble learned(Ratings ratings, int action, double reward) {
        List<Double> next = new ArrayList<>();
        for (int member = 0; member < weights.size(); member++) {
            double agreed = ratings.byMember().get(member)[action] - 0.5;
            next.add(weights.get(member) * Math.exp(LEARNING_RATE * reward * agreed));
        }
        double share = (reward + 1) / 2;
        return new Ensemble(next, plus(good, action, share), plus(bad, action, 1 - share));
    }

    // ---- members

    /** The normal distribution with the mean and the variance of the beta distribution is close enough to draw from. */
    private double[] thompson(RandomGenerator random) {
        double[] drawn = new double[Actions.ALL.size()];
        for (int i = 0; i < drawn.length; i++) {
            double all = good.get(i) + bad.get(i);
            double mean = good.get(i) / all;
            double variance = mean * (1 - mean) / (all + 1);
            drawn[i] = Numbers.unit(mean + Math.sqrt(variance) * random.nextGaussian());
        }
        return drawn;
    }

    /** The more of the last answers are fresh and right, the better is remembered, and the longer intervals may be. */
    private static double[] actr(Recent recent, long now) {
        double traces = 0;
        for (Recent.Answer answer : recent.answers()) {
            if (answer.correct()) {
                traces += 1 / Math.sqrt(1 + Math.max(0, now - answer.at()) / 1000.0);
            }
        }
        double recalled = traces / (1 + traces);
        double[] ratings = new double[Actions.ALL.size()];
        for (int i = 0; i < ratings.length; i++) {
            ratings[i] = 1 - Math.abs(Actions.ALL.get(i).intervalScale() - (Strategy.INTERVAL_MIN + recalled));
        }
        return ratings;
    }

    private static double[] heuristic(UserState state) {
        double ability = state.cognition().mem();
        Strategy ideal = new Strategy(
                        0.7 + 0.6 * ability,
                        0.1 + 0.3 * Math.max(0, state.motivation()),
                        ability < 0.4 ? Difficulty.EASY : ability < 0.75 ? Difficulty.MID : Difficulty.HARD,
                        (int) Math.round(16 * (1 - state.fatigue())),
                        (int) Math.round(Strategy.HINT_MAX * (1 - state.attention())))
                .clamped();
        return Actions.ALL.stream()
                .mapToDouble(action -> -action.distance(ideal))
                .toArray();
    }

    /** From 0 for the worst to 1 for the best, so that members can be added up. */
    private static double[] scaled(double[] ratings) {
        double min = Arrays.stream(ratings).min().orElse(0);
        double max = Arrays.stream(ratings).max().orElse(0);
        return Arrays.stream(ratings)
                .map(rating -> max > min ? (rating - min) / (max - min) : 0.5)
                .toArray();
    }

    // ---- weights and counts

    /** With the sum 1, and none below the least: those that would be get that, and the others share the rest. */
    private static List<Double> normalized(List<Double> weights) {
        int members = Member.values().length;
        double[] w = new double[members];
        for (int i = 0; i < members; i++) {
            double given = i < weights.size() ? weights.get(i) : Double.NaN;
            w[i] = Numbers.sane(given, Member.values()[i].weight, 1e-9, 1e9);
        }
        boolean[] least = new boolean[members];
        for (int round = 0; round < members; round++) {
            double sum = 0;
            double rest = 1;
            for (int i = 0; i < members; i++) {
                sum += least[i] ? 0 : w[i];
                rest -= least[i] ? WEIGHT_MIN : 0;
            }
            boolean changed = false;
            for (int i = 0; i < members; i++) {
                w[i] = least[i] ? WEIGHT_MIN : w[i] * rest / sum;
                if (!least[i] && w[i] < WEIGHT_MIN) {
                    least[i] = true;
                    changed = true;
                }
            }
            if (!changed) {
                break;
            }
        }
        return Arrays.stream(w).boxed().toList();
    }

    private static List<Double> counts(List<Double> counts) {
        double[] sane = new double[Actions.ALL.size()];
        for (int i = 0; i < sane.length; i++) {
            sane[i] = Numbers.sane(i < counts.size() ? counts.get(i) : 1, 1, 1, 1e9);
        }
        return Arrays.stream(sane).boxed().toList();
    }

    private static List<Double> plus(List<Double> counts, int action, double share) {
        List<Double> next = new ArrayList<>(counts);
        next.set(action, next.get(action) + share);
        return next;
    }

    private static List<Double> ones() {
        return Actions.ALL.stream().map(action -> 1.0).toList();
    }
}
