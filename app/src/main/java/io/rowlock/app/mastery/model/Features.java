package io.rowlock.app.mastery.model;

import java.util.List;

/** A user, an answer and an action as numbers. The order is stored with every vector ({@link #VERSION}). */
public final class Features {
    /** Of this order. Version 1 had twelve. */
    public static final int VERSION = 2;

    /** What each number is. */
    public static final List<String> LABELS = List.of(
            "attention",
            "fatigue",
            "mem",
            "speed",
            "motivation",
            "recent_error_rate",
            "interval_scale",
            "new_ratio",
            "difficulty",
            "batch",
            "hint",
            "fatigue_interval",
            "time_sin",
            "time_cos",
            "in_day",
            "error_fatigue",
            "error_interval",
            "response_attention",
            "mem_difficulty",
            "motivation_new",
            "distraction_hint",
            "bias");

    private static final double DAY_BEGINS = 0.33;
    private static final double DAY_ENDS = 0.75;

    private Features() {}

    /**
     * The vector of an action.
     *
     * @param errorRate of the last answers
     * @param hour of the day, 0 to 23
     */
    static FeatureVector of(UserState state, double errorRate, double responseTime, int hour, Strategy action) {
        double attention = state.attention();
        double fatigue = state.fatigue();
        double mem = state.cognition().mem();
        double interval = action.intervalScale();
        double hint = action.hintLevel() / 3.0;
        double day = hour / 24.0;
        double slow = Numbers.unit((responseTime - 1000) / 3000);
        return FeatureVector.of(
                attention,
                fatigue,
                mem,
                state.cognition().speed(),
                state.motivation(),
                errorRate,
                interval,
                action.newRatio(),
                action.difficulty().weight(),
                Numbers.clamp(action.batchSize() / 20.0, 0.5, 1.5),
                hint,
                fatigue * interval,
                Math.sin(2 * Math.PI * day),
                Math.cos(2 * Math.PI * day),
                day >= DAY_BEGINS && day <= DAY_ENDS ? 1 : 0,
                errorRate * fatigue,
                errorRate * interval,
                slow * attention,
                mem * (action.difficulty() == Difficulty.HARD ? 0.8 : 0.2),
                state.motivation() * action.newRatio(),
                (1 - attention) * hint,
                1);
    }
}
