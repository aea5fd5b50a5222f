package io.rowlock.app.lottery;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What the provider says of a payment. */
enum PaymentReport {
    @JsonProperty("paid")
    PAID,
    @JsonProperty("failed")
    FAILED
}
