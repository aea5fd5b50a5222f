package io.rowlock.app.lottery;

import static io.rowlock.app.lottery.LotteryTables.ORDERS;
import static io.rowlock.app.lottery.LotteryTables.USERS;
import static io.rowlock.app.lottery.LotteryTables.view;
import static io.rowlock.app.lottery.Outcome.done;
import static io.rowlock.app.lottery.Outcome.refused;

import io.rowlock.Row;
import io.rowlock.Rowlock;
import io.rowlock.Unit;
import io.rowlock.View;
import io.rowlock.app.lottery.LotteryTables.OrderRow;
import java.util.UUID;

/** Orders of money: what is paid for them is credited to the balance. Safe for use by many threads. */
final class Recharges {
    private static final Unit ORDER_RECHARGE = Unit.named("lottery-order-recharge");

    private final Rowlock rowlock;

    Recharges(Rowlock rowlock) {
        this.rowlock = rowlock;
    }

    /** Orders a recharge. Nothing is credited before the provider says that it is paid, see {@link Payments}. */
    Outcome<View<OrderRow>> place(UUID userId, Money amount) {
        if (Limits.refuses(amount)) {
            return refused(Limits.outOfRange(amount));
        }
        return rowlock.transact(ORDER_RECHARGE, tx -> {
            if (tx.read(USERS, userId).isEmpty()) {
                return refused(new Refusal.UnknownUser(userId));
            }
            Row<OrderRow> placed = tx.insert(ORDERS, Orders.newRecharge(tx.newId("order"), userId, amount, tx.now()));
            AuditLog.order(tx, "place_order", null, placed);
            return done(view(placed));
        });
    }
}
