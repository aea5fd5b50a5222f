package io.rowlock.app.mastery.model;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How hard the next words are. */
public enum Difficulty {
    @JsonProperty("easy")
    EASY(0.2),
    @JsonProperty("mid")
    MID(0.5),
    @JsonProperty("hard")
    HARD(0.8);

    private final double weight;

    Difficulty(double weight) {
        this.weight = weight;
    }

    /** The difficulty as a feature, between 0 and 1. */
    public double weight() {
        return weight;
    }
}
