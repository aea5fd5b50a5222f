package io.rowlock.app.lottery;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How an order came about. */
enum OrderType {
    @JsonProperty("direct_buy")
    DIRECT_BUY,
    @JsonProperty("lottery_win")
    LOTTERY_WIN,
    @JsonProperty("recharge")
    RECHARGE,
    @JsonProperty("resale")
    RESALE,
    @JsonProperty("resale_purchase")
    RESALE_PURCHASE
}
