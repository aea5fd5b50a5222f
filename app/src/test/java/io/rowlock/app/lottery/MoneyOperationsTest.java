package io.rowlock.app.lottery;

import static io.rowlock.app.lottery.Shop.NOBODY;
import static io.rowlock.app.lottery.Shop.item;
import static io.rowlock.app.lottery.Shop.payment;
import static io.rowlock.engines.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.app.Http.Answer;
import io.rowlock.app.RunningService;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;

/** What each operation about money and its monitoring answers, over HTTP, on every engine. */
class MoneyOperationsTest extends ShopTestCase {
    @AfterEach
    void theBooksAreRight(Database database) throws SQLException {
        assertThat(Till.wrong(database)).isEmpty();
    }

    // ---- transfer

    @Databases
    void aTransferMakesLuckyCoinsOfMoney() {
        String user = shop.user("10.00");

        Answer done = post("/users/" + user + "/transfer", "{\"amount\":\"2.50\"}");

        assertThat(done.status()).as("%s", done).isEqualTo(200);
        assertThat(done.at("/balance/amount")).isEqualTo("7.50");
        assertThat(done.at("/luckyCoins/amount")).isEqualTo("2.50");
        assertThat(done.json().at("/balance/version").asInt()).isEqualTo(3);
        assertThat(done.json().at("/luckyCoins/version").asInt()).isEqualTo(2);
        Answer ledger = get("/users/" + user + "/transactions");
        assertThat(ledger.json()).hasSize(3);
        assertThat(ledger.json().findValuesAsString("type")).contains("transfer_out", "transfer_in");
        Answer again = post("/users/" + user + "/transfer", "{\"amount\":\"7.51\"}");
        assertThat(again.status()).isEqualTo(422);
        assertThat(again.code()).isEqualTo("INSUFFICIENT_BALANCE");
        assertThat(post("/users/" + user + "/transfer", "{\"amount\":\"0.00\"}").code())
                .isEqualTo("AMOUNT_OUT_OF_RANGE");
        assertThat(post("/users/" + NOBODY + "/transfer", "{\"amount\":\"1.00\"}")
                        .status())
                .isEqualTo(404);
        assertThat(post("/users/" + user + "/transfer", "{\"amount\":1}").status())
                .isEqualTo(400);
        assertThat(post("/users/" + user + "/transfer", "{}").status()).isEqualTo(400);
        assertThat(shop.balance(user)).isEqualTo("7.50");
    }

    // ---- recharges and payments

    @Databases
    void aRechargeIsCreditedWhenItIsPaidAndOnce() {
        String user = shop.user("1.00");

        Answer order = post("/recharges", "{\"userId\":\"" + user + "\",\"amount\":\"99.00\"}");

        assertThat(order.status()).as("%s", order).isEqualTo(201);
        assertThat(order.header("Location")).contains("/api/lottery/orders/" + order.at("/id"));
        assertThat(order.at("/type")).isEqualTo("recharge");
        assertThat(order.at("/status")).isEqualTo("pending");
        assertThat(order.json().get("productId").isNull()).isTrue();
        assertThat(order.at("/expiresAt")).isNotBlank();
        assertThat(shop.balance(user)).isEqualTo("1.00");

        Answer paid = shop.pay("p-1", order.at("/id"), "99.00", "paid");

        assertThat(paid.status()).as("%s", paid).isEqualTo(200);
        assertThat(paid.at("/status")).isEqualTo("paid");
        assertThat(shop.balance(user)).isEqualTo("100.00");
        Answer now = get("/orders/" + order.at("/id"));
        assertThat(now.at("/status")).isEqualTo("paid");
        assertThat(now.at("/paymentStatus")).isEqualTo("paid");
        assertThat(now.at("/paidAt")).isNotBlank();
        assertThat(get("/users/" + user + "/transactions").at("/0/type")).isEqualTo("recharge");
        assertThat(get("/users/" + user + "/transactions").at("/0/balanceAfter"))
                .isEqualTo("100.00");
        assertThat(shop.pay("p-1", order.at("/id"), "99.00", "paid").text()).isEqualTo(paid.text());
        assertThat(shop.balance(user)).isEqualTo("100.00");
        assertThat(get("/payments/p-1").text()).isEqualTo(paid.text());
    }

    @Databases
    void aPaymentToldWithOtherContentIsRefused() {
        String user = shop.user("1.00");
        String order = shop.recharge(user, "5.00");
        String other = shop.recharge(user, "5.00");
        assertThat(shop.pay("p-2", order, "5.00", "paid").status()).isEqualTo(200);

        for (Answer mismatch : List.of(
                shop.pay("p-2", order, "5.01", "paid"),
                shop.pay("p-2", other, "5.00", "paid"),
                shop.pay("p-2", order, "5.00", "failed"))) {
            assertThat(mismatch.status()).isEqualTo(422);
            assertThat(mismatch.code()).isEqualTo("PAYMENT_MISMATCH");
            assertThat(mismatch.at("/facts/orderId")).isEqualTo(order);
            assertThat(mismatch.at("/facts/amount")).isEqualTo("5.00");
        }
        // Ids are compared byte by byte.
        assertThat(shop.pay("P-2", other, "5.00", "paid").status()).isEqualTo(200);
        assertThat(shop.balance(user)).isEqualTo("11.00");
    }

    @Databases
    void moneyThatCameForNothingIsRefusedAndKept() {
        String user = shop.user("1.00");
        String paid = shop.recharge(user, "5.00");
        assertThat(shop.pay("n-1", paid, "5.00", "paid").status()).isEqualTo(200);
        String cancelled = shop.recharge(user, "5.00");
        http.put("/api/lottery/orders/" + cancelled + "/status", "{\"status\":\"cancelled\"}");
        String open = shop.recharge(user, "5.00");

        Answer second = shop.pay("n-2", paid, "5.00", "paid");
        Answer late = shop.pay("n-3", cancelled, "5.00", "paid");
        Answer wrong = shop.pay("n-4", open, "4.99", "paid");
        Answer unknown = shop.pay("n-5", NOBODY, "5.00", "paid");

        assertThat(second.code()).isEqualTo("ORDER_NOT_PENDING");
        assertThat(second.at("/facts/status")).isEqualTo("paid");
        assertThat(late.status()).isEqualTo(422);
        assertThat(late.code()).isEqualTo("ORDER_NOT_PENDING");
        assertThat(late.at("/facts/status")).isEqualTo("cancelled");
        assertThat(wrong.code()).isEqualTo("AMOUNT_NOT_DUE");
        assertThat(wrong.at("/facts/due")).isEqualTo("5.00");
        assertThat(unknown.status()).isEqualTo(404);
        assertThat(unknown.code()).isEqualTo("UNKNOWN_ORDER");
        assertThat(shop.pay("n-3", cancelled, "5.00", "paid").text()).isEqualTo(late.text());
        assertThat(shop.pay("n-5", NOBODY, "5.00", "paid").text()).isEqualTo(unknown.text());
        assertThat(get("/payments?status=unmatched").json().findValuesAsString("paymentId"))
                .contains("n-2", "n-3", "n-4", "n-5");
        assertThat(get("/payments/n-5").status()).isEqualTo(200);
        assertThat(shop.balance(user)).isEqualTo("6.00");
        assertThat(get("/orders/" + open).at("/status")).isEqualTo("pending");
    }

    @Databases
    void aPaymentThatFailedLeavesTheOrderOpenForAnother() {
        String user = shop.user("1.00");
        String order = shop.recharge(user, "5.00");

        Answer failed = shop.pay("f-1", order, "5.00", "failed");

        assertThat(failed.status()).as("%s", failed).isEqualTo(200);
        assertThat(failed.at("/status")).isEqualTo("failed");
        assertThat(get("/orders/" + order).at("/paymentStatus")).isEqualTo("failed");
        assertThat(get("/orders/" + order).at("/status")).isEqualTo("pending");
        assertThat(shop.pay("f-2", order, "5.00", "paid").status()).isEqualTo(200);
        assertThat(shop.pay("f-3", order, "5.00", "failed").code()).isEqualTo("ORDER_NOT_PENDING");
        assertThat(get("/payments/f-3").at("/status")).isEqualTo("failed");
        assertThat(shop.balance(user)).isEqualTo("6.00");
    }

    @Databases
    void goodsArePaidByAPaymentAndARechargeByNothingElse() {
        String user = shop.user("1.00");
        String product = shop.product(10).at("/id");
        String goods = post("/orders", "{\"userId\":\"" + user + "\",\"productId\":\"" + product + "\",\"quantity\":2}")
                .at("/id");
        assertThat(shop.pay("g-1", goods, "118.00", "paid").status()).isEqualTo(200);
        assertThat(get("/orders/" + goods).at("/status")).isEqualTo("paid");
        assertThat(shop.balance(user)).isEqualTo("1.00");

        String recharge = shop.recharge(user, "5.00");
        Answer byHand = http.put("/api/lottery/orders/" + recharge + "/status", "{\"status\":\"paid\"}");
        assertThat(byHand.code()).isEqualTo("ILLEGAL_TRANSITION");
        assertThat(byHand.json().at("/facts/allowed")).hasSize(2);
    }

    @Databases
    void malformedPaymentsAndRechargesAreToldWhatIsExpected() {
        String user = shop.user("1.00");
        String order = shop.recharge(user, "5.00");
        for (String body : List.of(
                "{}",
                payment("", order, "5.00", "paid"),
                payment("a b", order, "5.00", "paid"),
                payment("x".repeat(65), order, "5.00", "paid"),
                payment("m-1", "nobody", "5.00", "paid"),
                payment("m-1", order, "5.001", "paid"),
                payment("m-1", order, "5.00", "PAID"),
                payment("m-1", order, "5.00", "unmatched"))) {
            Answer malformed = post("/payments", body);
            assertThat(malformed.status()).as("%s: %s", body, malformed).isEqualTo(400);
            assertThat(malformed.code()).isEqualTo("MALFORMED");
        }
        assertThat(shop.pay("m-1", order, "0.00", "paid").code()).isEqualTo("AMOUNT_OUT_OF_RANGE");
        assertThat(shop.pay("m-1", order, "-5.00", "paid").status()).isEqualTo(422);
        assertThat(get("/payments/m-1").code()).isEqualTo("UNKNOWN_PAYMENT");
        assertThat(get("/payments?status=lost").status()).isEqualTo(400);
        assertThat(get("/payments?limit=0").status()).isEqualTo(400);
        assertThat(post("/recharges", "{\"userId\":\"" + NOBODY + "\",\"amount\":\"5.00\"}")
                        .status())
                .isEqualTo(404);
        assertThat(post("/recharges", "{\"userId\":\"" + user + "\",\"amount\":\"10000.01\"}")
                        .status())
                .isEqualTo(422);
        assertThat(post("/recharges", "{\"userId\":\"" + user + "\"}").status()).isEqualTo(400);
    }

    // ---- expiry

    @Databases
    void unpaidOrdersExpireAndGiveBackWhatTheyReserved() {
        String user = shop.user("1.00");
        Answer product = shop.product(10);
        String goods = post(
                        "/orders",
                        "{\"userId\":\"" + user + "\",\"productId\":\"" + product.at("/id") + "\",\"quantity\":3}")
                .at("/id");
        String recharge = shop.recharge(user, "5.00");
        // Nobody has had half an hour to pay.
        assertThat(post("/orders/expire", "{}").json().get("expired").asInt()).isZero();

        int expired = 0;
        Answer last;
        do {
            last = post("/orders/expire", "{\"olderThanMinutes\":0,\"limit\":1}");
            assertThat(last.status()).as("%s", last).isEqualTo(200);
            expired += last.json().get("expired").asInt();
        } while (last.json().get("expired").asInt() > 0);

        assertThat(expired).isGreaterThanOrEqualTo(2);
        for (String order : List.of(goods, recharge)) {
            assertThat(get("/orders/" + order).at("/status")).isEqualTo("expired");
            assertThat(get("/orders/" + order).at("/paymentStatus")).isEqualTo("cancelled");
        }
        assertThat(get("/products/" + product.at("/id")).json().get("stock").asInt())
                .isEqualTo(product.json().get("stock").asInt());
        for (String body :
                List.of("{\"olderThanMinutes\":-1}", "{\"limit\":0}", "{\"limit\":1001}", "{\"all\":true}", "[]")) {
            assertThat(post("/orders/expire", body).status()).as(body).isEqualTo(400);
        }
    }

    @Databases
    void theServiceEndsUnpaidOrdersByItself(Database database) throws SQLException {
        String user = shop.user("1.00");
        String due = shop.recharge(user, "5.00");
        String early = shop.recharge(user, "5.00");
        Jdbc.update(database, "UPDATE orders SET expires_at = created_at WHERE id = '" + due + "'");

        try (RunningService other =
                RunningService.on(database, Map.of("rowlock.lottery.expire-orders.every", "20ms"))) {
            assertThat(other.url()).isNotEqualTo(SERVICES.on(database).url());
            eventually(() -> assertThat(get("/orders/" + due).at("/status")).isEqualTo("expired"));
        }

        assertThat(get("/orders/" + early).at("/status")).isEqualTo("pending");
    }

    /** Which orders a repeat is about was settled the first time: it ends none that became due since. */
    @Databases
    void ordersThatExpiredUnderAKeyAreCountedAgainAndNoOthersExpire() {
        String user = shop.user("1.00");
        List<String> due = List.of(shop.recharge(user, "5.00"), shop.recharge(user, "6.00"));
        String[] key = {"Idempotency-Key", "expire-" + user};

        Answer first = http.post("/api/lottery/orders/expire", "{\"olderThanMinutes\":0}", key);
        String later = shop.recharge(user, "7.00");
        Answer again = http.post("/api/lottery/orders/expire", "{\"olderThanMinutes\":0}", key);
        Answer other = http.post("/api/lottery/orders/expire", "{\"olderThanMinutes\":1}", key);

        assertThat(first.status()).as("%s", first).isEqualTo(200);
        assertThat(first.json().get("expired").asInt()).isGreaterThanOrEqualTo(2);
        assertThat(first.header("Idempotent-Replayed")).isEmpty();
        assertThat(again.text()).isEqualTo(first.text());
        assertThat(again.header("Idempotent-Replayed")).contains("true");
        assertThat(other.code()).isEqualTo("IDEMPOTENCY_KEY_REUSED");
        assertThat(due)
                .allSatisfy(order ->
                        assertThat(get("/orders/" + order).at("/status")).isEqualTo("expired"));
        assertThat(get("/orders/" + later).at("/status")).isEqualTo("pending");
    }

    // ---- batches

    @Databases
    void aBatchAnswersForEachItemInItsOrder() {
        String rich = shop.user("10.00");
        String poor = shop.user("1.00");

        Answer done = shop.changeAll(List.of(
                item(rich, "deduct", "4.00"),
                item(poor, "deduct", "2.00"),
                item(NOBODY, "add", "1.00"),
                item(poor, "add", "10000.01"),
                item(rich, "deduct", "5.00")));

        assertThat(done.status()).as("%s", done).isEqualTo(200);
        assertThat(done.json().get("results").findValuesAsString("status"))
                .containsExactly("applied", "refused", "refused", "refused", "applied");
        assertThat(done.at("/results/0/balance")).isEqualTo("6.00");
        assertThat(done.at("/results/4/balance")).isEqualTo("1.00");
        assertThat(done.at("/results/1/code")).isEqualTo("INSUFFICIENT_BALANCE");
        assertThat(done.at("/results/1/facts/required")).isEqualTo("2.00");
        assertThat(done.at("/results/1/message")).isEqualTo("The balance is too low");
        assertThat(done.at("/results/2/code")).isEqualTo("UNKNOWN_USER");
        assertThat(done.at("/results/3/code")).isEqualTo("AMOUNT_OUT_OF_RANGE");
        assertThat(shop.balance(rich)).isEqualTo("1.00");
        assertThat(shop.balance(poor)).isEqualTo("1.00");
        String tooMany = String.join(",", java.util.Collections.nCopies(501, item(rich, "add", "1.00")));
        for (String items : List.of("", tooMany, "null", item(rich, "steal", "1.00"))) {
            assertThat(post("/balances/batch", "{\"items\":[" + items + "]}").status())
                    .as("%.80s", items)
                    .isEqualTo(400);
        }
        assertThat(shop.balance(rich)).isEqualTo("1.00");
    }

    @Databases
    void whatIsPostedAgainWithItsKeyIsAnsweredAgainAndHappensOnce() {
        String user = shop.user("10.00");
        String open = shop.recharge(user, "5.00");
        String gone = shop.recharge(user, "5.00");
        http.put("/api/lottery/orders/" + gone + "/status", "{\"status\":\"cancelled\"}");
        Map<String, String> posts = Map.of(
                "/users/" + user + "/transfer",
                "{\"amount\":\"1.00\"}",
                "/recharges",
                "{\"userId\":\"" + user + "\",\"amount\":\"3.00\"}",
                "/payments",
                payment("i-1", open, "5.00", "paid"),
                "/orders/expire",
                "{\"olderThanMinutes\":525600}",
                "/balances/batch",
                Shop.batch(List.of(
                        item(user, "add", "0.50"), item(user, "deduct", "9999.00"), item(user, "add", "0.25"))));

        posts.forEach((path, body) -> {
            String key = "key-" + user + path;
            Answer first = http.post("/api/lottery" + path, body, "Idempotency-Key", key);
            Answer again = http.post("/api/lottery" + path, body, "Idempotency-Key", key);
            assertThat(first.status()).as("%s: %s", path, first).isIn(200, 201);
            assertThat(first.header("Idempotent-Replayed")).isEmpty();
            assertThat(again.status()).isEqualTo(first.status());
            assertThat(again.json()).isEqualTo(first.json());
            // A batch is answered item by item.
            assertThat(again.header("Idempotent-Replayed").isPresent()).isEqualTo(!path.contains("batch"));
        });
        assertThat(shop.balance(user)).isEqualTo("14.75");
        // The key of a batch is that of all its items.
        String other = "{\"items\":[" + item(user, "add", "0.50") + "]}";
        assertThat(http.post("/api/lottery/balances/batch", other, "Idempotency-Key", "key-" + user + "/balances/batch")
                        .code())
                .isEqualTo("IDEMPOTENCY_KEY_REUSED");
        // What a refusal has written is kept with it.
        Answer refused = http.post(
                "/api/lottery/payments", payment("i-2", gone, "5.00", "paid"), "Idempotency-Key", "key-" + gone);
        assertThat(refused.code()).isEqualTo("ORDER_NOT_PENDING");
        assertThat(get("/payments/i-2").at("/status")).isEqualTo("unmatched");
    }

    /** Whoever asks again is answered in their language, whichever the first answer was in. */
    @Databases
    void aBatchIsAnsweredAgainInTheLanguageOfWhoeverAsksAgain() {
        for (String first : List.of("en", "zh")) {
            String user = shop.user("10.00");
            List<String> items = List.of(
                    item(user, "deduct", "4.00"),
                    item(user, "deduct", "7.00"),
                    item(user, "add", "10000.01"),
                    item(NOBODY, "add", "1.00"));
            String key = "language-" + user;
            String second = first.equals("en") ? "zh" : "en";

            Answer answer = shop.changeAll(items, "Idempotency-Key", key, "Accept-Language", first);
            Answer same = shop.changeAll(items, "Idempotency-Key", key, "Accept-Language", first);
            Answer other = shop.changeAll(items, "Idempotency-Key", key, "Accept-Language", second);
            Answer fresh = shop.changeAll(items, "Accept-Language", second);

            assertThat(answer.at("/results/1/message"))
                    .isEqualTo(first.equals("en") ? "The balance is too low" : "余额不足");
            assertThat(same.text()).isEqualTo(answer.text());
            assertThat(other.at("/results/1/message"))
                    .isEqualTo(second.equals("en") ? "The balance is too low" : "余额不足");
            assertThat(other.json().findValuesAsString("message"))
                    .as("the same sentences as if they had never been stored")
                    .isEqualTo(fresh.json().findValuesAsString("message"));
            for (String part : List.of("status", "code", "balance", "version", "facts")) {
                assertThat(other.json().findValues(part))
                        .as(part)
                        .isEqualTo(answer.json().findValues(part));
            }
            assertThat(shop.balance(user)).isEqualTo("2.00");
        }
    }

    // ---- advice and monitoring

    @Databases
    void prechecksAdvise() {
        String user = shop.user("10.00");
        String round = shop.round(5);

        Answer enough = get("/users/" + user + "/balances/balance/precheck?amount=10.00");
        Answer tooLittle = get("/users/" + user + "/balances/balance/precheck?amount=10.01");
        Answer shares = get("/rounds/" + round + "/precheck?quantity=5");
        Answer tooMany = get("/rounds/" + round + "/precheck?quantity=6");

        assertThat(enough.status()).as("%s", enough).isEqualTo(200);
        assertThat(enough.json().get("sufficient").asBoolean()).isTrue();
        assertThat(enough.json().get("advisory").asBoolean()).isTrue();
        assertThat(enough.json().get("version").asInt()).isEqualTo(2);
        assertThat(tooLittle.json().get("sufficient").asBoolean()).isFalse();
        assertThat(shares.json().get("sufficient").asBoolean()).isTrue();
        assertThat(tooMany.json().get("sufficient").asBoolean()).isFalse();
        assertThat(tooMany.json().get("remainingShares").asInt()).isEqualTo(5);
        assertThat(get("/users/" + NOBODY + "/balances/balance/precheck?amount=1.00")
                        .status())
                .isEqualTo(404);
        assertThat(get("/users/" + user + "/balances/balance/precheck?amount=0.00")
                        .status())
                .isEqualTo(422);
        assertThat(get("/users/" + user + "/balances/balance/precheck?amount=1e3")
                        .status())
                .isEqualTo(400);
        assertThat(get("/users/" + user + "/balances/balance/precheck").status())
                .isEqualTo(400);
        assertThat(get("/rounds/" + NOBODY + "/precheck?quantity=1").status()).isEqualTo(404);
        assertThat(get("/rounds/" + round + "/precheck?quantity=0").status()).isEqualTo(400);
    }

    @Databases
    void monitoringTellsHowItStands() {
        String user = shop.user("100.00");
        String round = shop.round(2);
        shop.participate(user, round, 2);

        assertThat(get("/monitoring").at("/action")).isEqualTo("overview");
        assertThat(get("/monitoring?action=overview")
                        .json()
                        .at("/data/pendingDraws")
                        .asInt())
                .isPositive();
        assertThat(ids("full-rounds")).contains(round);
        assertThat(ids("pending-draws")).contains(round);
        assertThat(post("/rounds/" + round + "/draw", "").status()).isEqualTo(201);
        assertThat(ids("pending-draws")).doesNotContain(round);
        assertThat(ids("recent-draws").get(0)).isEqualTo(round);
        Answer books = get("/monitoring?action=data-consistency");
        assertThat(books.json().at("/data/consistent").asBoolean())
                .as("%s", books)
                .isTrue();
        assertThat(books.json().at("/data/checks").findValuesAsString("check"))
                .contains("ledger-sum", "numbers-gapless");
        Answer performance = get("/monitoring?action=performance");
        assertThat(performance.json().get("data").findValuesAsString("unit")).contains("lottery-participate");
        assertThat(performance.json().at("/data/0/runs").asInt()).isPositive();
        assertThat(get("/monitoring?action=all").status()).isEqualTo(400);
        assertThat(get("/monitoring?action=full-rounds&limit=0").status()).isEqualTo(400);
        Answer statistics = get("/statistics");
        assertThat(statistics.status()).as("%s", statistics).isEqualTo(200);
        assertThat(statistics.json().get("sharesSold").asInt()).isGreaterThanOrEqualTo(2);
        assertThat(statistics.at("/bookedAmounts/participate")).startsWith("-");
        assertThat(statistics.json().at("/rounds/completed").asInt()).isPositive();
    }

    @Databases
    void theLogOfChangesHasThemAll() {
        String user = shop.user("10.00");
        String round = shop.round(5);
        shop.participate(user, round, 1);
        String order = shop.recharge(user, "5.00");
        shop.pay("log-1", order, "5.00", "paid");

        Answer log = get("/audit-log?limit=50");

        assertThat(log.status()).as("%s", log).isEqualTo(200);
        List<String> told = log.json()
                .valueStream()
                .map(change -> change.get("operation").asString() + " "
                        + change.get("table").asString() + " "
                        + change.get("rowId").asString() + ": "
                        + change.get("oldValue").asString("") + " > "
                        + change.get("newValue").asString())
                .toList();
        assertThat(told)
                .contains(
                        "add users " + user + ": balance=0.00 > balance=10.00, version=2",
                        "open_round lottery_rounds " + round + ":  > sold=0, status=active, version=1",
                        "participate lottery_rounds " + round
                                + ": sold=0, status=active, version=1 > sold=1, status=active, version=2",
                        "participate users " + user + ": balance=10.00 > balance=9.00, version=3",
                        "recharge users " + user + ": balance=9.00 > balance=14.00, version=4",
                        "pay_order orders " + order
                                + ": status=pending, payment=pending, fulfillment=pending, version=1"
                                + " > status=paid, payment=paid, fulfillment=pending, version=2");
        assertThat(get("/audit-log?limit=501").status()).isEqualTo(400);
    }

    // ----

    private List<String> ids(String action) {
        Answer answer = get("/monitoring?action=" + action + "&limit=500");
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        return answer.json()
                .get("data")
                .valueStream()
                .map(round -> round.get("id").asString())
                .toList();
    }

    private Answer post(String path, String json) {
        return http.post("/api/lottery" + path, json);
    }

    private Answer get(String path) {
        return http.get("/api/lottery" + path);
    }
}
