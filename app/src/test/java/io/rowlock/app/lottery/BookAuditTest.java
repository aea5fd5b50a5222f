package io.rowlock.app.lottery;

import static io.rowlock.app.lottery.Till.done;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.app.audit.Finding;
import io.rowlock.app.lottery.audit.BookAudit;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.IntStream;

/** Each error planted in right books is found, and by exactly its check. */
class BookAuditTest {
    private static final List<String> TABLES = List.of(
            "audit_log",
            "payments",
            "transactions",
            "orders",
            "participation_numbers",
            "participations",
            "lottery_rounds",
            "products",
            "users");

    @Databases
    void eachErrorIsFoundByItsCheckAlone(Database database) throws SQLException {
        try (Database own = Database.create(database.engine())) {
            Till till = new Till(own);
            Map<String, List<String>> errors = new Errors(till).byCheck();
            till.booksAreRight();
            loosen(own);
            till.booksAreRight();

            for (Map.Entry<String, List<String>> error : errors.entrySet()) {
                for (String planted : error.getValue()) {
                    try (Connection connection = own.dataSource().getConnection()) {
                        connection.setAutoCommit(false);
                        for (String statement : planted.split(";", -1)) {
                            assertThat(Jdbc.update(connection, statement))
                                    .as(statement)
                                    .isPositive();
                        }
                        assertThat(BookAudit.run(connection))
                                .filteredOn(finding -> !finding.holds())
                                .as(planted)
                                .singleElement()
                                .satisfies(finding -> {
                                    assertThat(finding.check()).as(planted).isEqualTo(error.getKey());
                                    assertThat(finding.violations()).isPositive();
                                    assertThat(finding.examples().get(0)).contains("=");
                                });
                        connection.rollback();
                    }
                }
            }
            assertThat(new TreeSet<>(errors.keySet())).isEqualTo(new TreeSet<>(BookAudit.checks()));
            till.booksAreRight();
        }
    }

    @Databases
    void manyViolationsAreCountedAndAFewShown(Database database) throws SQLException {
        try (Database own = Database.create(database.engine())) {
            Till till = new Till(own);
            IntStream.range(0, 8).forEach(i -> till.user("1.00"));
            Jdbc.update(own, "UPDATE users SET balance_cents = balance_cents + 1");
            try (Connection connection = own.dataSource().getConnection()) {
                Finding sums = BookAudit.run(connection).stream()
                        .filter(finding -> finding.check().equals("ledger-sum"))
                        .findFirst()
                        .orElseThrow();
                assertThat(sums.violations()).isEqualTo(8);
                assertThat(sums.examples())
                        .hasSize(BookAudit.EXAMPLES_MAX)
                        .allSatisfy(example -> assertThat(example)
                                .contains("balance_type=BALANCE", "balance_cents=101", "booked_cents=100"));
            }
        }
    }

    /** Books with something of everything, and what can be wrong with them: statements, separated by semicolons. */
    private static final class Errors {
        private final UUID user;
        private final UUID active;
        private final UUID completed;
        private final UUID product;
        private final UUID bought;
        private final UUID second;
        private final UUID recharge;
        private final UUID unpaid;
        private final UUID goods;

        Errors(Till till) {
            user = till.user("500.00");
            UUID other = till.user("50.00");
            product = till.product(10, 5);
            active = till.round(10);
            completed = till.round(4);
            bought = buy(till, user, active, 3);
            second = buy(till, other, active, 2);
            buy(till, user, completed, 4);
            done(till.plain.draws.draw(completed));
            done(till.plain.transfers.toLuckyCoins(user, Money.parse("20.00")));
            recharge = till.recharge(user, "30.00");
            pay(till, recharge, "30.00");
            unpaid = till.recharge(user, "40.00");
            goods = till.order(user, product, 2);
            pay(till, goods, "118.00");
            till.order(other, product, 1);
            // Newest, so that what is taken from the middle of the ledger leaves a gap.
            done(till.plain.balances.change(
                    user, BalanceType.BALANCE, BalanceOperation.ADD, Money.parse("1.00"), null, null));
        }

        private static UUID buy(Till till, UUID user, UUID round, int shares) {
            return done(till.plain.purchases.participate(user, round, shares, ParticipationType.PAID))
                    .participation()
                    .id();
        }

        private static void pay(Till till, UUID order, String amount) {
            done(till.plain.payments.receive("p-" + order, order, Money.parse(amount), PaymentReport.PAID));
        }

        Map<String, List<String>> byCheck() {
            Map<String, List<String>> errors = new LinkedHashMap<>();
            errors.put(
                    "not-negative",
                    List.of("UPDATE products SET stock = -1, stock_in = 2 WHERE id = '" + product + "'"));
            errors.put(
                    "ledger-complete",
                    List.of(
                            // A booking that is missing; the last one that is missing; a balance written without its
                            // version.
                            "DELETE FROM transactions WHERE operation_id = 'recharge:" + recharge + "'",
                            "DELETE FROM transactions WHERE user_id = '" + user
                                    + "' AND balance_type = 'BALANCE' AND type = 'ADD' AND amount_cents = 100",
                            "UPDATE users SET balance_version = balance_version + 1 WHERE id = '" + user + "'"));
            errors.put(
                    "ledger-sum",
                    List.of(
                            "UPDATE users SET balance_cents = balance_cents + 1 WHERE id = '" + user + "'",
                            "UPDATE users SET lucky_coins_cents = lucky_coins_cents - 1 WHERE id = '" + user + "'",
                            "UPDATE transactions SET amount_cents = amount_cents - 1 WHERE type = 'TRANSFER_IN'"));
            errors.put(
                    "ledger-running",
                    List.of("UPDATE transactions SET balance_after_cents = balance_after_cents + 1 WHERE user_id = '"
                            + user + "' AND type = 'RECHARGE'"));
            errors.put(
                    "transfer-pairs",
                    List.of("UPDATE transactions SET operation_id = 'transfer:" + new UUID(0, 0)
                            + ":in' WHERE type = 'TRANSFER_IN'"));
            errors.put(
                    "total-spent",
                    List.of("UPDATE users SET total_spent_cents = total_spent_cents + 1 WHERE id = '" + user + "'"));
            errors.put(
                    "round-oversold",
                    List.of("UPDATE lottery_rounds SET total_shares = 4 WHERE id = '" + active + "'"));
            errors.put(
                    "round-sold",
                    List.of(
                            "UPDATE lottery_rounds SET sold_shares = sold_shares + 1 WHERE id = '" + active + "'",
                            "UPDATE lottery_rounds SET sold_shares = sold_shares - 1 WHERE id = '" + active + "'"));
            errors.put(
                    "round-status", List.of("UPDATE lottery_rounds SET status = 'FULL' WHERE id = '" + active + "'"));
            errors.put(
                    "numbers-unique",
                    List.of(
                            "INSERT INTO participation_numbers (round_id, number, participation_id, version) VALUES ('"
                                    + active + "', 10000001, '" + second + "', 1)",
                            "UPDATE participation_numbers SET number = 10000001 WHERE round_id = '" + active
                                    + "' AND number = 10000004"));
            errors.put(
                    "numbers-gapless",
                    List.of(
                            "DELETE FROM participation_numbers WHERE round_id = '" + active + "' AND number = 10000002",
                            "UPDATE participation_numbers SET number = 10000077 WHERE round_id = '" + active
                                    + "' AND number = 10000005"));
            errors.put(
                    "participation-numbers",
                    List.of(
                            "DELETE FROM participation_numbers WHERE round_id = '" + active + "' AND number = 10000005",
                            "UPDATE participation_numbers SET participation_id = '" + second + "' WHERE round_id = '"
                                    + active + "' AND number = 10000003"));
            errors.put(
                    "participation-paid",
                    List.of(
                            "UPDATE participations SET cost_cents = cost_cents + 1 WHERE id = '" + bought + "'",
                            "UPDATE participations SET cost_cents = 0, type = 'FREE' WHERE id = '" + bought + "'"));
            errors.put(
                    "round-winner",
                    List.of(
                            "UPDATE lottery_rounds SET winning_number = 99 WHERE id = '" + completed + "'",
                            "UPDATE lottery_rounds SET winning_participation_id = '" + bought + "' WHERE id = '"
                                    + completed + "'"));
            errors.put(
                    "one-prize",
                    List.of(
                            // Two winners, each with a prize; a prize that went elsewhere; none at all.
                            "INSERT INTO orders (id, order_number, user_id, product_id, type, quantity, total_amount_cents,"
                                    + " status, payment_status, fulfillment_status, created_at, updated_at, version, round_id)"
                                    + " SELECT '" + new UUID(0, 1) + "', 'again', user_id, product_id, type, quantity,"
                                    + " total_amount_cents, status, payment_status, fulfillment_status, created_at, updated_at,"
                                    + " version, round_id FROM orders WHERE type = 'LOTTERY_WIN'",
                            "UPDATE orders SET user_id = '" + new UUID(0, 2) + "' WHERE type = 'LOTTERY_WIN'",
                            "DELETE FROM orders WHERE type = 'LOTTERY_WIN'"));
            errors.put(
                    "order-status",
                    List.of("UPDATE orders SET status = 'EXPIRED', quantity = 1 WHERE id = '" + goods
                            + "'; UPDATE products SET stock = stock + 2 WHERE id = '" + product + "'"));
            errors.put(
                    "payment-order",
                    List.of(
                            // Paid and still open; paid by another amount; paid twice.
                            "INSERT INTO payments (payment_id, order_id, amount_cents, status, order_status, received_at,"
                                    + " version) SELECT 'open', '" + unpaid
                                    + "', 4000, status, order_status, received_at, 1"
                                    + " FROM payments WHERE order_id = '" + recharge + "'",
                            "UPDATE payments SET amount_cents = 1 WHERE order_id = '" + recharge + "'",
                            "INSERT INTO payments (payment_id, order_id, amount_cents, status, order_status, received_at,"
                                    + " version) SELECT 'twice', order_id, amount_cents, status, order_status, received_at, 1"
                                    + " FROM payments WHERE order_id = '" + goods + "'"));
            errors.put("recharge-payment", List.of("DELETE FROM payments WHERE order_id = '" + recharge + "'"));
            errors.put(
                    "recharge-credited",
                    List.of(
                            // Paid and never credited, as in two commits; credited for something else.
                            "UPDATE orders SET status = 'PAID', payment_status = 'PAID' WHERE id = '" + unpaid
                                    + "'; INSERT INTO payments (payment_id, order_id, amount_cents, status, order_status,"
                                    + " received_at, version) SELECT 'lost', '" + unpaid
                                    + "', 4000, status, order_status,"
                                    + " received_at, 1 FROM payments WHERE order_id = '" + recharge + "'",
                            "UPDATE transactions SET related_order_id = '" + unpaid
                                    + "' WHERE operation_id = 'recharge:" + recharge + "'"));
            errors.put(
                    "stock",
                    List.of(
                            "UPDATE products SET stock = stock + 1 WHERE id = '" + product + "'",
                            "UPDATE products SET stock = stock - 1 WHERE id = '" + product + "'"));
            return errors;
        }
    }

    /** Takes every constraint away, so that what the database would refuse can be planted. */
    private static void loosen(Database database) throws SQLException {
        try (Connection connection = database.dataSource().getConnection()) {
            Jdbc.update(connection, "DROP VIEW lock_monitoring_view");
            String cascade = database.engine() == Engine.POSTGRESQL ? " CASCADE" : "";
            if (database.engine() != Engine.POSTGRESQL) {
                Jdbc.update(
                        connection,
                        database.engine() == Engine.SQLITE
                                ? "PRAGMA foreign_keys = OFF"
                                : "SET SESSION foreign_key_checks = 0");
            }
            // All steps for all tables, for MariaDB remembers who refers to a name.
            for (String step : List.of(
                    "CREATE TABLE %1$s_loose AS SELECT * FROM %1$s",
                    "DROP TABLE %1$s" + cascade, "ALTER TABLE %1$s_loose RENAME TO %1$s")) {
                for (String table : TABLES) {
                    Jdbc.update(connection, step.formatted(table));
                }
            }
        }
    }
}
