package io.rowlock.app.mastery.model;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What counts when it is told what an answer was worth. */
public enum RewardProfile {
    @JsonProperty("standard")
    STANDARD(1, 0.6, 0.4, 0.8, 0.3),
    /** Before an examination: to be right counts, to be tired does not. */
    @JsonProperty("cram")
    CRAM(1.5, 0.3, 0.6, 0.5, 0.1),
    /** For pleasure. */
    @JsonProperty("relaxed")
    RELAXED(0.8, 0.9, 0.2, 1, 0.7);

    private static final double GOOD_RESPONSE = 5000;
    private static final double GOOD_DWELL = 3000;
    private static final double MUCH_DENSITY = 4;

    private final double correct;
    private final double fatigue;
    private final double speed;
    private final double frustration;
    private final double engagement;

    RewardProfile(double correct, double fatigue, double speed, double frustration, double engagement) {
        this.correct = correct;
        this.fatigue = fatigue;
        this.speed = speed;
        this.frustration = frustration;
        this.engagement = engagement;
    }

    /**
     * What an answer was worth, -1 to 1.
     *
     * @param state of the user after it
     */
    public double reward(LearningEvent event, UserState state) {
        double pace = Numbers.clamp(GOOD_RESPONSE / Math.max(event.responseTime(), 1000) - 1, -1, 1);
        boolean frustrated = event.retries() > 1 || state.motivation() < 0;
        double raw = correct * (event.correct() ? 1 : -1)
                - fatigue * state.fatigue()
                + speed * pace
                - (frustrated ? frustration : 0)
                + engagement * engagement(event);
        return Numbers.sane(raw / 2, 0, -1, 1);
    }

    private static double engagement(LearningEvent event) {
        double dwell = Numbers.unit(1 - Math.abs(event.dwellTime() - GOOD_DWELL) / GOOD_DWELL);
        return (dwell + Numbers.unit(event.density() / MUCH_DENSITY)) / 2;
    }
}
