package io.rowlock.app.lottery;

import static io.rowlock.app.lottery.Shop.NOBODY;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.app.Http.Answer;
import io.rowlock.engines.Databases;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/** What each operation of the lottery answers, over HTTP, on every engine. */
class LotteryOperationsTest extends ShopTestCase {
    // ---- users and balances

    @Databases
    void aBalanceIsAddedToDeductedFromAndBooked() {
        String user = shop.user("1000.00");

        Answer deducted = shop.change(user, "deduct", "150.5");

        assertThat(deducted.status()).isEqualTo(200);
        assertThat(deducted.at("/amount")).isEqualTo("849.50");
        assertThat(deducted.header("ETag")).contains("\"3\"");
        assertThat(deducted.json().get("version").asInt()).isEqualTo(3);
        Answer ledger = http.get("/api/lottery/users/" + user + "/transactions");
        assertThat(ledger.json()).hasSize(2);
        assertThat(ledger.at("/0/amount")).isEqualTo("-150.50");
        assertThat(ledger.at("/0/balanceAfter")).isEqualTo("849.50");
        assertThat(ledger.at("/0/type")).isEqualTo("deduct");
        assertThat(ledger.at("/1/amount")).isEqualTo("1000.00");
    }

    @Databases
    void theBalancesOfAUserHaveVersionsOfTheirOwn() {
        String user = shop.user("10.00");

        Answer platform = http.post(
                "/api/lottery/users/" + user + "/balances/platform_balance",
                "{\"operation\":\"add\",\"amount\":\"7.00\",\"description\":\"welcome\"}",
                "If-Match",
                "\"1\"");

        assertThat(platform.status()).as("%s", platform).isEqualTo(200);
        assertThat(platform.header("ETag")).contains("\"2\"");
        Answer all = http.get("/api/lottery/users/" + user);
        assertThat(all.at("/balance")).isEqualTo("10.00");
        assertThat(all.at("/platformBalance")).isEqualTo("7.00");
        assertThat(all.json().get("balanceVersion").asInt()).isEqualTo(2);
        assertThat(all.json().get("platformBalanceVersion").asInt()).isEqualTo(2);
        assertThat(http.get("/api/lottery/users/" + user + "/transactions").at("/0/description"))
                .isEqualTo("welcome");
    }

    @Databases
    void aBalanceChangesOnlyFromTheVersionTheCallerHasSeen() {
        String user = shop.user("100.00");

        Answer fresh = shop.change(user, "deduct", "1.00", "If-Match", "\"2\"");
        Answer stale = shop.change(user, "deduct", "1.00", "If-Match", "\"2\"");
        Answer any = shop.change(user, "deduct", "1.00", "If-Match", "*");

        assertThat(fresh.status()).isEqualTo(200);
        assertThat(stale.status()).isEqualTo(409);
        assertThat(stale.code()).isEqualTo("VERSION_CONFLICT");
        assertThat(stale.header("ETag")).contains("\"3\"");
        assertThat(stale.json().at("/facts/expectedVersion").asInt()).isEqualTo(2);
        assertThat(stale.json().at("/facts/currentVersion").asInt()).isEqualTo(3);
        assertThat(stale.at("/facts/current/amount")).isEqualTo("99.00");
        assertThat(any.at("/amount")).isEqualTo("98.00");
        assertThat(http.get("/api/lottery/users/" + user + "/balances/balance").header("ETag"))
                .contains("\"4\"");
    }

    @Databases
    void amountsOutOfRangeAreRefused() {
        String user = shop.user("10000.00");
        for (String amount : List.of("0.00", "0", "-150.00", "10000.01", "9999999999999.99")) {
            for (String operation : List.of("add", "deduct")) {
                Answer refused = shop.change(user, operation, amount);
                assertThat(refused.status())
                        .as("%s %s: %s", operation, amount, refused)
                        .isEqualTo(422);
                assertThat(refused.code()).isEqualTo("AMOUNT_OUT_OF_RANGE");
                assertThat(refused.at("/facts/max")).isEqualTo("10000.00");
            }
        }
        assertThat(shop.balance(user)).isEqualTo("10000.00");
        assertThat(shop.change(user, "deduct", "10000.00").at("/amount")).isEqualTo("0.00");
        Answer empty = shop.change(user, "deduct", "0.01");
        assertThat(empty.code()).isEqualTo("INSUFFICIENT_BALANCE");
        assertThat(empty.at("/facts/balance")).isEqualTo("0.00");
    }

    @Databases
    void oneTelegramIdHasOneUser() throws Exception {
        String body = "{\"telegramId\":\"4711\"}";

        List<Answer> answers = shop.atOnce(10, i -> http.post("/api/lottery/users", body));

        Answer created = answers.stream()
                .filter(answer -> answer.status() == 201)
                .reduce((one, two) -> {
                    throw new AssertionError("Two users: " + one + ", " + two);
                })
                .orElseThrow();
        assertThat(answers)
                .filteredOn(answer -> answer.status() == 422)
                .hasSize(9)
                .allSatisfy(refused -> {
                    assertThat(refused.code()).isEqualTo("TELEGRAM_ID_TAKEN");
                    assertThat(refused.at("/facts/userId")).isEqualTo(created.at("/id"));
                });
        assertThat(http.get(created.header("Location").orElseThrow()).at("/telegramId"))
                .isEqualTo("4711");
    }

    @Databases
    void theDaysFreePlaysAreGivenOnce() throws Exception {
        String user = shop.user("1.00");

        List<Answer> answers = shop.atOnce(10, i -> http.post("/api/lottery/users/" + user + "/free-count/reset", ""));

        assertThat(answers).allSatisfy(answer -> {
            assertThat(answer.status()).as("%s", answer).isEqualTo(200);
            assertThat(answer.json().get("freeDailyCount").asInt()).isEqualTo(3);
        });
        assertThat(answers)
                .filteredOn(answer -> answer.json().get("reset").asBoolean())
                .hasSize(1);
        assertThat(http.get("/api/lottery/users/" + user)
                        .json()
                        .get("freeDailyCount")
                        .asInt())
                .isEqualTo(3);
    }

    // ---- rounds

    @Databases
    void theRoundsOfAProductAreNumberedWithoutGaps() throws Exception {
        String product = shop.product(5).at("/id");

        List<Answer> rounds =
                shop.atOnce(8, i -> http.post("/api/lottery/rounds", "{\"productId\":\"" + product + "\"}"));

        assertThat(rounds).extracting(Answer::status).containsOnly(201);
        assertThat(rounds)
                .extracting(round -> round.json().get("roundNumber").asInt())
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.rangeClosed(1, 8).boxed().toList());
        assertThat(http.get("/api/lottery/products/" + product)
                        .json()
                        .get("roundsOpened")
                        .asInt())
                .isEqualTo(8);
    }

    @Databases
    void roundsAreListedByStatus() {
        String user = shop.user("100.00");
        String open = shop.round(5);
        String full = shop.round(2);
        assertThat(shop.participate(user, full, 2).at("/roundStatus")).isEqualTo("full");

        assertThat(ids(http.get("/api/lottery/rounds?status=full")))
                .contains(full)
                .doesNotContain(open);
        assertThat(ids(http.get("/api/lottery/rounds?status=active")))
                .contains(open)
                .doesNotContain(full);
        assertThat(ids(http.get("/api/lottery/rounds?limit=500"))).contains(open, full);
        assertThat(http.get("/api/lottery/rounds?limit=1").json()).hasSize(1);
        assertThat(http.get("/api/lottery/rounds?status=nope").status()).isEqualTo(400);
        assertThat(http.get("/api/lottery/rounds?limit=0").status()).isEqualTo(400);
    }

    @Databases
    void aPurchaseTellsWhatItBoughtAndWhatIsLeft() {
        String user = shop.user("100.00");
        String round = shop.round(10);
        assertThat(shop.participate(user, round, 4).status()).isEqualTo(201);

        Answer second = shop.participate(user, round, 3);

        assertThat(second.status()).isEqualTo(201);
        assertThat(second.at("/participation/cost")).isEqualTo("3.00");
        assertThat(second.json().at("/participation/numbers"))
                .extracting(number -> number.asLong())
                .containsExactly(10_000_005L, 10_000_006L, 10_000_007L);
        assertThat(second.at("/balance")).isEqualTo("93.00");
        assertThat(second.json().get("soldShares").asInt()).isEqualTo(7);
        assertThat(second.json().get("remainingShares").asInt()).isEqualTo(3);
        assertThat(http.get(second.header("Location").orElseThrow()).json())
                .isEqualTo(second.json().get("participation"));
        assertThat(http.get("/api/lottery/users/" + user).at("/totalSpent")).isEqualTo("7.00");
    }

    @Databases
    void aPurchaseIsRefusedWithTheFactsThatAreInItsWay() {
        String poor = shop.user("2.00");
        String round = shop.round(10);

        Answer balance = shop.participate(poor, round, 3);
        assertThat(balance.status()).isEqualTo(422);
        assertThat(balance.code()).isEqualTo("INSUFFICIENT_BALANCE");
        assertThat(balance.at("/facts/balance")).isEqualTo("2.00");
        assertThat(balance.at("/facts/required")).isEqualTo("3.00");

        Answer shares = shop.participate(poor, round, 11);
        assertThat(shares.code()).isEqualTo("INSUFFICIENT_SHARES");
        assertThat(shares.json().at("/facts/remainingShares").asInt()).isEqualTo(10);

        for (int quantity : new int[] {0, -1, 101}) {
            Answer out = shop.participate(poor, round, quantity);
            assertThat(out.status()).isEqualTo(422);
            assertThat(out.code()).isEqualTo("QUANTITY_OUT_OF_RANGE");
        }
        assertThat(shop.participate(NOBODY, round, 1).code()).isEqualTo("UNKNOWN_USER");
        assertThat(shop.participate(NOBODY, round, 1).status()).isEqualTo(404);
        assertThat(shop.participate(poor, NOBODY, 1).code()).isEqualTo("UNKNOWN_ROUND");
        assertThat(shop.roundNow(round).get("soldShares").asInt()).isZero();
        assertThat(shop.balance(poor)).isEqualTo("2.00");
    }

    // ---- orders

    @Databases
    void anOrderGoesItsWayAndNoOther() {
        String order = order(shop.user("1.00"), shop.product(5).at("/id"), 2).at("/id");

        for (String step : List.of("paid", "pending_address", "pending_shipment", "shipped", "delivered")) {
            Answer moved = move(order, step);
            assertThat(moved.status()).as("%s", moved).isEqualTo(200);
            assertThat(moved.at("/status")).isEqualTo(step);
        }
        Answer end = move(order, "cancelled");

        assertThat(end.status()).isEqualTo(422);
        assertThat(end.code()).isEqualTo("ILLEGAL_TRANSITION");
        assertThat(end.at("/facts/from")).isEqualTo("delivered");
        assertThat(end.at("/facts/to")).isEqualTo("cancelled");
        assertThat(end.json().at("/facts/allowed")).isEmpty();
        Answer now = http.get("/api/lottery/orders/" + order);
        assertThat(now.at("/paymentStatus")).isEqualTo("paid");
        assertThat(now.at("/fulfillmentStatus")).isEqualTo("delivered");
        assertThat(now.header("ETag")).contains("\"6\"");
    }

    /** lottery-3: two writers who have seen the same version. */
    @Databases
    void oneOfTwoWhoHaveSeenTheSameVersionMovesAnOrder() throws Exception {
        for (int time = 1; time <= 50; time++) {
            Answer order = order(shop.user("1.00"), shop.product(5).at("/id"), 1);
            String id = order.at("/id");
            String seen = order.header("ETag").orElseThrow();
            List<String> steps = List.of("paid", "cancelled");

            List<Answer> answers = shop.atOnce(2, i -> move(id, steps.get(i), "If-Match", seen));

            assertThat(answers).as("time %d", time).extracting(Answer::status).containsExactlyInAnyOrder(200, 409);
            Answer won = answers.stream()
                    .filter(answer -> answer.status() == 200)
                    .findFirst()
                    .orElseThrow();
            Answer lost = answers.stream()
                    .filter(answer -> answer.status() == 409)
                    .findFirst()
                    .orElseThrow();
            assertThat(lost.header("ETag")).contains("\"2\"");
            assertThat(lost.json().at("/facts/currentVersion").asInt()).isEqualTo(2);
            assertThat(lost.at("/facts/current/status")).isEqualTo(won.at("/status"));
        }
    }

    @Databases
    void whatWasReservedForACancelledOrderIsOnSaleAgain() throws Exception {
        String user = shop.user("1.00");
        String product = shop.product(5).at("/id");
        String order = order(user, product, 10).at("/id");
        Answer soldOut = http.post(
                "/api/lottery/orders",
                "{\"userId\":\"" + user + "\",\"productId\":\"" + product + "\",\"quantity\":1}");
        assertThat(soldOut.code()).isEqualTo("INSUFFICIENT_STOCK");

        List<Answer> answers = shop.atOnce(8, i -> move(order, i % 2 == 0 ? "cancelled" : "expired"));

        assertThat(answers).filteredOn(answer -> answer.status() == 200).hasSize(1);
        assertThat(http.get("/api/lottery/products/" + product)
                        .json()
                        .get("stock")
                        .asInt())
                .isEqualTo(10);
    }

    // ---- what does not exist

    @Databases
    void whatDoesNotExistIsNamed() {
        assertThat(http.get("/api/lottery/users/" + NOBODY).code()).isEqualTo("UNKNOWN_USER");
        assertThat(http.get("/api/lottery/users/" + NOBODY + "/transactions").code())
                .isEqualTo("UNKNOWN_USER");
        assertThat(http.get("/api/lottery/users/" + NOBODY + "/balances/balance")
                        .code())
                .isEqualTo("UNKNOWN_USER");
        assertThat(http.get("/api/lottery/products/" + NOBODY).code()).isEqualTo("UNKNOWN_PRODUCT");
        assertThat(http.get("/api/lottery/rounds/" + NOBODY).code()).isEqualTo("UNKNOWN_ROUND");
        assertThat(http.get("/api/lottery/rounds/" + NOBODY + "/participations").code())
                .isEqualTo("UNKNOWN_ROUND");
        assertThat(http.get("/api/lottery/participations/" + NOBODY).code()).isEqualTo("UNKNOWN_PARTICIPATION");
        assertThat(http.get("/api/lottery/orders/" + NOBODY).code()).isEqualTo("UNKNOWN_ORDER");
        assertThat(move(NOBODY, "paid").code()).isEqualTo("UNKNOWN_ORDER");
        assertThat(shop.change(NOBODY, "add", "1.00").code()).isEqualTo("UNKNOWN_USER");
        Answer round = http.post("/api/lottery/rounds", "{\"productId\":\"" + NOBODY + "\"}");
        assertThat(round.code()).isEqualTo("UNKNOWN_PRODUCT");
        assertThat(round.status()).isEqualTo(404);
        assertThat(round.at("/facts/productId")).isEqualTo(NOBODY);
    }

    // ----

    private Answer order(String user, String product, int quantity) {
        Answer order = http.post(
                "/api/lottery/orders",
                "{\"userId\":\"" + user + "\",\"productId\":\"" + product + "\",\"quantity\":" + quantity + "}");
        assertThat(order.status()).as("%s", order).isEqualTo(201);
        return order;
    }

    private Answer move(String order, String status, String... headers) {
        return http.put("/api/lottery/orders/" + order + "/status", "{\"status\":\"" + status + "\"}", headers);
    }

    private static List<String> ids(Answer list) {
        List<String> ids = new ArrayList<>();
        list.json()
                .forEach(each ->
                        ids.add(UUID.fromString(each.get("id").asString()).toString()));
        return ids;
    }
}
