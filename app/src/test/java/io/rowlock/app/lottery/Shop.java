package io.rowlock.app.lottery;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.app.Http;
import io.rowlock.app.Http.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/** The lottery as its customers meet it, over HTTP; and many of them at once. */
final class Shop implements AutoCloseable {
    private static final AtomicLong TELEGRAM_IDS = new AtomicLong(800_000_000);
    private static final long PATIENCE_SECONDS = 60;

    /** The id of no user, no round and nothing else. */
    static final String NOBODY = "00000000-0000-4000-8000-00000000dead";

    private final Http http;
    private final ExecutorService customers = Executors.newFixedThreadPool(16);

    Shop(Http http) {
        this.http = http;
    }

    Http http() {
        return http;
    }

    /** A new user with this on the balance. */
    String user(String balance) {
        Answer created = http.post("/api/lottery/users", "{\"telegramId\":\"" + TELEGRAM_IDS.incrementAndGet() + "\"}");
        assertThat(created.status()).as("%s", created).isEqualTo(201);
        String id = created.at("/id");
        assertThat(change(id, "add", balance).status()).isEqualTo(200);
        return id;
    }

    /** A new round of this many shares at 1.00. */
    String round(int shares) {
        Answer product = product(shares);
        Answer round = http.post("/api/lottery/rounds", "{\"productId\":\"" + product.at("/id") + "\"}");
        assertThat(round.status()).as("%s", round).isEqualTo(201);
        return round.at("/id");
    }

    Answer product(int shares) {
        Answer product = http.post("/api/lottery/products", """
                {"name":"Teapot","totalShares":%d,"pricePerShare":"1.00","marketPrice":"59.00","stock":10}""".formatted(shares));
        assertThat(product.status()).as("%s", product).isEqualTo(201);
        return product;
    }

    Answer change(String user, String operation, String amount, String... headers) {
        return http.post(
                "/api/lottery/users/" + user + "/balances/balance",
                "{\"operation\":\"" + operation + "\",\"amount\":\"" + amount + "\"}",
                headers);
    }

    Answer participate(String user, String round, int quantity) {
        return http.post(
                "/api/lottery/participations",
                "{\"userId\":\"" + user + "\",\"roundId\":\"" + round + "\",\"quantity\":" + quantity + "}");
    }

    Answer participateFree(String user, String round, int quantity) {
        return http.post(
                "/api/lottery/participations",
                "{\"userId\":\"" + user + "\",\"roundId\":\"" + round + "\",\"quantity\":" + quantity
                        + ",\"useType\":\"free\"}");
    }

    Answer participateInBulk(String user, String round, int quantity) {
        return http.post(
                "/api/lottery/participations/bulk",
                "{\"userId\":\"" + user + "\",\"roundId\":\"" + round + "\",\"quantity\":" + quantity + "}");
    }

    Answer participateQuickly(String user, int quantity) {
        return http.post(
                "/api/lottery/participations/quick", "{\"userId\":\"" + user + "\",\"quantity\":" + quantity + "}");
    }

    /** A new recharge that is to be paid. */
    String recharge(String user, String amount) {
        Answer order =
                http.post("/api/lottery/recharges", "{\"userId\":\"" + user + "\",\"amount\":\"" + amount + "\"}");
        assertThat(order.status()).as("%s", order).isEqualTo(201);
        return order.at("/id");
    }

    Answer pay(String payment, String order, String amount, String status) {
        return http.post("/api/lottery/payments", payment(payment, order, amount, status));
    }

    static String payment(String payment, String order, String amount, String status) {
        return "{\"paymentId\":\"" + payment + "\",\"orderId\":\"" + order + "\",\"amount\":\"" + amount
                + "\",\"status\":\"" + status + "\"}";
    }

    Answer changeAll(List<String> items, String... headers) {
        return http.post("/api/lottery/balances/batch", batch(items), headers);
    }

    static String batch(List<String> items) {
        return "{\"items\":[" + String.join(",", items) + "]}";
    }

    /** One change of a batch. */
    static String item(String user, String operation, String amount) {
        return "{\"userId\":\"" + user + "\",\"balanceType\":\"balance\",\"operation\":\"" + operation
                + "\",\"amount\":\"" + amount + "\"}";
    }

    Answer draw(String round) {
        return http.post("/api/lottery/rounds/" + round + "/draw", "");
    }

    Answer resetFreePlays(String user) {
        return http.post("/api/lottery/users/" + user + "/free-count/reset", "");
    }

    int freePlays(String user) {
        return http.get("/api/lottery/users/" + user)
                .json()
                .get("freeDailyCount")
                .asInt();
    }

    String balance(String user) {
        return http.get("/api/lottery/users/" + user).at("/balance");
    }

    JsonNode roundNow(String round) {
        return http.get("/api/lottery/rounds/" + round).json();
    }

    /** The sum of a user's ledger for the balance, in cents. */
    long ledgerCents(String user) {
        long sum = 0;
        for (JsonNode booking : http.get("/api/lottery/users/" + user + "/transactions?limit=500")
                .json()) {
            if (booking.get("balanceType").asString().equals("balance")) {
                sum += Money.parse(booking.get("amount").asString()).cents();
            }
        }
        return sum;
    }

    /** All numbers sold in a round, in order. */
    List<Long> numbers(String round) {
        List<Long> numbers = new ArrayList<>();
        for (JsonNode purchase : http.get("/api/lottery/rounds/" + round + "/participations?limit=500")
                .json()) {
            purchase.get("numbers").forEach(number -> numbers.add(number.asLong()));
        }
        return numbers.stream().sorted().toList();
    }

    /** Many customers, each on a thread of its own, who begin at the same moment. */
    List<Answer> atOnce(int count, IntFunction<Answer> what) throws InterruptedException {
        CountDownLatch ready = new CountDownLatch(count);
        List<Callable<Answer>> all = IntStream.range(0, count)
                .<Callable<Answer>>mapToObj(i -> () -> {
                    ready.countDown();
                    assertThat(ready.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
                    return what.apply(i);
                })
                .toList();
        List<Answer> answers = new ArrayList<>();
        for (Future<Answer> each : customers.invokeAll(all, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            try {
                answers.add(each.get());
            } catch (ExecutionException failed) {
                throw new AssertionError("A customer failed", failed.getCause());
            }
        }
        return answers;
    }

    @Override
    public void close() {
        customers.shutdownNow();
    }
}
