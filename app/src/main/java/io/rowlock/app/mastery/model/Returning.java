package io.rowlock.app.mastery.model;

import java.time.Instant;

/** What is still true of a user who was away. */
final class Returning {
    private static final double MILLIS_OF_DAY = 86_400_000;
    private static final double AWAY_DAYS = 1;
    private static final double STRANGE_DAYS = 30;
    private static final double FORGOTTEN_DAYS = 90;

    private Returning() {}

    /** Whether so much time has passed that the user is a new one. */
    static boolean isForgotten(Learner learner, Instant now) {
        return days(learner, now) > FORGOTTEN_DAYS;
    }

    /**
     * The learner with what has faded. After a month, and if it was not known well yet, the user is got to know again; what the model has
     * learned stays.
     */
    static Learner returned(Learner learner, Instant now) {
        double days = days(learner, now);
        if (days < AWAY_DAYS) {
            return learner;
        }
        UserState state = learner.state();
        UserState faded = new UserState(
                0.5 + (state.attention() - 0.5) * half(days, 7),
                state.fatigue() * Math.exp(-days / 2),
                state.motivation() * half(days, 14),
                Math.max(0.3, state.confidence() * Math.max(0.3, half(days, 14))),
                new Cognition(
                        faded(state.cognition().mem(), days),
                        faded(state.cognition().speed(), days),
                        faded(state.cognition().stability(), days)),
                state.trend(),
                state.habit(),
                state.ts());
        boolean strange = days > STRANGE_DAYS || learner.coldStart().phase() != ColdStart.Phase.NORMAL;
        return learner.with(faded, strange ? ColdStart.START : learner.coldStart());
    }

    private static double days(Learner learner, Instant now) {
        return learner.state().ts() == 0
                ? 0
                : Math.max(0, now.toEpochMilli() - learner.state().ts()) / MILLIS_OF_DAY;
    }

    private static double faded(double ability, double days) {
        return Math.max(0.3, 0.5 + (ability - 0.5) * half(days, 30));
    }

    private static double half(double days, double halfLife) {
        return Math.pow(2, -days / halfLife);
    }
}
