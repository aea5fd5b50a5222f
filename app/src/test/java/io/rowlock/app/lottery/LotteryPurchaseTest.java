package io.rowlock.app.lottery;

import static io.rowlock.app.lottery.Shop.NOBODY;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.app.Http.Answer;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Set;

/** What the ways to buy and the draw answer, over HTTP, on every engine. */
class LotteryPurchaseTest extends ShopTestCase {
    // ---- free plays

    @Databases
    void aNewDayBeginsWithThreePlays(Database database) {
        String user = shop.user("1.00");
        String round = shop.round(10);

        Answer two = shop.participateFree(user, round, 2);

        assertThat(two.status()).as("%s", two).isEqualTo(201);
        assertThat(two.at("/participation/type")).isEqualTo("free");
        assertThat(two.at("/participation/cost")).isEqualTo("0.00");
        assertThat(two.json().get("freePlaysLeft").asInt()).isOne();
        assertThat(two.at("/balance")).isEqualTo("1.00");
        assertThat(shop.freePlays(user)).isOne();

        Answer tooMany = shop.participateFree(user, round, 2);
        assertThat(tooMany.status()).isEqualTo(422);
        assertThat(tooMany.code()).isEqualTo("INSUFFICIENT_FREE_PLAYS");
        assertThat(tooMany.json().at("/facts/freePlays").asInt()).isOne();
        assertThat(shop.resetFreePlays(user).json().get("reset").asBoolean()).isFalse();
        assertThat(shop.freePlays(user)).isOne();

        // Yesterday's one is not kept, and the day's three are given without being asked for.
        database.execute("UPDATE users SET last_free_reset_date = "
                + (database.engine() == Engine.SQLITE ? "'2020-01-01'" : "DATE '2020-01-01'") + " WHERE id = '" + user
                + "'");
        assertThat(shop.participateFree(user, round, 4)
                        .json()
                        .at("/facts/freePlays")
                        .asInt())
                .isEqualTo(3);
        assertThat(shop.participateFree(user, round, 3)
                        .json()
                        .get("freePlaysLeft")
                        .asInt())
                .isZero();
        assertThat(shop.roundNow(round).get("soldShares").asInt()).isEqualTo(5);
        assertThat(http.get("/api/lottery/users/" + user + "/transactions").json())
                .as("plays are no money")
                .hasSize(1);
    }

    // ---- bulk

    @Databases
    void aBulkCostsLessFromFiveOnAndLeastForTen() {
        String user = shop.user("100.00");
        String round = roundAt("0.33", 100);

        assertThat(cost(shop.participateInBulk(user, round, 1))).isEqualTo("0.33");
        assertThat(cost(shop.participateInBulk(user, round, 4))).isEqualTo("1.32");
        // 1.65 less 5 % is 1.5675; 3.30 less 10 % is 2.97.
        assertThat(cost(shop.participateInBulk(user, round, 5))).isEqualTo("1.57");
        assertThat(cost(shop.participateInBulk(user, round, 10))).isEqualTo("2.97");
        assertThat(shop.balance(user)).isEqualTo("93.81");
        assertThat(shop.ledgerCents(user)).isEqualTo(93_81);
        Answer tooMany = shop.participateInBulk(user, round, 11);
        assertThat(tooMany.code()).isEqualTo("QUANTITY_OUT_OF_RANGE");
        assertThat(tooMany.json().at("/facts/max").asInt()).isEqualTo(10);
        assertThat(shop.participateInBulk(NOBODY, round, 5).code()).isEqualTo("UNKNOWN_USER");
        assertThat(shop.participateInBulk(user, NOBODY, 5).code()).isEqualTo("UNKNOWN_ROUND");
    }

    // ---- quick

    @Databases
    void aQuickPurchaseTakesTheRoundNearestToFull() {
        String user = shop.user("1000.00");
        String further = shop.round(90);
        String nearer = shop.round(95);
        shop.participate(user, nearer, 10);

        Answer first = shop.participateQuickly(user, 80);
        Answer second = shop.participateQuickly(user, 80);
        Answer none = shop.participateQuickly(user, 80);

        assertThat(first.at("/participation/roundId")).as("85 left").isEqualTo(nearer);
        assertThat(second.at("/participation/roundId")).as("90 left").isEqualTo(further);
        assertThat(none.status()).isEqualTo(422);
        assertThat(none.code()).isEqualTo("NO_SUCH_ROUND_ON_SALE");
        assertThat(none.json().at("/facts/requested").asInt()).isEqualTo(80);
        assertThat(shop.participateQuickly(NOBODY, 1).code()).isEqualTo("UNKNOWN_USER");
        assertThat(shop.participateQuickly(user, 0).code()).isEqualTo("QUANTITY_OUT_OF_RANGE");
    }

    // ---- draws

    @Databases
    void aDrawCanBeComputedAgain() throws Exception {
        String one = shop.user("100.00");
        String other = shop.user("100.00");
        String round = shop.round(20);
        shop.participate(one, round, 13);
        Answer early = shop.draw(round);
        shop.participate(other, round, 7);

        Answer drawn = shop.draw(round);

        assertThat(early.code()).isEqualTo("ROUND_NOT_FULL");
        assertThat(early.json().at("/facts/remainingShares").asInt()).isEqualTo(7);
        assertThat(drawn.status()).as("%s", drawn).isEqualTo(201);
        String seed = drawn.at("/winner/seed");
        byte[] hash = MessageDigest.getInstance("SHA-256")
                .digest((seed + ":" + round + ":20").getBytes(StandardCharsets.UTF_8));
        long number =
                10_000_001 + new BigInteger(1, hash).mod(BigInteger.valueOf(20)).longValue();
        assertThat(seed).matches("[0-9a-f]{64}");
        assertThat(drawn.json().at("/winner/number").asLong()).isEqualTo(number);
        assertThat(drawn.at("/winner/userId")).isEqualTo(number < 10_000_001 + 13 ? one : other);
        Answer shown = http.get("/api/lottery/rounds/" + round);
        assertThat(shown.at("/status")).isEqualTo("completed");
        assertThat(shown.json().get("winner")).isEqualTo(drawn.json().get("winner"));
        Answer prize = http.get(drawn.header("Location").orElseThrow());
        assertThat(prize.at("/type")).isEqualTo("lottery_win");
        assertThat(prize.at("/status")).isEqualTo("pending_address");
        assertThat(prize.at("/paymentStatus")).isEqualTo("paid");
        assertThat(prize.at("/userId")).isEqualTo(drawn.at("/winner/userId"));
        assertThat(shop.participate(one, round, 1).code()).isEqualTo("ROUND_NOT_ACTIVE");
        assertThat(shop.draw(NOBODY).code()).isEqualTo("UNKNOWN_ROUND");
    }

    /** Nobody can draw half a winner, or a second one, not even by SQL. */
    @Databases
    void theDatabaseRefusesHalfADraw(Database database) {
        String round = shop.round(2);
        for (String change : Set.of("status = 'COMPLETED'", "winning_number = 10000001", "draw_seed = 'a'")) {
            assertThat(org.assertj.core.api.Assertions.catchThrowable(() ->
                            database.execute("UPDATE lottery_rounds SET " + change + " WHERE id = '" + round + "'")))
                    .as(change)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    private String roundAt(String price, int shares) {
        Answer product = http.post("/api/lottery/products", """
                {"name":"Teapot","totalShares":%d,"pricePerShare":"%s","marketPrice":"59.00","stock":10}""".formatted(shares, price));
        return http.post("/api/lottery/rounds", "{\"productId\":\"" + product.at("/id") + "\"}")
                .at("/id");
    }

    private static String cost(Answer bought) {
        assertThat(bought.status()).as("%s", bought).isEqualTo(201);
        return bought.at("/participation/cost");
    }
}
