package io.rowlock.app.lottery;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What became of a payment. */
enum PaymentOutcome {
    /** It paid its order. */
    @JsonProperty("paid")
    PAID,
    /** The provider said that no money came. */
    @JsonProperty("failed")
    FAILED,
    /** Money came for nothing that could be paid: somebody has to look at it. */
    @JsonProperty("unmatched")
    UNMATCHED
}
