package io.rowlock.app.mastery.model;

/** What a user who is tired, discouraged or inattentive is spared, whatever was chosen. */
final class Guardrails {
    /** From here on a user is to take a break. */
    private static final double EXHAUSTED = 0.8;

    private Guardrails() {}

    static boolean shouldBreak(UserState state) {
        return state.fatigue() > EXHAUSTED;
    }

    /** The strategy within what is good for the user. */
    static Strategy applied(Strategy strategy, UserState state) {
        Strategy safe = strategy;
        if (state.fatigue() > 0.6) {
            safe = safe.withInterval(1, Strategy.INTERVAL_MAX)
                    .withNewAtMost(0.2)
                    .withBatchAtMost(8);
        }
        if (shouldBreak(state)) {
            safe = safe.easy().withHintAtLeast(1).withNewAtMost(0.1).withBatchAtMost(5);
        }
        if (state.motivation() < -0.3) {
            safe = safe.easy().withHintAtLeast(1).withNewAtMost(0.2);
        }
        if (state.motivation() < -0.5) {
            safe = safe.withHintAtLeast(2).withNewAtMost(0.1).withBatchAtMost(5);
        }
        if (state.attention() < 0.3) {
            safe = safe.withNewAtMost(0.15).withBatchAtMost(6).withHintAtLeast(1);
        }
        if (state.trend() == Trend.DOWN) {
            safe = safe.withNewAtMost(0.1).easy().withInterval(Strategy.INTERVAL_MIN, 0.7);
        } else if (state.trend() == Trend.STUCK) {
            safe = safe.withNewAtMost(0.15);
        }
        return safe.clamped();
    }
}
