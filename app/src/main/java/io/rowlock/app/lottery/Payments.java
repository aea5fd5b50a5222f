package io.rowlock.app.lottery;

import static io.rowlock.app.lottery.LotteryTables.BALANCES;
import static io.rowlock.app.lottery.LotteryTables.ORDERS;
import static io.rowlock.app.lottery.LotteryTables.PAYMENTS;
import static io.rowlock.app.lottery.Outcome.done;
import static io.rowlock.app.lottery.Outcome.refused;

import io.rowlock.ReadTx;
import io.rowlock.Row;
import io.rowlock.Rowlock;
import io.rowlock.Tx;
import io.rowlock.Unit;
import io.rowlock.app.lottery.LotteryTables.BalanceRow;
import io.rowlock.app.lottery.LotteryTables.OrderRow;
import io.rowlock.app.lottery.LotteryTables.PaymentRow;
import java.util.Optional;
import java.util.UUID;

/**
 * What the provider of payments tells us.
 *
 * <p>The payment, the order it pays and the balance it fills are written in one commit: there is no moment at which an order
 * is paid and not credited, so a provider that hears nothing may tell us again. The payment's id is a key: told twice, it is
 * answered twice and happens once.
 *
 * <p>Every payment is kept, whether it could be used or not. Money that came for nothing that could be paid (no such order,
 * one that ended, one that was paid already, another amount) stands there as {@link PaymentOutcome#UNMATCHED}.
 *
 * <p>Safe for use by many threads.
 */
final class Payments {
    /** The most that the type of an amount can say; a payment of another amount than its order's is kept, not refused. */
    private static final Money AMOUNT_MAX = Money.parse("9999999999999.99");

    private static final Unit RECEIVE_PAYMENT = Unit.named("lottery-receive-payment");

    private final Rowlock rowlock;

    Payments(Rowlock rowlock) {
        this.rowlock = rowlock;
    }

    /**
     * Takes what the provider tells: a payment that was paid pays its order, and for a recharge fills the balance.
     *
     * @return the payment as it was written, now or when it was told first
     */
    Outcome<PaymentRow> receive(String paymentId, UUID orderId, Money amount, PaymentReport report) {
        if (amount.compareTo(Limits.AMOUNT_MIN) < 0) {
            return refused(new Refusal.AmountOutOfRange(amount, Limits.AMOUNT_MIN, AMOUNT_MAX));
        }
        return rowlock.transact(RECEIVE_PAYMENT, tx -> {
            // Read and inserted under the same key: of two who tell the same at once, one runs again and finds it here.
            Optional<Row<PaymentRow>> told = tx.read(PAYMENTS, paymentId);
            if (told.isPresent()) {
                PaymentRow first = told.get().value();
                return first.says(orderId, amount, report)
                        ? answer(tx, first)
                        : refused(new Refusal.PaymentMismatch(
                                paymentId, first.orderId(), Money.ofCents(first.amountCents()), first.report()));
            }
            Optional<Row<OrderRow>> order = tx.read(ORDERS, orderId);
            PaymentRow payment = new PaymentRow(
                    paymentId,
                    orderId,
                    amount.cents(),
                    outcome(order, amount, report),
                    order.map(found -> found.value().status()).orElse(null),
                    tx.now());
            tx.insert(PAYMENTS, payment);
            if (payment.payable()) {
                use(tx, payment, order.orElseThrow());
            }
            return answer(tx, payment);
        });
    }

    private static PaymentOutcome outcome(Optional<Row<OrderRow>> order, Money amount, PaymentReport report) {
        if (report == PaymentReport.FAILED) {
            return PaymentOutcome.FAILED;
        }
        boolean due = order.map(Row::value)
                .filter(found -> found.status() == OrderStatus.PENDING)
                .filter(found -> found.totalAmount().equals(amount))
                .isPresent();
        return due ? PaymentOutcome.PAID : PaymentOutcome.UNMATCHED;
    }

    private static void use(Tx tx, PaymentRow payment, Row<OrderRow> order) {
        if (payment.status() == PaymentOutcome.PAID) {
            Orders.step(tx, "pay_order", order, OrderStatus.PAID);
            if (order.value().type() == OrderType.RECHARGE) {
                credit(tx, order.value());
            }
        } else if (payment.status() == PaymentOutcome.FAILED) {
            Row<OrderRow> open = tx.update(order, o -> o.notPaid(tx.now()));
            AuditLog.order(tx, "payment_failed", order, open);
        }
    }

    private static void credit(Tx tx, OrderRow recharge) {
        Row<BalanceRow> balance = tx.read(BALANCES, recharge.userId()).orElseThrow();
        Money after = balance.value().amount().plus(recharge.totalAmount());
        Row<BalanceRow> credited = tx.update(balance, b -> b.withAmount(after));
        Ledger.book(
                tx,
                "recharge:" + recharge.id(),
                LedgerType.RECHARGE,
                recharge.userId(),
                BalanceType.BALANCE,
                recharge.totalAmount(),
                after,
                credited.version(),
                null,
                recharge.id());
    }

    /** What is answered follows from what was written alone, so that it is the same each time. */
    private static Outcome<PaymentRow> answer(ReadTx tx, PaymentRow payment) {
        if (payment.orderStatus() == null) {
            return refused(new Refusal.UnknownOrder(payment.orderId()));
        }
        if (!payment.payable()) {
            return refused(new Refusal.OrderNotPending(payment.paymentId(), payment.orderId(), payment.orderStatus()));
        }
        if (payment.status() == PaymentOutcome.UNMATCHED) {
            Money due = tx.peek(ORDERS, payment.orderId()).orElseThrow().value().totalAmount();
            return refused(new Refusal.AmountNotDue(
                    payment.paymentId(), payment.orderId(), Money.ofCents(payment.amountCents()), due));
        }
        return done(payment);
    }
}
