package io.rowlock.app.lottery;

import java.time.Duration;

/** The ranges that amounts and quantities lie in. */
final class Limits {
    static final Money AMOUNT_MIN = Money.ofCents(1);
    static final Money AMOUNT_MAX = Money.ofCents(10_000_00);
    /** How long an order can be paid. */
    static final Duration PAY_WITHIN = Duration.ofMinutes(30);

    static final int QUANTITY_MIN = 1;
    static final int QUANTITY_MAX = 100;
    static final int BULK_MAX = 10;

    private Limits() {}

    static boolean refuses(Money amount) {
        return amount.compareTo(AMOUNT_MIN) < 0 || amount.compareTo(AMOUNT_MAX) > 0;
    }

    static Refusal outOfRange(Money amount) {
        return new Refusal.AmountOutOfRange(amount, AMOUNT_MIN, AMOUNT_MAX);
    }

    static boolean refuses(int quantity, int max) {
        return quantity < QUANTITY_MIN || quantity > max;
    }

    static Refusal outOfRange(int quantity, int max) {
        return new Refusal.QuantityOutOfRange(quantity, QUANTITY_MIN, max);
    }
}
