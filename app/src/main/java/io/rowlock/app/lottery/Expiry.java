package io.rowlock.app.lottery;

import static io.rowlock.app.lottery.LotteryTables.ORDERS;

import io.rowlock.LockTimeout;
import io.rowlock.RetriesExhausted;
import io.rowlock.Row;
import io.rowlock.Rowlock;
import io.rowlock.Unit;
import io.rowlock.app.lottery.LotteryTables.OrderRow;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * The end of orders that nobody paid.
 *
 * <p>Each order ends in a short unit of its own, which also gives back what it had reserved. A payment that comes at the same
 * moment writes the same order: one of the two finds the other's result and leaves it at that. So any number of nodes may do
 * this at once, and one that is stopped half-way has done that half.
 *
 * <p>Safe for use by many threads.
 */
final class Expiry {
    private static final Unit EXPIRE_ORDER = Unit.named("lottery-expire-order");

    private final Rowlock rowlock;
    private final LotteryQueries queries;

    Expiry(Rowlock rowlock, LotteryQueries queries) {
        this.rowlock = rowlock;
        this.queries = queries;
    }

    /**
     * Ends the unpaid orders that are due, the oldest first.
     *
     * @param olderThan how long ago an order was placed to be due
     * @param limit how many orders at the most
     */
    Expired expire(Duration olderThan, int limit) {
        // An order is told when it was made until when it can be paid.
        Duration grace = olderThan.minus(Limits.PAY_WITHIN);
        int expired = 0;
        int lost = 0;
        int postponed = 0;
        for (UUID order : queries.unpaidOrders(grace, limit)) {
            try {
                if (expire(order, grace)) {
                    expired++;
                } else {
                    lost++;
                }
            } catch (RetriesExhausted | LockTimeout contention) {
                postponed++;
            }
        }
        return new Expired(expired, lost, postponed);
    }

    private boolean expire(UUID orderId, Duration grace) {
        return rowlock.transact(EXPIRE_ORDER, tx -> {
            Optional<Row<OrderRow>> order =
                    tx.read(ORDERS, orderId).filter(found -> isDue(found.value(), grace, tx.now()));
            order.ifPresent(due -> Orders.step(tx, "expire_order", due, OrderStatus.EXPIRED));
            return order.isPresent();
        });
    }

    static boolean isDue(OrderRow order, Duration grace, Instant now) {
        return order.status() == OrderStatus.PENDING
                && order.expiresAt() != null
                && !order.expiresAt().plus(grace).isAfter(now);
    }

    /**
     * What became of the orders that were due.
     *
     * @param expired ended here
     * @param lost paid, cancelled or ended by somebody else in the meantime
     * @param postponed left for the next time, because too many wrote them at once
     */
    record Expired(int expired, int lost, int postponed) {}
}
