package io.rowlock.app.lottery;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whether an order is paid. */
enum PaymentStatus {
    @JsonProperty("pending")
    PENDING,
    @JsonProperty("paid")
    PAID,
    @JsonProperty("failed")
    FAILED,
    @JsonProperty("cancelled")
    CANCELLED;

    /** The payment of an order that now becomes this. */
    PaymentStatus following(OrderStatus order) {
        return switch (order) {
            case PAID -> PAID;
            case CANCELLED, EXPIRED -> CANCELLED;
            default -> this;
        };
    }
}
