package io.rowlock.app.mastery.model;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * How far a new user is known. Three probes tell which kind of user it is; then there are some answers by which the model finds its
 * feet; then everything is as usual.
 *
 * @param probes how many answers to probes there have been, up to three
 * @param updates how many answers there have been at all, up to where it no longer matters
 * @param fast how probable it is that the user is quick and right
 * @param stable how probable it is that the user is like most
 * @param cautious how probable it is that the user is slow and often wrong
 * @param settled which of them it was taken for, or null as long as that is open
 */
public record ColdStart(
        Phase phase,
        int probes,
        int updates,
        double fast,
        double stable,
        double cautious,
        @Nullable Kind settled) {

    static final ColdStart START = new ColdStart(Phase.CLASSIFY, 0, 0, 0.25, 0.5, 0.25, null);

    private static final int PROBES = 3;
    private static final int PROBES_MIN = 2;
    private static final int UPDATES = 8;
    private static final double SURE = 0.85;

    /** The actions that are tried, by their numbers: an easy one, one like most, a hard one. */
    private static final int[] PROBE_ACTIONS = {9, 12, 17};

    /** How much the probability of a right answer differs from probe to probe. */
    private static final double[] PROBE_EASE = {0.05, 0, -0.1};

    /** Where a user stands. */
    public enum Phase {
        @JsonProperty("classify")
        CLASSIFY,
        @JsonProperty("explore")
        EXPLORE,
        @JsonProperty("normal")
        NORMAL
    }

    /** What a user is taken for, with how such users answer and what they get. */
    public enum Kind {
        @JsonProperty("fast")
        FAST(0.9, 2000, 700),
        @JsonProperty("stable")
        STABLE(0.75, 3500, 1000),
        @JsonProperty("cautious")
        CAUTIOUS(0.55, 5500, 1500);

        private final double right;
        private final double response;
        private final double deviation;

        Kind(double right, double response, double deviation) {
            this.right = right;
            this.response = response;
            this.deviation = deviation;
        }

        /** What such users begin with. */
        public Strategy strategy() {
            return switch (this) {
                case FAST -> new Strategy(1.2, 0.35, Difficulty.HARD, 12, 0);
                case STABLE -> new Strategy(1.0, 0.25, Difficulty.MID, 8, 1);
                case CAUTIOUS -> new Strategy(0.8, 0.15, Difficulty.EASY, 5, 2);
            };
        }

        /** How likely such a user gives such an answer to a probe. */
        private double likelihood(LearningEvent event, int probe) {
            double probability = Numbers.clamp(right + PROBE_EASE[probe], 0.05, 0.95);
            double off = (event.responseTime() - response) / deviation;
            // Nobody is ruled out by one answer.
            double density = Math.max(1e-6, Math.exp(-off * off / 2) / deviation);
            return (event.correct() ? probability : 1 - probability) * density;
        }
    }

    public ColdStart {
        probes = Math.max(0, Math.min(PROBES, probes));
        updates = Math.max(0, Math.min(UPDATES, updates));
        double sum = fast + stable + cautious;
        if (!(sum > 0) || Double.isInfinite(sum) || fast < 0 || stable < 0 || cautious < 0) {
            fast = 0.25;
            stable = 0.5;
            cautious = 0.25;
        } else {
            fast /= sum;
            stable /= sum;
            cautious /= sum;
        }
    }

    /** The action that is tried next, or -1 if there is none to try. */
    int probe() {
        return phase == Phase.CLASSIFY ? PROBE_ACTIONS[probes] : -1;
    }

    /** What is known after an answer. */
    ColdStart after(LearningEvent event) {
        if (phase == Phase.NORMAL) {
            return this;
        }
        ColdStart next = probes < PROBES ? probed(event) : with(phase, probes, updates + 1, settled);
        return next.phase == Phase.EXPLORE && next.updates == UPDATES && next.probes == PROBES
                ? next.with(Phase.NORMAL, PROBES, UPDATES, next.settled)
                : next;
    }

    private ColdStart probed(LearningEvent event) {
        ColdStart next = new ColdStart(
                phase,
                probes + 1,
                updates + 1,
                fast * Kind.FAST.likelihood(event, probes),
                stable * Kind.STABLE.likelihood(event, probes),
                cautious * Kind.CAUTIOUS.likelihood(event, probes),
                settled);
        double surest = Math.max(next.fast, Math.max(next.stable, next.cautious));
        boolean known = next.probes == PROBES || (next.probes >= PROBES_MIN && surest >= SURE);
        return known && settled == null ? next.with(Phase.EXPLORE, next.probes, next.updates, next.likeliest()) : next;
    }

    private Kind likeliest() {
        if (stable >= fast && stable >= cautious) {
            return Kind.STABLE;
        }
        return fast >= cautious ? Kind.FAST : Kind.CAUTIOUS;
    }

    private ColdStart with(Phase phase, int probes, int updates, @Nullable Kind settled) {
        return new ColdStart(phase, probes, updates, fast, stable, cautious, settled);
    }
}
