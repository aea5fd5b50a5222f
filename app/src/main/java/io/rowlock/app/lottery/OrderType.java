package io.rowlock.app.lottery;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Set;

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
    RESALE_PURCHASE;

    /** The steps that somebody may take with an order. A recharge has no goods, and is paid by its payment alone. */
    Set<OrderStatus> stepsFrom(OrderStatus from) {
        Set<OrderStatus> steps = from.next();
        if (this == RECHARGE) {
            steps.removeIf(step -> !step.releasesStock());
        }
        return steps;
    }
}
