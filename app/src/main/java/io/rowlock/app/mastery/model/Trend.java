package io.rowlock.app.mastery.model;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How a user's answers have been going. */
public enum Trend {
    @JsonProperty("up")
    UP,
    @JsonProperty("flat")
    FLAT,
    /** Neither better nor worse, and bad. */
    @JsonProperty("stuck")
    STUCK,
    @JsonProperty("down")
    DOWN
}
