package io.rowlock.app.mastery;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How far a delayed reward is: what its claim says, in the words of those who look at rewards. */
enum RewardStatus {
    @JsonProperty("pending")
    PENDING,
    /** Somebody has it in hand. */
    @JsonProperty("processing")
    PROCESSING,
    @JsonProperty("done")
    DONE,
    /** Tried too often. */
    @JsonProperty("failed")
    FAILED
}
