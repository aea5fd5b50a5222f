package io.rowlock.app.lottery;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How far the goods of an order have come. */
enum FulfillmentStatus {
    @JsonProperty("pending")
    PENDING,
    @JsonProperty("pending_address")
    PENDING_ADDRESS,
    @JsonProperty("pending_shipment")
    PENDING_SHIPMENT,
    @JsonProperty("shipped")
    SHIPPED,
    @JsonProperty("delivered")
    DELIVERED,
    @JsonProperty("cancelled")
    CANCELLED,
    @JsonProperty("completed")
    COMPLETED;

    /** The goods of an order that now becomes this. */
    FulfillmentStatus following(OrderStatus order) {
        return switch (order) {
            case PENDING_ADDRESS -> PENDING_ADDRESS;
            case PENDING_SHIPMENT -> PENDING_SHIPMENT;
            case SHIPPED -> SHIPPED;
            case DELIVERED -> DELIVERED;
            case CANCELLED, EXPIRED -> CANCELLED;
            case PENDING, CONFIRMED, PAID -> this;
        };
    }
}
