package io.rowlock.app.lottery;

import static io.rowlock.app.lottery.LotteryTables.ORDERS;
import static io.rowlock.app.lottery.LotteryTables.PRODUCTS;
import static io.rowlock.app.lottery.LotteryTables.USERS;
import static io.rowlock.app.lottery.LotteryTables.view;
import static io.rowlock.app.lottery.Outcome.done;
import static io.rowlock.app.lottery.Outcome.refused;

import io.rowlock.Row;
import io.rowlock.Rowlock;
import io.rowlock.Tx;
import io.rowlock.Unit;
import io.rowlock.Version;
import io.rowlock.View;
import io.rowlock.app.lottery.LotteryTables.OrderRow;
import io.rowlock.app.lottery.LotteryTables.ProductRow;
import io.rowlock.app.lottery.LotteryTables.RoundRow;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Orders, and the steps they take. Safe for use by many threads. */
final class Orders {
    private static final Unit PLACE_ORDER = Unit.named("lottery-place-order");
    private static final Unit MOVE_ORDER = Unit.named("lottery-move-order");

    private static final DateTimeFormatter ORDER_DAY =
            DateTimeFormatter.ofPattern("yyyyMMdd", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final Rowlock rowlock;

    Orders(Rowlock rowlock) {
        this.rowlock = rowlock;
    }

    /** Orders goods at their market price. What is ordered is reserved at once; an order that ends unpaid gives it back. */
    Outcome<View<OrderRow>> place(UUID userId, UUID productId, int quantity) {
        if (Limits.refuses(quantity, Limits.QUANTITY_MAX)) {
            return refused(Limits.outOfRange(quantity, Limits.QUANTITY_MAX));
        }
        return rowlock.transact(PLACE_ORDER, tx -> {
            Optional<Row<ProductRow>> product = tx.read(PRODUCTS, productId);
            if (product.isEmpty()) {
                return refused(new Refusal.UnknownProduct(productId));
            }
            if (tx.read(USERS, userId).isEmpty()) {
                return refused(new Refusal.UnknownUser(userId));
            }
            int stock = product.get().value().stock();
            if (stock < quantity) {
                return refused(new Refusal.InsufficientStock(productId, stock, quantity));
            }
            tx.update(product.get(), p -> p.withStock(p.stock() - quantity));
            OrderRow order = newOrder(tx.newId("order"), userId, product.get().value(), quantity, tx.now());
            Row<OrderRow> placed = tx.insert(ORDERS, order);
            AuditLog.order(tx, "place_order", null, placed);
            return done(view(placed));
        });
    }

    /** The day, so that people find it, and sixteen digits of the id; the unique key has the last word. */
    static String orderNumber(UUID id, Instant now) {
        return "%s-%016X".formatted(ORDER_DAY.format(now), id.getMostSignificantBits() ^ id.getLeastSignificantBits());
    }

    static OrderRow newOrder(UUID id, UUID userId, ProductRow product, int quantity, Instant now) {
        return new OrderRow(
                id,
                orderNumber(id, now),
                userId,
                product.id(),
                OrderType.DIRECT_BUY,
                quantity,
                Money.ofCents(product.marketPriceCents()).times(quantity).cents(),
                OrderStatus.PENDING,
                PaymentStatus.PENDING,
                FulfillmentStatus.PENDING,
                now,
                now,
                null,
                now.plus(Limits.PAY_WITHIN),
                null);
    }

    /** The order of a prize: paid, because nothing is to be paid, and waiting for an address. Its amount is what it is worth. */
    static OrderRow newPrize(UUID id, UUID winner, RoundRow round, ProductRow product, Instant now) {
        return new OrderRow(
                id,
                orderNumber(id, now),
                winner,
                round.productId(),
                OrderType.LOTTERY_WIN,
                1,
                product.marketPriceCents(),
                OrderStatus.PENDING_ADDRESS,
                PaymentStatus.PAID,
                FulfillmentStatus.PENDING_ADDRESS,
                now,
                now,
                round.id(),
                null,
                now);
    }

    static OrderRow newRecharge(UUID id, UUID userId, Money amount, Instant now) {
        return new OrderRow(
                id,
                orderNumber(id, now),
                userId,
                null,
                OrderType.RECHARGE,
                1,
                amount.cents(),
                OrderStatus.PENDING,
                PaymentStatus.PENDING,
                FulfillmentStatus.PENDING,
                now,
                now,
                null,
                now.plus(Limits.PAY_WITHIN),
                null);
    }

    /**
     * Takes an order one step on.
     *
     * @param expected the version the caller has seen, or null to judge the step by what is there
     */
    Outcome<View<OrderRow>> move(UUID orderId, OrderStatus next, @Nullable Version expected) {
        return rowlock.transact(MOVE_ORDER, tx -> {
            Optional<Row<OrderRow>> found = tx.read(ORDERS, orderId);
            if (found.isEmpty()) {
                return refused(new Refusal.UnknownOrder(orderId));
            }
            Row<OrderRow> order = found.get();
            if (expected != null && !expected.equals(order.version())) {
                return new Outcome.Conflict<>(view(order), expected, order.version());
            }
            OrderStatus status = order.value().status();
            Set<OrderStatus> allowed = order.value().type().stepsFrom(status);
            if (!allowed.contains(next)) {
                return refused(new Refusal.IllegalTransition(orderId, status, next, allowed));
            }
            return done(view(step(tx, "move_order", order, next)));
        });
    }

    /** Takes a step that is allowed, and gives back what was reserved if that ends the order unpaid. */
    static Row<OrderRow> step(Tx tx, String operation, Row<OrderRow> order, OrderStatus next) {
        UUID productId = order.value().productId();
        if (next.releasesStock() && productId != null) {
            int quantity = order.value().quantity();
            Row<ProductRow> product = tx.read(PRODUCTS, productId).orElseThrow();
            tx.update(product, p -> p.withStock(p.stock() + quantity));
        }
        Row<OrderRow> moved = tx.update(order, o -> o.becoming(next, tx.now()));
        AuditLog.order(tx, operation, order, moved);
        return moved;
    }
}
