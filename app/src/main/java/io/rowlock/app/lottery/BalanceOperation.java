package io.rowlock.app.lottery;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What can be done to a balance. */
enum BalanceOperation {
    @JsonProperty("add")
    ADD,
    @JsonProperty("deduct")
    DEDUCT
}
