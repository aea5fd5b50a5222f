package io.rowlock.app.lottery;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.RowlockTables;
import io.rowlock.app.lottery.LotteryTables.PaymentRow;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.engines.Eventually;
import io.rowlock.once.Once;
import java.sql.SQLException;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;

/**
 * A node's process is killed twice over: after it had committed and before it could tell, and between its steps. Whoever comes again comes
 * to another node.
 */
class MoneyCrashTest {

    @BeforeEach
    void tablesOfTheGuards(Database database) throws SQLException {
        assertThat(RowlockTables.createMissing(database.dataSource())).isNotNull();
    }

    // ---- lottery-9

    @Databases
    void aPaymentOfANodeThatWasKilledIsCreditedOnceHoweverOftenItIsToldAgain(Database database) throws Exception {
        Till till = new Till(database);
        UUID user = till.user("0.00");
        UUID committed = till.recharge(user, "100.00");
        UUID broken = till.recharge(user, "100.00");
        try (TillProcess node = TillProcess.start(database, TillProcess.Operation.PAY, committed, broken)) {
            node.killInTheMiddle();
        }
        assertThat(till.balance(user)).isEqualTo(Money.parse("100.00"));
        assertThat(till.orderNow(broken).status()).isEqualTo(OrderStatus.PENDING);

        for (UUID order : new UUID[] {committed, broken}) {
            PaymentRow first = Till.done(TillProcess.pay(till.plain, order));
            assertThat(Till.done(TillProcess.pay(till.plain, order))).isEqualTo(first);
            assertThat(till.orderNow(order).status()).isEqualTo(OrderStatus.PAID);
        }

        assertThat(till.balance(user)).isEqualTo(Money.parse("200.00"));
        till.booksAreRight();
    }

    // ---- lottery-10

    /** The claim of the dead runs out. Until then, and after it, the payment wins where the order has not ended. */
    @Databases
    void anOrderWhoseExpiryWasKilledIsPaidOrEndsAndNeverBoth(Database database) throws Exception {
        Till till = new Till(database);
        UUID user = till.user("0.00");
        UUID product = till.product(10, 9);
        UUID warmUp = till.order(user, product, 1);
        UUID ended = till.order(user, product, 1);
        UUID claimed = till.order(user, product, 2);
        try (TillProcess node = TillProcess.start(database, TillProcess.Operation.EXPIRE, warmUp, ended, claimed)) {
            node.killInTheMiddle();
        }
        assertThat(till.orderNow(ended).status()).isEqualTo(OrderStatus.EXPIRED);
        assertThat(till.orderNow(claimed).status()).isEqualTo(OrderStatus.PENDING);
        assertThat(claimOf(database, claimed)).isEqualTo("OPEN 1");
        // It is the dead node's for a while still, and nobody else tries.
        assertThat(till.plain.expiry.expireDue().taken()).isZero();

        UUID open = till.order(user, product, 2);
        assertThat(till.plain.payments.receive("late", ended, Money.parse("59.00"), PaymentReport.PAID))
                .isInstanceOf(Outcome.Refused.class);
        Till.done(till.plain.payments.receive("just", claimed, Money.parse("118.00"), PaymentReport.PAID));
        letClaimsRunOut(database);
        assertThat(till.plain.expiry.expireDue().taken()).isZero();
        assertThat(till.orderNow(claimed).status()).isEqualTo(OrderStatus.PAID);

        TillProcess.makeDue(database.dataSource(), open);
        assertThat(till.plain.expiry.expireDue().completed()).isEqualTo(1);
        assertThat(till.orderNow(open).status()).isEqualTo(OrderStatus.EXPIRED);
        assertThat(till.stock(product)).isEqualTo(9 - 2);
        till.booksAreRight();
    }

    @Databases
    void anOrderWhoseExpiryWasKilledEndsOnceWhenItsClaimHasRunOut(Database database) throws Exception {
        Till till = new Till(database);
        UUID user = till.user("0.00");
        UUID product = till.product(10, 9);
        UUID claimed = till.order(user, product, 2);
        try (TillProcess node = TillProcess.start(
                database,
                TillProcess.Operation.EXPIRE,
                till.order(user, product, 1),
                till.order(user, product, 1),
                claimed)) {
            node.killInTheMiddle();
        }

        letClaimsRunOut(database);
        // Where the dead had the row locked, the server lets go of it when it notices.
        Eventually.eventually(() -> {
            int unused = till.plain.expiry.expireDue().taken();
            assertThat(till.orderNow(claimed).status()).isEqualTo(OrderStatus.EXPIRED);
        });

        assertThat(claimOf(database, claimed)).isEqualTo("DONE 2");
        assertThat(till.stock(product)).isEqualTo(9);
        till.booksAreRight();
    }

    private static String claimOf(Database database, UUID order) throws SQLException {
        return Jdbc.read(database, "SELECT expiry_state FROM orders WHERE id = '" + order + "'") + " "
                + Jdbc.read(database, "SELECT expiry_attempts FROM orders WHERE id = '" + order + "'");
    }

    private static void letClaimsRunOut(Database database) throws SQLException {
        Jdbc.update(database, "UPDATE orders SET expiry_until = 1 WHERE expiry_state = 'OPEN'");
    }

    // ---- lottery-11

    @Databases
    void aPurchaseWhoseAnswerWasLostWithItsNodeIsBoughtOnce(Database database) throws Exception {
        Till till = new Till(database);
        UUID user = till.user("10.00");
        UUID round = till.round(50);
        try (TillProcess node = TillProcess.start(database, TillProcess.Operation.BUY, user, round)) {
            node.killInTheMiddle();
        }
        assertThat(till.balance(user)).isEqualTo(Money.parse("8.00"));

        Once<String> first = TillProcess.buy(till.plain, 1, user, round, () -> {});
        Once<String> second = TillProcess.buy(till.plain, 2, user, round, () -> {});

        assertThat(first).isInstanceOf(Once.Repeat.class);
        assertThat(second).isInstanceOf(Once.First.class);
        assertThat(TillProcess.buy(till.plain, 2, user, round, () -> {})).isInstanceOf(Once.Repeat.class);
        assertThat(till.balance(user)).isEqualTo(Money.parse("6.00"));
        assertThat(Jdbc.read(database, "SELECT sold_shares FROM lottery_rounds WHERE id = '" + round + "'"))
                .isEqualTo("4");
        till.booksAreRight();
    }
}
