package io.rowlock.app.lottery;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.app.Http;
import io.rowlock.app.Http.Answer;
import io.rowlock.app.RunningService;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** lottery-11: a request that comes again because its answer was lost, over HTTP, on every engine. */
class IdempotencyTest extends ShopTestCase {
    private static final String KEY = "Idempotency-Key";
    private static final String REPLAYED = "Idempotent-Replayed";
    private static final String PARTICIPATIONS = "/api/lottery/participations";

    @Databases
    void aRepeatGetsTheFirstAnswerAndBuysNothing(Database database) {
        String user = shop.user("100.00");
        String round = shop.round(10);
        String key = newKey();

        Answer first = http.post(PARTICIPATIONS, purchase(user, round, 3), KEY, key);
        Answer repeat = http.post(PARTICIPATIONS, purchase(user, round, 3), KEY, key);
        Answer otherwiseWritten = http.post(
                PARTICIPATIONS,
                "{ \"quantity\" : 3,\n\"roundId\":\"" + round + "\", \"userId\":\"" + user + "\", \"useType\": null }",
                KEY,
                key);

        assertThat(first.status()).as("%s", first).isEqualTo(201);
        assertThat(first.header(REPLAYED)).isEmpty();
        for (Answer again : List.of(repeat, otherwiseWritten)) {
            assertThat(again.status()).isEqualTo(201);
            assertThat(again.text()).isEqualTo(first.text());
            assertThat(again.header(REPLAYED)).contains("true");
            assertThat(again.header("Location")).isEqualTo(first.header("Location"));
            assertThat(again.header("Content-Type")).isEqualTo(first.header("Content-Type"));
        }
        assertThat(http.get(first.header("Location").orElseThrow()).json())
                .isEqualTo(first.json().get("participation"));
        assertThat(shop.roundNow(round).get("soldShares").asInt()).isEqualTo(3);
        assertThat(shop.balance(user)).isEqualTo("97.00");
        assertThat(shop.ledgerCents(user)).isEqualTo(97_00);
        Books.of(database).areExact();
    }

    /** With the same key as with none: the answer has the same form. */
    @Databases
    void anAnswerIsTheSameWithAKeyAndWithout() {
        String user = shop.user("100.00");

        Answer without = shop.change(user, "deduct", "1.00");
        Answer with = shop.change(user, "deduct", "1.00", KEY, newKey());

        assertThat(with.status()).isEqualTo(without.status());
        assertThat(with.json().propertyNames()).isEqualTo(without.json().propertyNames());
        assertThat(with.header("ETag")).contains("\"4\"");
        assertThat(with.at("/amount")).isEqualTo("98.00");
    }

    @Databases
    void manyAtOnceWithOneKeyBuyOnce(Database database) throws Exception {
        for (int time = 1; time <= 10; time++) {
            String user = shop.user("100.00");
            String round = shop.round(10);
            String key = newKey();

            List<Answer> answers = shop.atOnce(8, i -> http.post(PARTICIPATIONS, purchase(user, round, 1), KEY, key));

            assertThat(answers).extracting(Answer::status).as("%s", answers).containsOnly(201);
            assertThat(answers)
                    .extracting(Answer::text)
                    .containsOnly(answers.get(0).text());
            assertThat(answers)
                    .filteredOn(answer -> answer.header(REPLAYED).isEmpty())
                    .as("time %d", time)
                    .hasSize(1);
            assertThat(shop.roundNow(round).get("soldShares").asInt()).isOne();
            assertThat(shop.balance(user)).isEqualTo("99.00");
        }
        Books.of(database).areExact();
    }

    @Databases
    void twoInstancesAnswerAKeyOnce(Database database) throws Exception {
        try (RunningService other = RunningService.on(database)) {
            for (int time = 1; time <= 10; time++) {
                String user = shop.user("100.00");
                String round = shop.round(10);
                String key = newKey();

                List<Answer> answers = shop.atOnce(
                        6,
                        i -> (i % 2 == 0 ? http : other.http())
                                .post(PARTICIPATIONS + "/bulk", purchase(user, round, 5), KEY, key));

                assertThat(answers).extracting(Answer::status).as("%s", answers).containsOnly(201);
                assertThat(answers)
                        .extracting(Answer::text)
                        .containsOnly(answers.get(0).text());
                assertThat(shop.balance(user)).isEqualTo("95.25");
            }
        }
    }

    @Databases
    void aKeyIsForOneRequest() {
        String user = shop.user("100.00");
        String round = shop.round(10);
        String key = newKey();
        assertThat(http.post(PARTICIPATIONS, purchase(user, round, 1), KEY, key).status())
                .isEqualTo(201);

        for (Answer reused : List.of(
                http.post(PARTICIPATIONS, purchase(user, round, 2), KEY, key),
                http.post(PARTICIPATIONS + "/bulk", purchase(user, round, 1), KEY, key),
                shop.change(user, "add", "1.00", KEY, key),
                shop.changeAll(List.of(Shop.item(user, "add", "1.00")), KEY, key),
                http.post("/api/lottery/orders/expire", "{}", KEY, key))) {
            assertThat(reused.status()).as("%s", reused).isEqualTo(422);
            assertThat(reused.code()).isEqualTo("IDEMPOTENCY_KEY_REUSED");
            assertThat(reused.at("/facts/idempotencyKey")).isEqualTo(key);
        }
        // Bytes count: another case is another key.
        assertThat(http.post(PARTICIPATIONS, purchase(user, round, 2), KEY, key.toUpperCase(java.util.Locale.ROOT))
                        .status())
                .isEqualTo(201);
        assertThat(shop.roundNow(round).get("soldShares").asInt()).isEqualTo(3);
    }

    @Databases
    void theVersionThatWasSeenIsPartOfTheRequest() {
        String user = shop.user("100.00");
        String key = newKey();

        Answer first = shop.change(user, "deduct", "1.00", "If-Match", "\"2\"", KEY, key);
        Answer repeat = shop.change(user, "deduct", "1.00", "If-Match", "\"2\"", KEY, key);
        Answer newer = shop.change(user, "deduct", "1.00", "If-Match", "\"3\"", KEY, key);

        assertThat(first.status()).isEqualTo(200);
        assertThat(repeat.status()).as("not a conflict with itself").isEqualTo(200);
        assertThat(repeat.header("ETag")).contains("\"3\"");
        assertThat(repeat.header(REPLAYED)).contains("true");
        assertThat(newer.code()).isEqualTo("IDEMPOTENCY_KEY_REUSED");
        assertThat(shop.balance(user)).isEqualTo("99.00");
    }

    @Databases
    void aRefusalIsAnAnswerAndStays() {
        String user = shop.user("1.00");
        String round = shop.round(10);
        String key = newKey();

        Answer refused = http.post(PARTICIPATIONS, purchase(user, round, 2), KEY, key);
        assertThat(shop.change(user, "add", "100.00").status()).isEqualTo(200);
        Answer repeat = http.post(PARTICIPATIONS, purchase(user, round, 2), KEY, key);
        Answer chinese =
                http.post(PARTICIPATIONS, purchase(user, round, 2), KEY, key, "Accept-Language", "zh-CN,zh;q=0.9");
        Answer newKey = http.post(PARTICIPATIONS, purchase(user, round, 2), KEY, newKey());

        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.code()).isEqualTo("INSUFFICIENT_BALANCE");
        assertThat(refused.header(REPLAYED)).isEmpty();
        assertThat(repeat.status()).isEqualTo(422);
        assertThat(repeat.text()).isEqualTo(refused.text());
        assertThat(repeat.header(REPLAYED)).contains("true");
        assertThat(chinese.json().get("facts")).isEqualTo(refused.json().get("facts"));
        assertThat(chinese.at("/message")).isEqualTo("余额不足");
        assertThat(chinese.header("Content-Language")).contains("zh");
        assertThat(newKey.status()).isEqualTo(201);
    }

    @Databases
    void aConflictIsAnAnswerAndStays() {
        String user = shop.user("100.00");
        String key = newKey();

        Answer conflict = shop.change(user, "deduct", "1.00", "If-Match", "\"1\"", KEY, key);
        assertThat(shop.change(user, "deduct", "1.00").status()).isEqualTo(200);
        Answer repeat = shop.change(user, "deduct", "1.00", "If-Match", "\"1\"", KEY, key);

        assertThat(conflict.status()).isEqualTo(409);
        assertThat(conflict.header("ETag")).contains("\"2\"");
        assertThat(repeat.status()).isEqualTo(409);
        assertThat(repeat.text()).as("as it was then").isEqualTo(conflict.text());
        assertThat(repeat.header("ETag")).isEqualTo(conflict.header("ETag"));
        assertThat(repeat.header(REPLAYED)).contains("true");
    }

    /** Whoever comes too often is to come again with the same request, so its key is not used up. */
    @Databases
    void aLimitIsNoAnswer(Database database) {
        try (RunningService limited = RunningService.on(database, Map.of("rowlock.lottery.rate-limit.max", "1"))) {
            String user = shop.user("100.00");
            String round = shop.round(10);
            String key = newKey();
            Http there = limited.http();
            Answer first = there.post(PARTICIPATIONS, purchase(user, round, 1), KEY, key);
            Answer repeat = there.post(PARTICIPATIONS, purchase(user, round, 1), KEY, key);
            String another = newKey();

            Answer tooMany = there.post(PARTICIPATIONS, purchase(user, round, 1), KEY, another);
            Answer later = http.post(PARTICIPATIONS, purchase(user, round, 1), KEY, another);

            assertThat(first.status()).isEqualTo(201);
            assertThat(repeat.text()).as("a repeat is not counted").isEqualTo(first.text());
            assertThat(tooMany.status()).isEqualTo(429);
            assertThat(tooMany.header("Retry-After")).isPresent();
            assertThat(later.status()).as("%s", later).isEqualTo(201);
            assertThat(later.header(REPLAYED)).isEmpty();
        }
    }

    @Databases
    void whatIsMalformedIsNoAnswer() {
        String user = shop.user("100.00");
        String round = shop.round(10);
        String key = newKey();

        assertThat(http.post(PARTICIPATIONS, "{\"quantity\":1}", KEY, key).status())
                .isEqualTo(400);
        assertThat(shop.change(user, "add", "1.00", "If-Match", "seven", KEY, key)
                        .status())
                .isEqualTo(400);

        assertThat(http.post(PARTICIPATIONS, purchase(user, round, 1), KEY, key).status())
                .isEqualTo(201);
    }

    @Databases
    void everyPostCanBeRepeated() {
        String user = shop.user("100.00");
        String product = shop.product(2).at("/id");
        String round = shop.round(2);
        String order = "{\"userId\":\"" + user + "\",\"productId\":\"" + product + "\",\"quantity\":1}";
        List<String[]> posts = List.of(
                new String[] {
                    "/api/lottery/users",
                    "{\"telegramId\":\"" + Math.floorMod(UUID.randomUUID().hashCode(), 1_000_000_000) + "\"}"
                },
                new String[] {
                    "/api/lottery/users/" + user + "/balances/platform_balance",
                    "{\"operation\":\"add\",\"amount\":\"1.00\"}"
                },
                new String[] {"/api/lottery/users/" + user + "/free-count/reset", ""},
                new String[] {"/api/lottery/products", """
                        {"name":"Teapot","totalShares":2,"pricePerShare":"1.00","marketPrice":"59.00","stock":10}"""},
                new String[] {"/api/lottery/rounds", "{\"productId\":\"" + product + "\"}"},
                new String[] {"/api/lottery/orders", order},
                new String[] {PARTICIPATIONS, purchase(user, round, 1)},
                new String[] {PARTICIPATIONS + "/bulk", purchase(user, round, 1)},
                new String[] {PARTICIPATIONS + "/quick", "{\"userId\":\"" + user + "\",\"quantity\":1}"},
                new String[] {"/api/lottery/rounds/" + round + "/draw", ""});
        for (String[] post : posts) {
            String key = newKey();

            Answer first = http.post(post[0], post[1], KEY, key);
            Answer repeat = http.post(post[0], post[1], KEY, key);

            assertThat(first.status()).as("%s: %s", post[0], first).isBetween(200, 201);
            assertThat(first.header(REPLAYED)).as(post[0]).isEmpty();
            assertThat(repeat.status()).as(post[0]).isEqualTo(first.status());
            assertThat(repeat.text()).as(post[0]).isEqualTo(first.text());
            assertThat(repeat.header(REPLAYED)).as(post[0]).contains("true");
            assertThat(repeat.header("ETag")).as(post[0]).isEqualTo(first.header("ETag"));
            assertThat(repeat.header("Location")).as(post[0]).isEqualTo(first.header("Location"));
        }
    }

    @Databases
    void aKeyIsVisibleAsciiAndNotTooLong() {
        String user = shop.user("100.00");
        for (String bad : List.of("", " ", "a b", "k".repeat(201))) {
            Answer refused = shop.change(user, "add", "1.00", KEY, bad);
            assertThat(refused.status()).as("'%s': %s", bad, refused).isEqualTo(400);
            assertThat(refused.code()).isEqualTo("MALFORMED");
        }
        assertThat(shop.change(user, "add", "1.00", KEY, "a", KEY, "b").status())
                .isEqualTo(400);
        // Those that grow where a key of the guards is written must fit as well.
        for (String good : List.of(newKey(), ":".repeat(200), "\\".repeat(200), "~!\"';--")) {
            String key = good.length() == 200 ? good : good + UUID.randomUUID();
            assertThat(shop.change(user, "add", "1.00", KEY, key).status())
                    .as(key)
                    .isEqualTo(200);
            assertThat(shop.change(user, "add", "1.00", KEY, key).header(REPLAYED))
                    .contains("true");
        }
    }

    private static String purchase(String user, String round, int quantity) {
        return "{\"userId\":\"" + user + "\",\"roundId\":\"" + round + "\",\"quantity\":" + quantity + "}";
    }

    private static String newKey() {
        return "key-" + UUID.randomUUID();
    }
}
