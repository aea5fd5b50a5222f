package io.rowlock.app.lottery;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Why a balance changed. */
enum LedgerType {
    @JsonProperty("add")
    ADD,
    @JsonProperty("deduct")
    DEDUCT,
    @JsonProperty("participate")
    PARTICIPATE,
    @JsonProperty("recharge")
    RECHARGE,
    @JsonProperty("transfer_out")
    TRANSFER_OUT,
    @JsonProperty("transfer_in")
    TRANSFER_IN
}
