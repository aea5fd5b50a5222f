package io.rowlock.app.lottery;

import static io.rowlock.app.lottery.Shop.item;
import static io.rowlock.app.lottery.Till.done;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.CommitOutcomeUnknown;
import io.rowlock.RowlockException;
import io.rowlock.app.Http.Answer;
import io.rowlock.app.Services;
import io.rowlock.app.lottery.LotteryTables.PaymentRow;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Actors;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.engines.FaultyDataSource.Point;
import io.rowlock.engines.FaultyDataSource.Stall;
import io.rowlock.engines.When;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What can go wrong with money when two come at once or one breaks off: each scenario as it is done without guards, where it
 * goes wrong, and as the lottery does it. What has no guards gets a database of its own.
 */
class MoneyRaceTest {
    private static final int TIMES = 20;
    private static final Pattern WRITES = Pattern.compile("(?i)\\b(UPDATE|INSERT INTO)\\b");

    @RegisterExtension
    static final Services SERVICES = new Services();

    // ---- lottery-3: two who saw the same version of an order move it to different places

    @Databases
    void withoutAVersionTheLastOfTwoWritersOfAnOrderWins(Database database) throws Exception {
        try (Database own = Database.create(database.engine())) {
            Till till = new Till(own);
            UUID order = till.order(till.user("0.00"), till.product(10, 5), 1);
            CyclicBarrier bothHaveRead = new CyclicBarrier(2);

            List<Actors.Outcome<Boolean>> writers = Actors.run(
                    () -> moveWithoutGuard(own, order, "CONFIRMED", bothHaveRead),
                    () -> moveWithoutGuard(own, order, "CANCELLED", bothHaveRead));

            // Both were told that it is done; of one of them nothing is left.
            assertThat(writers).extracting(Actors.Outcome::get).containsExactly(true, true);
        }
    }

    private static boolean moveWithoutGuard(Database database, UUID order, String next, CyclicBarrier bothHaveRead)
            throws Exception {
        try (Connection connection = database.dataSource().getConnection()) {
            if (!statusOf(connection, order).equals("PENDING")) {
                return false;
            }
            meet(bothHaveRead);
            return Jdbc.update(connection, "UPDATE orders SET status = '" + next + "' WHERE id = '" + order + "'") == 1;
        }
    }

    @Databases
    void oneOfTwoWritersOfAnOrderLearnsThatItHasChanged(Database database) throws Exception {
        try (Shop shop = new Shop(SERVICES.on(database).http())) {
            String user = shop.user("10.00");
            String product = shop.product(10).at("/id");
            List<String> moves = List.of("confirmed", "cancelled");
            for (int time = 1; time <= 5; time++) {
                String order = shop.http()
                        .post(
                                "/api/lottery/orders",
                                "{\"userId\":\"" + user + "\",\"productId\":\"" + product + "\",\"quantity\":1}")
                        .at("/id");

                List<Answer> answers = shop.atOnce(
                        2,
                        i -> shop.http()
                                .put(
                                        "/api/lottery/orders/" + order + "/status",
                                        "{\"status\":\"" + moves.get(i) + "\"}",
                                        "If-Match",
                                        "\"1\""));

                assertThat(answers).extracting(Answer::status).containsExactlyInAnyOrder(200, 409);
                Answer moved = answers.stream()
                        .filter(a -> a.status() == 200)
                        .findFirst()
                        .orElseThrow();
                Answer conflict = answers.stream()
                        .filter(a -> a.status() == 409)
                        .findFirst()
                        .orElseThrow();
                assertThat(conflict.code()).isEqualTo("VERSION_CONFLICT");
                assertThat(conflict.header("ETag")).contains("\"2\"");
                assertThat(conflict.json().at("/facts/currentVersion").asInt()).isEqualTo(2);
                assertThat(conflict.at("/facts/current/status")).isEqualTo(moved.at("/status"));
            }
            assertThat(Till.wrong(database)).isEmpty();
        }
    }

    // ---- lottery-9: a crash between "paid" and the credit, and the provider who tells again

    @Databases
    void inTwoCommitsACrashBetweenThemIsPaidAndNeverCredited(Database database) throws Exception {
        try (Database own = Database.create(database.engine())) {
            Till till = new Till(own);
            UUID user = till.user("0.00");
            UUID order = till.recharge(user, "100.00");

            try (Connection connection = own.dataSource().getConnection()) {
                assertThat(payWithoutGuard(connection, order, user, true)).isEqualTo("crashed");
                assertThat(payWithoutGuard(connection, order, user, false)).isEqualTo("refused");
                assertThat(payWithoutGuard(connection, order, user, false)).isEqualTo("refused");
            }

            assertThat(till.orderNow(order).status()).isEqualTo(OrderStatus.PAID);
            assertThat(till.balance(user)).isEqualTo(Money.ZERO);
            assertThat(till.wrong()).contains("recharge-credited");
        }
    }

    @Databases
    void inTwoCommitsTwoDeliveriesAtOnceCreditTwice(Database database) throws Exception {
        try (Database own = Database.create(database.engine())) {
            Till till = new Till(own);
            UUID user = till.user("0.00");
            UUID order = till.recharge(user, "100.00");
            CyclicBarrier bothHaveRead = new CyclicBarrier(2);

            Actors.run(() -> deliver(own, order, user, bothHaveRead), () -> deliver(own, order, user, bothHaveRead))
                    .forEach(Actors.Outcome::get);

            assertThat(till.balance(user)).isEqualTo(Money.parse("200.00"));
        }
    }

    private static boolean deliver(Database database, UUID order, UUID user, CyclicBarrier bothHaveRead)
            throws Exception {
        try (Connection connection = database.dataSource().getConnection()) {
            boolean pending = statusOf(connection, order).equals("PENDING");
            meet(bothHaveRead);
            if (pending) {
                markPaid(connection, order);
                credit(connection, user);
            }
            return pending;
        }
    }

    private static String payWithoutGuard(Connection connection, UUID order, UUID user, boolean crash)
            throws SQLException {
        if (!statusOf(connection, order).equals("PENDING")) {
            return "refused";
        }
        markPaid(connection, order);
        if (crash) {
            return "crashed";
        }
        credit(connection, user);
        return "done";
    }

    private static void markPaid(Connection connection, UUID order) throws SQLException {
        Jdbc.update(
                connection, "UPDATE orders SET status = 'PAID', payment_status = 'PAID' WHERE id = '" + order + "'");
    }

    private static void credit(Connection connection, UUID user) throws SQLException {
        Jdbc.update(connection, "UPDATE users SET balance_cents = balance_cents + 10000 WHERE id = '" + user + "'");
    }

    @Databases
    void aPaymentBrokenOffAnywhereAndToldAgainCreditsOnce(Database database) throws Exception {
        Till till = new Till(database);
        UUID user = till.user("0.00");
        Supplier<UUID> recharge = () -> till.recharge(user, "100.00");
        // What happens once only (the engine is looked at, statements are prepared) is not part of the recorded run.
        done(pay(till.faulty, recharge.get()));
        till.faults.reset();
        done(pay(till.faulty, recharge.get()));
        List<Point> points = till.faults.record();
        till.faults.reset();
        assertThat(points).isNotEmpty();

        int unknown = 0;
        for (Point point : points) {
            for (When when : When.values()) {
                String where = point + " " + when;
                UUID order = recharge.get();
                done(pay(till.faulty, recharge.get()));
                Money before = till.balance(user);
                till.faults.reset();
                if (database.engine() == Engine.SQLITE) {
                    till.faults.failAt(
                            point.number(),
                            when,
                            () -> new SQLException("[SQLITE_IOERR] disk I/O error, injected", null, 10));
                } else {
                    till.faults.cutAt(point.number(), when);
                }

                unknown += breaksOff(till, order) ? 1 : 0;

                till.faults.reset();
                PaymentRow again = done(pay(till.faulty, order));
                assertThat(done(pay(till.plain, order))).as(where).isEqualTo(again);
                assertThat(till.balance(user)).as(where).isEqualTo(before.plus(Money.parse("100.00")));
                assertThat(till.orderNow(order).status()).as(where).isEqualTo(OrderStatus.PAID);
            }
        }
        assertThat(unknown).as("crashes after the commit, before the answer").isPositive();
        till.booksAreRight();
    }

    /** Whether it was told that nobody knows what became of it. */
    private static boolean breaksOff(Till till, UUID order) {
        try {
            Outcome<PaymentRow> went = pay(till.faulty, order);
            throw new AssertionError("It went through: " + went);
        } catch (RowlockException failure) {
            return failure instanceof CommitOutcomeUnknown;
        }
    }

    private static Outcome<PaymentRow> pay(Till.Services services, UUID order) {
        return services.payments.receive("pay-" + order, order, Money.parse("100.00"), PaymentReport.PAID);
    }

    @Databases
    void aPaymentToldManyTimesAtOnceIsAnsweredAlikeAndCreditsOnce(Database database) throws Exception {
        try (Shop shop = new Shop(SERVICES.on(database).http())) {
            String user = shop.user("1.00");
            for (int time = 1; time <= 5; time++) {
                String balance = shop.balance(user);
                String order = shop.recharge(user, "25.00");

                List<Answer> answers = shop.atOnce(8, i -> shop.pay("once-" + order, order, "25.00", "paid"));

                assertThat(answers).extracting(Answer::status).containsOnly(200);
                assertThat(answers)
                        .extracting(Answer::text)
                        .containsOnly(answers.get(0).text());
                assertThat(Money.parse(shop.balance(user)))
                        .isEqualTo(Money.parse(balance).plus(Money.parse("25.00")));
            }
            assertThat(Till.wrong(database)).isEmpty();
        }
    }

    // ---- lottery-10: an order expires while its payment comes

    @Databases
    void withoutAGuardAnOrderIsPaidAndExpired(Database database) throws Exception {
        try (Database own = Database.create(database.engine())) {
            Till till = new Till(own);
            UUID product = till.product(10, 5);
            UUID order = till.order(till.user("0.00"), product, 2);
            CyclicBarrier bothHaveRead = new CyclicBarrier(2);

            List<Actors.Outcome<Boolean>> both = Actors.run(
                    () -> {
                        try (Connection connection = own.dataSource().getConnection()) {
                            boolean pending = statusOf(connection, order).equals("PENDING");
                            meet(bothHaveRead);
                            markPaid(connection, order);
                            return pending;
                        }
                    },
                    () -> {
                        try (Connection connection = own.dataSource().getConnection()) {
                            boolean pending = statusOf(connection, order).equals("PENDING");
                            int stock = Integer.parseInt(
                                    Jdbc.read(connection, "SELECT stock FROM products WHERE id = '" + product + "'"));
                            meet(bothHaveRead);
                            Jdbc.update(
                                    connection,
                                    "UPDATE products SET stock = " + (stock + 2) + " WHERE id = '" + product + "'");
                            Jdbc.update(connection, "UPDATE orders SET status = 'EXPIRED' WHERE id = '" + order + "'");
                            return pending;
                        }
                    });

            // Both believe that they have won: the customer has paid, and the goods are on sale again.
            assertThat(both).extracting(Actors.Outcome::get).containsExactly(true, true);
            assertThat(till.orderNow(order).paymentStatus()).isEqualTo(PaymentStatus.PAID);
            assertThat(till.stock(product)).isEqualTo(5);
            assertThat(till.wrong()).isNotEmpty();
        }
    }

    /**
     * The payment has read the order as pending, and stands before its first write while the order expires. (On SQLite nobody
     * can come between: a unit that writes is alone from its first statement on.)
     */
    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void aPaymentThatReadBeforeTheOrderExpiredPaysNothingAndIsKept(Database database) throws Exception {
        Till till = new Till(database);
        UUID user = till.user("0.00");
        UUID product = till.product(10, 5);
        int write = firstWrite(till, () -> done(payGoods(till.faulty, till.order(user, product, 1))));
        UUID order = till.order(user, product, 2);
        done(till.plain.payments.receive("other-" + order, order, Money.parse("118.00"), PaymentReport.FAILED));
        int stock = till.stock(product);
        till.faults.reset();
        Stall beforeWriting = till.faults.stallAt(write);

        List<Actors.Outcome<Object>> both = Actors.run(
                () -> till.faulty.payments.receive("late-" + order, order, Money.parse("118.00"), PaymentReport.PAID),
                () -> {
                    beforeWriting.awaitReached();
                    Expiry.Expired expired = till.plain.expireAll();
                    beforeWriting.release();
                    return expired;
                });

        till.faults.reset();
        assertThat(both.get(1).get()).isEqualTo(new Expiry.Expired(1, 0, 0));
        assertThat(both.get(0).get())
                .isEqualTo(Outcome.refused(new Refusal.OrderNotPending("late-" + order, order, OrderStatus.EXPIRED)));
        assertThat(till.plain
                        .queries
                        .payment("late-" + order)
                        .orElseThrow()
                        .value()
                        .status())
                .isEqualTo(PaymentOutcome.UNMATCHED);
        assertThat(till.orderNow(order).status()).isEqualTo(OrderStatus.EXPIRED);
        assertThat(till.orderNow(order).paidAt()).isNull();
        assertThat(till.stock(product)).isEqualTo(stock + 2);
        till.booksAreRight();
    }

    /** The other way round: expiry has read the order as pending, and the payment comes before it writes. */
    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void anExpiryThatReadBeforeTheOrderWasPaidEndsNothing(Database database) throws Exception {
        Till till = new Till(database);
        UUID user = till.user("0.00");
        UUID product = till.product(10, 5);
        int write = firstWrite(till, () -> {
            till.order(user, product, 1);
            assertThat(till.faulty.expireAll()).isEqualTo(new Expiry.Expired(1, 0, 0));
        });
        UUID order = till.order(user, product, 2);
        int stock = till.stock(product);
        till.faults.reset();
        Stall beforeWriting = till.faults.stallAt(write);

        List<Actors.Outcome<Object>> both = Actors.run(till.faulty::expireAll, () -> {
            beforeWriting.awaitReached();
            Outcome<PaymentRow> paid =
                    till.plain.payments.receive("just-" + order, order, Money.parse("118.00"), PaymentReport.PAID);
            beforeWriting.release();
            return paid;
        });

        till.faults.reset();
        assertThat(both.get(1).get()).isInstanceOf(Outcome.Done.class);
        assertThat(both.get(0).get()).isEqualTo(new Expiry.Expired(0, 1, 0));
        assertThat(till.orderNow(order).status()).isEqualTo(OrderStatus.PAID);
        assertThat(till.stock(product)).isEqualTo(stock);
        till.booksAreRight();
    }

    private static Outcome<PaymentRow> payGoods(Till.Services services, UUID order) {
        return services.payments.receive("goods-" + order, order, Money.parse("59.00"), PaymentReport.PAID);
    }

    /** The number of the first request that writes. */
    private static int firstWrite(Till till, Runnable work) {
        work.run();
        till.faults.reset();
        work.run();
        List<Point> points = till.faults.record();
        return points.stream()
                .filter(point -> WRITES.matcher(point.sql()).find())
                .findFirst()
                .orElseThrow(() -> new AssertionError("It wrote nothing: " + points))
                .number();
    }

    @Databases
    void exactlyOneOfPaymentAndExpiryWins(Database database) throws Exception {
        try (Shop shop = new Shop(SERVICES.on(database).http())) {
            String user = shop.user("1.00");
            for (int time = 1; time <= TIMES; time++) {
                String balance = shop.balance(user);
                String order = shop.recharge(user, "10.00");

                List<Answer> answers = shop.atOnce(
                        2,
                        i -> i == 0
                                ? shop.pay("race-" + order, order, "10.00", "paid")
                                : shop.http().post("/api/lottery/orders/expire", "{\"olderThanMinutes\":0}"));

                boolean paid = answers.get(0).status() == 200;
                assertThat(answers.get(1).status()).isEqualTo(200);
                assertThat(answers.get(1).json().get("expired").asInt()).isEqualTo(paid ? 0 : 1);
                assertThat(shop.http().get("/api/lottery/orders/" + order).at("/status"))
                        .isEqualTo(paid ? "paid" : "expired");
                assertThat(shop.http()
                                .get("/api/lottery/payments/race-" + order)
                                .at("/status"))
                        .isEqualTo(paid ? "paid" : "unmatched");
                assertThat(Money.parse(shop.balance(user)).minus(Money.parse(balance)))
                        .isEqualTo(paid ? Money.parse("10.00") : Money.ZERO);
            }
            assertThat(Till.wrong(database)).isEmpty();
        }
    }

    // ---- lottery-13: two batches of the same users in different orders

    @Databases
    void twoBatchesInTheCallersOrderStopEachOther(Database database) throws Exception {
        try (Database own = Database.create(database.engine())) {
            Till till = new Till(own);
            UUID one = till.user("10.00");
            UUID two = till.user("10.00");
            CyclicBarrier bothAreInside = new CyclicBarrier(2);

            List<Actors.Outcome<Boolean>> batches = Actors.run(
                    () -> batchWithoutGuard(own, one, two, bothAreInside),
                    () -> batchWithoutGuard(own, two, one, bothAreInside));

            // A deadlock, or on SQLite a writer that has read too early: all of that batch is lost.
            assertThat(batches).filteredOn(Actors.Outcome::succeeded).hasSize(1);
        }
    }

    private static boolean batchWithoutGuard(Database database, UUID first, UUID second, CyclicBarrier bothAreInside)
            throws Exception {
        try (Connection connection = database.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            try {
                if (database.engine() == Engine.SQLITE) {
                    // There is one writer at a time, so they can only meet before they write.
                    Jdbc.read(connection, "SELECT balance_cents FROM users WHERE id = '" + first + "'");
                    meet(bothAreInside);
                    credit(connection, first);
                } else {
                    credit(connection, first);
                    meet(bothAreInside);
                }
                credit(connection, second);
                connection.commit();
                return true;
            } catch (SQLException stopped) {
                connection.rollback();
                throw stopped;
            }
        }
    }

    @Databases
    void batchesOfTheSameUsersAnswerForEachItemWhateverTheirOrder(Database database) throws Exception {
        try (Shop shop = new Shop(SERVICES.on(database).http())) {
            List<String> users =
                    IntStream.range(0, 12).mapToObj(i -> shop.user("5.00")).toList();
            List<String> items = new ArrayList<>();
            for (String user : users) {
                items.add(item(user, "add", "2.00"));
                items.add(item(user, "deduct", "100.00"));
                items.add(item(user, "add", "1.50"));
            }
            items.add(item(UUID.randomUUID().toString(), "add", "1.00"));
            items.add(item(users.get(0), "add", "0.00"));
            List<String> backwards = new ArrayList<>(items);
            Collections.reverse(backwards);

            List<Answer> answers = shop.atOnce(4, i -> shop.changeAll(i % 2 == 0 ? items : backwards));

            for (int i = 0; i < answers.size(); i++) {
                Answer answer = answers.get(i);
                assertThat(answer.status()).as("%s", answer).isEqualTo(200);
                assertThat(answer.json().get("results")).hasSize(items.size());
                for (int index = 0; index < items.size(); index++) {
                    String item = (i % 2 == 0 ? items : backwards).get(index);
                    String result = "/results/" + index;
                    assertThat(answer.json().at(result + "/index").asInt()).isEqualTo(index);
                    String code = item.contains("\"0.00\"")
                            ? "AMOUNT_OUT_OF_RANGE"
                            : item.contains("deduct")
                                    ? "INSUFFICIENT_BALANCE"
                                    : item.contains("\"1.00\"") ? "UNKNOWN_USER" : "";
                    assertThat(answer.at(result + "/status")).isEqualTo(code.isEmpty() ? "applied" : "refused");
                    assertThat(answer.json().at(result + "/code").asString("")).isEqualTo(code);
                }
            }
            // Four batches, each 2.00 and 1.50.
            assertThat(users).extracting(shop::balance).containsOnly("19.00");
            assertThat(Till.wrong(database)).isEmpty();
        }
    }

    // ----

    private static String statusOf(Connection connection, UUID order) throws SQLException {
        return Jdbc.read(connection, "SELECT status FROM orders WHERE id = '" + order + "'");
    }

    private static void meet(CyclicBarrier barrier) throws Exception {
        barrier.await(20, TimeUnit.SECONDS);
    }
}
