package io.rowlock.app.lottery;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.EnumSet;
import java.util.Set;

/**
 * Where an order stands. The only ways forward are these; every other step is refused, staying where one is included.
 *
 * <pre>
 * pending ─┬─ confirmed ─┬─ pending_address ── pending_shipment ── shipped ── delivered
 *          ├─ paid ──────┘
 *          ├─ cancelled
 *          └─ expired
 * </pre>
 */
enum OrderStatus {
    @JsonProperty("pending")
    PENDING,
    @JsonProperty("confirmed")
    CONFIRMED,
    @JsonProperty("paid")
    PAID,
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
    @JsonProperty("expired")
    EXPIRED;

    /** The statuses that may follow this one; none at an end. */
    Set<OrderStatus> next() {
        return switch (this) {
            case PENDING -> EnumSet.of(CONFIRMED, PAID, CANCELLED, EXPIRED);
            case CONFIRMED, PAID -> EnumSet.of(PENDING_ADDRESS);
            case PENDING_ADDRESS -> EnumSet.of(PENDING_SHIPMENT);
            case PENDING_SHIPMENT -> EnumSet.of(SHIPPED);
            case SHIPPED -> EnumSet.of(DELIVERED);
            case DELIVERED, CANCELLED, EXPIRED -> EnumSet.noneOf(OrderStatus.class);
        };
    }

    boolean mayBecome(OrderStatus other) {
        return next().contains(other);
    }

    /** Whether what was reserved for the order goes back on sale. */
    boolean releasesStock() {
        return this == CANCELLED || this == EXPIRED;
    }
}
