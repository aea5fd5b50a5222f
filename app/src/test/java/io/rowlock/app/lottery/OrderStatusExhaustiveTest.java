package io.rowlock.app.lottery;

import static io.rowlock.app.lottery.OrderStatus.CANCELLED;
import static io.rowlock.app.lottery.OrderStatus.CONFIRMED;
import static io.rowlock.app.lottery.OrderStatus.DELIVERED;
import static io.rowlock.app.lottery.OrderStatus.EXPIRED;
import static io.rowlock.app.lottery.OrderStatus.PAID;
import static io.rowlock.app.lottery.OrderStatus.PENDING;
import static io.rowlock.app.lottery.OrderStatus.PENDING_ADDRESS;
import static io.rowlock.app.lottery.OrderStatus.PENDING_SHIPMENT;
import static io.rowlock.app.lottery.OrderStatus.SHIPPED;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OrderStatusExhaustiveTest {
    private static final Map<OrderStatus, Set<OrderStatus>> WAYS = Map.of(
            PENDING, Set.of(CONFIRMED, PAID, CANCELLED, EXPIRED),
            CONFIRMED, Set.of(PENDING_ADDRESS),
            PAID, Set.of(PENDING_ADDRESS),
            PENDING_ADDRESS, Set.of(PENDING_SHIPMENT),
            PENDING_SHIPMENT, Set.of(SHIPPED),
            SHIPPED, Set.of(DELIVERED));

    @Test
    void everyStepThatIsNotAWayForwardIsRefused() {
        for (OrderStatus from : OrderStatus.values()) {
            for (OrderStatus to : OrderStatus.values()) {
                assertThat(from.mayBecome(to))
                        .as("%s to %s", from, to)
                        .isEqualTo(WAYS.getOrDefault(from, Set.of()).contains(to));
            }
        }
    }

    @Test
    void onlyOrdersThatEndUnpaidGiveTheirStockBack() {
        for (OrderStatus status : OrderStatus.values()) {
            assertThat(status.releasesStock())
                    .as("%s", status)
                    .isEqualTo(Set.of(CANCELLED, EXPIRED).contains(status));
        }
    }
}
