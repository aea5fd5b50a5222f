package io.rowlock.app.lottery;

import io.rowlock.View;
import io.rowlock.app.lottery.LotteryTables.OrderRow;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.NotNull;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The JSON bodies about orders. Messages of constraints say what has to stand there. */
final class OrderBodies {
    @Schema(name = "NewOrder")
    record NewOrder(
            @Schema(example = Bodies.SAMPLE_ID) @NotNull(message = "the id of a user")
            UUID userId,

            @NotNull(message = "the id of a product") UUID productId,

            @Schema(example = "1", description = "How many pieces, 1 to 100") @NotNull(message = "a whole number")
            Integer quantity) {}

    @Schema(name = "OrderStep")
    record OrderStep(
            @Schema(description = "The status that the order shall have")
            @NotNull(
                    message = "one of pending, confirmed, paid, pending_address, pending_shipment, shipped, delivered,"
                            + " cancelled, expired")
            OrderStatus status) {}

    @Schema(name = "Order")
    record Order(
            UUID id,
            String orderNumber,
            UUID userId,

            @Schema(description = "What was ordered or won; none for a recharge") @Nullable
            UUID productId,

            @Schema(description = "The round that it is the prize of") @Nullable
            UUID roundId,

            OrderType type,
            int quantity,
            Money totalAmount,
            OrderStatus status,
            PaymentStatus paymentStatus,
            FulfillmentStatus fulfillmentStatus,

            @Schema(description = "Counts the changes of this order")
            long version,

            Instant createdAt,
            Instant updatedAt,

            @Schema(description = "Until when it can be paid, if it has to be") @Nullable
            Instant expiresAt,

            @Nullable Instant paidAt) {

        static Order of(View<OrderRow> view) {
            OrderRow row = view.value();
            return new Order(
                    row.id(),
                    row.orderNumber(),
                    row.userId(),
                    row.productId(),
                    row.roundId(),
                    row.type(),
                    row.quantity(),
                    Money.ofCents(row.totalAmountCents()),
                    row.status(),
                    row.paymentStatus(),
                    row.fulfillmentStatus(),
                    view.version().number(),
                    row.createdAt(),
                    row.updatedAt(),
                    row.expiresAt(),
                    row.paidAt());
        }
    }

    private OrderBodies() {}
}
