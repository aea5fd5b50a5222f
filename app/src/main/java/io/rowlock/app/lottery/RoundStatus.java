package io.rowlock.app.lottery;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Where a round stands. */
enum RoundStatus {
    /** Shares are on sale. */
    @JsonProperty("active")
    ACTIVE,
    /** Every share is sold. */
    @JsonProperty("full")
    FULL,
    /** The winner is drawn. */
    @JsonProperty("completed")
    COMPLETED
}
