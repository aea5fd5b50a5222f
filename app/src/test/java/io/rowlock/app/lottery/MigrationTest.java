package io.rowlock.app.lottery;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

/** What the first version stored is there after the later migrations, and the later version works on it. */
class MigrationTest {
    private static final String USER = "00000000-0000-4000-8000-0000000000a1";
    private static final String PRODUCT = "00000000-0000-4000-8000-0000000000b1";
    private static final String ROUND = "00000000-0000-4000-8000-0000000000c1";
    private static final String PARTICIPATION = "00000000-0000-4000-8000-0000000000d1";
    private static final String PENDING = "00000000-0000-4000-8000-0000000000e1";
    private static final String PAID = "00000000-0000-4000-8000-0000000000e2";
    private static final String CANCELLED = "00000000-0000-4000-8000-0000000000e3";

    @Databases
    void whatTheFirstVersionStoredSurvivesAndGoesOn(Database database) throws SQLException {
        LotterySchema.to(database, "1");
        fill(database);

        Till till = new Till(database);

        UUID user = UUID.fromString(USER);
        assertThat(till.balance(user)).isEqualTo(Money.parse("97.00"));
        assertThat(till.plain.queries.ledger(user, 10).orElseThrow()).hasSize(2);
        assertThat(till.plain.queries.participation(UUID.fromString(PARTICIPATION)))
                .isPresent();
        assertThat(Jdbc.read(database, "SELECT COUNT(*) FROM participation_numbers"))
                .isEqualTo("3");
        // Three pieces in stock, two and one in orders that live; the cancelled one gave its own back.
        assertThat(Jdbc.read(database, "SELECT stock_in FROM products")).isEqualTo("6");
        till.booksAreRight();

        LotteryTables.OrderRow pending = till.orderNow(UUID.fromString(PENDING));
        assertThat(pending.expiresAt()).isEqualTo(pending.createdAt().plus(Limits.PAY_WITHIN));
        assertThat(pending.paidAt()).isNull();
        LotteryTables.OrderRow paid = till.orderNow(UUID.fromString(PAID));
        assertThat(paid.expiresAt()).isNull();
        assertThat(paid.paidAt()).isEqualTo(paid.updatedAt());

        assertThat(till.plain.expireAll()).isEqualTo(new Expiry.Expired(1, 0, 0));
        UUID recharge = till.recharge(user, "5.00");
        Till.done(till.plain.payments.receive("first", recharge, Money.parse("5.00"), PaymentReport.PAID));
        Till.done(till.plain.transfers.toLuckyCoins(user, Money.parse("1.00")));
        Till.done(till.plain.purchases.participate(user, UUID.fromString(ROUND), 2, ParticipationType.PAID));
        assertThat(till.balance(user)).isEqualTo(Money.parse("99.00"));
        till.booksAreRight();
    }

    private static void fill(Database database) throws SQLException {
        String time =
                database.engine() == Engine.SQLITE ? "'2026-01-31T23:45:07.123456Z'" : "'2026-01-31 23:45:07.123456'";
        for (String row : List.of(
                "INSERT INTO users (id, telegram_id, balance_cents, total_spent_cents, balance_version, created_at)"
                        + " VALUES ('" + USER + "', '1', 9700, 300, 3, " + time + ")",
                "INSERT INTO products (id, name, total_shares, price_per_share_cents, market_price_cents, stock,"
                        + " rounds_opened, created_at) VALUES ('" + PRODUCT + "', 'Teapot', 10, 100, 5900, 3, 1, "
                        + time
                        + ")",
                "INSERT INTO lottery_rounds (id, product_id, round_number, total_shares, price_per_share_cents, sold_shares,"
                        + " sold_shares_version, created_at) VALUES ('" + ROUND + "', '" + PRODUCT
                        + "', 1, 10, 100, 3, 2, "
                        + time + ")",
                "INSERT INTO participations (id, user_id, round_id, type, shares_count, first_number, cost_cents, created_at)"
                        + " VALUES ('" + PARTICIPATION + "', '" + USER + "', '" + ROUND
                        + "', 'PAID', 3, 10000001, 300, "
                        + time + ")",
                number(10000001),
                number(10000002),
                number(10000003),
                order(PENDING, 2, "PENDING", "PENDING", time),
                order(PAID, 1, "PAID", "PAID", time),
                order(CANCELLED, 3, "CANCELLED", "CANCELLED", time),
                booking(1, "balance:1", "ADD", 10000, 10000, 2, "NULL", time),
                booking(2, "participation:" + PARTICIPATION, "PARTICIPATE", -300, 9700, 3, "'" + PAID + "'", time))) {
            assertThat(Jdbc.update(database, row)).isOne();
        }
    }

    private static String number(long number) {
        return "INSERT INTO participation_numbers (round_id, number, participation_id) VALUES ('" + ROUND + "', "
                + number + ", '" + PARTICIPATION + "')";
    }

    private static String order(String id, int quantity, String status, String payment, String time) {
        return "INSERT INTO orders (id, order_number, user_id, product_id, type, quantity, total_amount_cents, status,"
                + " payment_status, fulfillment_status, created_at, updated_at) VALUES ('" + id + "', '" + id + "', '"
                + USER
                + "', '" + PRODUCT + "', 'DIRECT_BUY', " + quantity + ", " + 5900 * quantity + ", '" + status + "', '"
                + payment + "', '" + (status.equals("CANCELLED") ? "CANCELLED" : "PENDING") + "', " + time + ", " + time
                + ")";
    }

    private static String booking(
            int id, String operation, String type, int amount, int after, int version, String order, String time) {
        return "INSERT INTO transactions (id, operation_id, user_id, type, balance_type, amount_cents, balance_after_cents,"
                + " balance_version, related_order_id, created_at) VALUES ('" + new UUID(0, id) + "', '" + operation
                + "', '"
                + USER + "', '" + type + "', 'BALANCE', " + amount + ", " + after + ", " + version + ", " + order + ", "
                + time + ")";
    }
}
