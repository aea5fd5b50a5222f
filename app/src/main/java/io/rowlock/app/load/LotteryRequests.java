package io.rowlock.app.load;

import io.rowlock.app.load.Acknowledged.Booking;
import io.rowlock.app.load.Acknowledged.Bought;
import io.rowlock.app.load.Acknowledged.Drawn;
import io.rowlock.app.load.Acknowledged.Moved;
import io.rowlock.app.load.Acknowledged.Paid;
import io.rowlock.app.load.Acknowledged.Placed;
import io.rowlock.app.load.Call.Repeat;
import io.rowlock.app.load.Mix.Step;
import io.rowlock.app.load.World.OnSale;
import io.rowlock.app.load.World.Recharge;
import io.rowlock.app.load.World.SeenOrder;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes requests of the mix, each with what its answer means.
 *
 * <p>Safe for use by many threads, each with a random generator of its own.
 */
final class LotteryRequests {
    private static final JsonMapper JSON = new JsonMapper();
    static final List<String> BALANCES = List.of("balance", "platform_balance");
    /** What follows what, for orders that go their way. */
    private static final Map<String, String> NEXT_STATUS = Map.of(
            "pending", "confirmed",
            "confirmed", "pending_address",
            "paid", "pending_address",
            "pending_address", "pending_shipment",
            "pending_shipment", "shipped",
            "shipped", "delivered");

    private final Mix mix;
    private final World world;
    private final Acknowledged acknowledged;
    private final AtomicLong keys = new AtomicLong();
    private final Set<String> routesWithoutKeys = ConcurrentHashMap.newKeySet();

    LotteryRequests(Mix mix, World world, Acknowledged acknowledged) {
        this.mix = mix;
        this.world = world;
        this.acknowledged = acknowledged;
    }

    /** The service takes no notice of {@code Idempotency-Key} on this route. Before the clients start. */
    void withoutKeys(String route) {
        routesWithoutKeys.add(route);
    }

    List<String> routesWithoutKeys() {
        return routesWithoutKeys.stream().sorted().toList();
    }

    /** The next request by chance; what is due first (a round to open) comes before. */
    Call next(SplittableRandom random) {
        Integer slot = world.slotToOpen();
        if (slot != null) {
            return openRound(slot);
        }
        return switch (mix.next(random)) {
            case PURCHASE -> purchase(Step.PURCHASE, random, quantity(random), false);
            case PURCHASE_FREE -> purchase(Step.PURCHASE_FREE, random, 1, true);
            case PURCHASE_BULK -> purchase(Step.PURCHASE_BULK, random, 1 + random.nextInt(10), false);
            case PURCHASE_QUICK -> quick(random);
            case ADD -> change(Step.ADD, random, "add");
            case DEDUCT -> change(Step.DEDUCT, random, "deduct");
            case CHANGE_IF_MATCH -> changeIfMatch(random);
            case TRANSFER -> transfer(random);
            case BATCH -> batch(random);
            case RECHARGE -> recharge(random);
            case PAYMENT -> payment(random);
            case ORDER -> order(random);
            case ORDER_MOVE -> move(random, Step.ORDER_MOVE);
            case ORDER_CANCEL -> move(random, Step.ORDER_CANCEL);
            case FREE_RESET -> freeReset(random);
            case DRAW -> draw(random);
            case OPEN_ROUND, CREATE_USER, CREATE_PRODUCT ->
                throw new IllegalStateException("Never drawn by chance: its weight is 0");
            case READ_USER -> read(Step.READ_USER, "/users/" + user(random));
            case READ_ROUND -> read(Step.READ_ROUND, "/rounds/" + onSale(random).roundId());
            case READ_TRANSACTIONS -> read(Step.READ_TRANSACTIONS, "/users/" + user(random) + "/transactions?limit=20");
        };
    }

    // ---- what is there before the clients start

    /**
     * Requests that change nothing, each sent twice with one key: they concern nobody. Whether the second answer is that of the
     * first tells whether the route knows keys. Payments need none: they count once by their own ids; and a batch keeps the
     * answer of each item and not its own, so that it does not tell.
     */
    List<Call> probes() {
        String nobody = UUID.randomUUID().toString();
        return Stream.of(
                        probe(Step.PURCHASE, nobody, shares(nobody).put("roundId", nobody)),
                        probe(Step.PURCHASE_BULK, nobody, shares(nobody).put("roundId", nobody)),
                        probe(Step.PURCHASE_QUICK, nobody, shares(nobody)),
                        probe(
                                Step.ADD,
                                nobody + "/balances/balance",
                                object().put("operation", "add").put("amount", "0.01")),
                        probe(Step.TRANSFER, nobody, object().put("amount", "0.01")),
                        probe(
                                Step.RECHARGE,
                                nobody,
                                object().put("userId", nobody).put("amount", "0.01")),
                        probe(Step.ORDER, nobody, shares(nobody).put("productId", nobody)),
                        probe(Step.OPEN_ROUND, nobody, object().put("productId", nobody)),
                        probe(Step.DRAW, nobody, null),
                        probe(Step.FREE_RESET, nobody, null))
                .filter(call -> mix.has(call.step()))
                .toList();
    }

    private static ObjectNode shares(String user) {
        return object().put("userId", user).put("quantity", 1);
    }

    private Call probe(Step step, String variables, @Nullable ObjectNode body) {
        String path = path(step);
        for (String value : List.of(variables.split("/balances/", -1))) {
            path = path.replaceFirst("\\{}", value);
        }
        return new Call(
                step, path, body == null ? null : body.toString(), key(), null, Repeat.AFTERWARDS, 0, answer -> {});
    }

    Call createUser(int index) {
        ObjectNode body = object().put("telegramId", world.telegramPrefix() + "%05d".formatted(index));
        return write(
                Step.CREATE_USER,
                "/users",
                body,
                Repeat.NO,
                0,
                user -> world.setUser(index, user.path("id").asString()));
    }

    Call fund(int index, String balanceType) {
        return change(
                Step.ADD, world.user(index), balanceType, "add", index == Mix.POOR_USER ? Mix.POOR_FUNDS : Mix.FUNDS);
    }

    Call createProduct(int slot) {
        ObjectNode body = object().put("name", "Load " + world.telegramPrefix() + " " + slot)
                .put("totalShares", Mix.ROUND_SHARES.get(slot))
                .put("pricePerShare", "1.00")
                .put("marketPrice", "19.99")
                .put("stock", Mix.STOCK);
        return write(Step.CREATE_PRODUCT, "/products", body, Repeat.NO, 0, product -> {
            world.setRound(slot, new OnSale("", product.path("id").asString(), true));
        });
    }

    // ---- purchases

    private Call purchase(Step step, SplittableRandom random, ObjectNode body, @Nullable String roundId) {
        String key = key();
        return post(
                step,
                path(step),
                body.toString(),
                key,
                null,
                Mix.repeat(random),
                2,
                answer -> bought(key, answer, roundId));
    }

    private Call purchase(Step step, SplittableRandom random, int quantity, boolean free) {
        String roundId = onSale(random).roundId();
        ObjectNode body =
                object().put("userId", user(random)).put("roundId", roundId).put("quantity", quantity);
        if (free) {
            body.put("useType", "free");
        }
        return purchase(step, random, body, roundId);
    }

    private Call quick(SplittableRandom random) {
        ObjectNode body = object().put("userId", user(random)).put("quantity", quantity(random));
        return purchase(Step.PURCHASE_QUICK, random, body, null);
    }

    private void bought(String key, Answer answer, @Nullable String roundId) {
        JsonNode receipt = answer.json();
        if (!answer.isSuccess()) {
            boolean over = answer.code().equals("ROUND_NOT_ACTIVE");
            if (roundId != null && over) {
                world.soldOut(roundId);
            }
            return;
        }
        JsonNode participation = receipt.path("participation");
        String type = upper(participation.path("type"));
        long cost = cents(participation.path("cost"));
        String user = participation.path("userId").asString();
        acknowledged.add(new Bought(
                key,
                participation.path("id").asString(),
                user,
                participation.path("roundId").asString(),
                type,
                participation.path("numbers").path(0).asLong(),
                participation.path("numbers").size(),
                cost));
        if (cost > 0) {
            acknowledged.add(new Booking(
                    key,
                    user,
                    "BALANCE",
                    receipt.path("balanceVersion").asLong(),
                    -cost,
                    cents(receipt.path("balance"))));
        }
        if (receipt.path("remainingShares").asInt() == 0) {
            world.soldOut(participation.path("roundId").asString());
        }
    }

    // ---- balances

    private Call change(Step step, SplittableRandom random, String operation) {
        return repeated(change(step, user(random), balance(random), operation, amount(random, 5_00)), random);
    }

    private Call repeated(Call once, SplittableRandom random) {
        Repeat repeat = Mix.repeat(random);
        return once.key() == null ? once : once.repeated(repeat);
    }

    private Call change(Step step, String user, String type, String operation, String amount) {
        return change(step, user, type, operation, amount, null);
    }

    private Call change(
            Step step, String user, String type, String operation, String amount, @Nullable String ifMatch) {
        String key = key();
        ObjectNode body =
                object().put("operation", operation).put("amount", amount).put("description", key);
        long signed = operation.equals("add") ? cents(amount) : -cents(amount);
        return post(
                step,
                "/users/" + user + "/balances/" + type,
                body.toString(),
                key,
                ifMatch,
                Repeat.NO,
                1,
                answer -> changed(key, user, type, signed, answer));
    }

    private void changed(String key, String user, String type, long cents, Answer answer) {
        String etag = answer.etag();
        if (etag != null && (answer.isSuccess() || answer.status() == 409)) {
            world.seenBalance(user, type, etag);
        }
        if (answer.isSuccess()) {
            acknowledged.add(booking(key, user, upper(type), cents, answer.json()));
        }
    }

    private Call changeIfMatch(SplittableRandom random) {
        String user = user(random);
        String type = balance(random);
        String seen = world.balanceEtag(user, type);
        String etag = seen == null || random.nextInt(100) < Mix.STALE_PERCENT ? "\"1\"" : seen;
        return repeated(change(Step.CHANGE_IF_MATCH, user, type, "add", amount(random, 1_00), etag), random);
    }

    private Call transfer(SplittableRandom random) {
        String user = user(random);
        String key = key();
        String amount = amount(random, 2_00);
        return write(
                key,
                Step.TRANSFER,
                "/users/" + user + "/transfer",
                object().put("amount", amount),
                Mix.repeat(random),
                2,
                both -> {
                    acknowledged.add(booking(key, user, "BALANCE", -cents(amount), both.path("balance")));
                    acknowledged.add(booking(key, user, "LUCKY_COINS", cents(amount), both.path("luckyCoins")));
                });
    }

    /** A booking of which the answer shows the balance after it. */
    private static Booking booking(String key, String user, String type, long cents, JsonNode balance) {
        return new Booking(key, user, type, balance.path("version").asLong(), cents, cents(balance.path("amount")));
    }

    private record Item(String user, String type, long cents, String description) {}

    private Call batch(SplittableRandom random) {
        String key = key();
        ArrayNode items = JSON.createArrayNode();
        List<Item> asked = new ArrayList<>();
        for (int i = 0; i < Mix.BATCH_ITEMS; i++) {
            String user = user(random);
            String type = balance(random);
            boolean add = random.nextBoolean();
            String amount = amount(random, 5_00);
            String description = key + "/" + i;
            items.add(object().put("userId", user)
                    .put("balanceType", type)
                    .put("operation", add ? "add" : "deduct")
                    .put("amount", amount)
                    .put("description", description));
            asked.add(new Item(user, upper(type), add ? cents(amount) : -cents(amount), description));
        }
        return write(
                key,
                Step.BATCH,
                "/balances/batch",
                object().set("items", items),
                Mix.repeat(random),
                Mix.BATCH_ITEMS,
                answer -> answer.path("results").forEach(result -> applied(result, asked)));
    }

    private void applied(JsonNode result, List<Item> asked) {
        Item item = asked.get(result.path("index").asInt());
        switch (result.path("status").asString("")) {
            case "applied" ->
                acknowledged.add(new Booking(
                        item.description(),
                        item.user(),
                        item.type(),
                        result.path("version").asLong(),
                        item.cents(),
                        cents(result.path("balance"))));
            case "unknown" -> acknowledged.doubts().unknown(1);
            default -> {
                // Refused: nothing is to be found of it.
            }
        }
    }

    private Call freeReset(SplittableRandom random) {
        return write(
                Step.FREE_RESET,
                "/users/" + user(random) + "/free-count/reset",
                null,
                Mix.repeat(random),
                0,
                reset -> {});
    }

    // ---- recharges, payments, orders

    private Call recharge(SplittableRandom random) {
        String user = user(random);
        String key = key();
        String amount = amount(random, 20_00);
        return write(
                key,
                Step.RECHARGE,
                "/recharges",
                object().put("userId", user).put("amount", amount),
                Mix.repeat(random),
                1,
                order -> {
                    String id = order.path("id").asString();
                    acknowledged.add(new Placed(key, id, user, null, "RECHARGE", 1, cents(amount)));
                    world.toPay(new Recharge(id, user, amount));
                });
    }

    /** The provider's callback for a recharge; it is delivered twice as often as others are sent twice. */
    private Call payment(SplittableRandom random) {
        Recharge recharge = world.recharge();
        if (recharge == null) {
            return mix.has(Step.RECHARGE) ? recharge(random) : read(Step.READ_USER, "/users/" + user(random));
        }
        boolean paid = random.nextInt(100) >= Mix.PAYMENT_FAILED_PERCENT;
        String paymentId = key();
        ObjectNode body = object().put("paymentId", paymentId)
                .put("orderId", recharge.orderId())
                .put("amount", recharge.amount())
                .put("status", paid ? "paid" : "failed");
        Repeat repeat = Mix.repeat(random) == Repeat.NO ? Mix.repeat(random) : Repeat.AFTERWARDS;
        // Half of them without a key: it is the payment's own id that makes it count once.
        return post(
                Step.PAYMENT,
                path(Step.PAYMENT),
                body.toString(),
                random.nextBoolean() ? key() : null,
                null,
                repeat,
                1,
                done(answer -> acknowledged.add(
                        new Paid(paymentId, recharge.orderId(), recharge.userId(), paid, cents(recharge.amount())))));
    }

    private Call order(SplittableRandom random) {
        String user = user(random);
        String product = onSale(random).productId();
        int quantity = 1 + random.nextInt(3);
        String key = key();
        return post(
                Step.ORDER,
                path(Step.ORDER),
                object().put("userId", user)
                        .put("productId", product)
                        .put("quantity", quantity)
                        .toString(),
                key,
                null,
                Mix.repeat(random),
                1,
                answer -> {
                    if (answer.isSuccess()) {
                        JsonNode order = answer.json();
                        acknowledged.add(new Placed(
                                key,
                                order.path("id").asString(),
                                user,
                                product,
                                "DIRECT_BUY",
                                quantity,
                                cents(order.path("totalAmount"))));
                        seen(answer);
                    }
                });
    }

    private Call move(SplittableRandom random, Step step) {
        SeenOrder order = world.order();
        String next = order == null
                ? null
                : step == Step.ORDER_CANCEL && order.status().equals("pending")
                        ? "cancelled"
                        : NEXT_STATUS.get(order.status());
        if (order == null || next == null) {
            return order(random);
        }
        // Without If-Match the step is judged by what is there; with a stale one it is refused.
        String etag =
                random.nextBoolean() ? null : random.nextInt(100) < Mix.STALE_PERCENT ? "\"99999\"" : order.etag();
        return new Call(
                step,
                "/orders/" + order.id() + "/status",
                object().put("status", next).toString(),
                null,
                etag,
                Repeat.NO,
                0,
                answer -> {
                    if (answer.isSuccess()) {
                        seen(answer);
                    } else {
                        // Not lost for the next one, who may find it changed.
                        world.seen(order);
                    }
                });
    }

    private void seen(Answer answer) {
        JsonNode order = answer.json();
        String id = order.path("id").asString();
        acknowledged.add(new Moved(id, order.path("version").asLong(), upper(order.path("status"))));
        world.seen(new SeenOrder(
                id, String.valueOf(answer.etag()), order.path("status").asString()));
    }

    // ---- rounds

    Call openRound(int slot) {
        OnSale last = world.round(slot);
        String product = last == null ? "" : last.productId();
        return post(
                Step.OPEN_ROUND,
                path(Step.OPEN_ROUND),
                object().put("productId", product).toString(),
                key(),
                null,
                Repeat.NO,
                0,
                answer -> {
                    if (answer.isSuccess()) {
                        world.setRound(slot, new OnSale(answer.json().path("id").asString(), product, false));
                    } else {
                        world.openLater(slot);
                    }
                });
    }

    private Call draw(SplittableRandom random) {
        String roundId = world.roundToDraw();
        if (roundId == null) {
            return read(Step.READ_ROUND, "/rounds/" + onSale(random).roundId());
        }
        return write(
                Step.DRAW,
                "/rounds/" + roundId + "/draw",
                null,
                Mix.repeat(random),
                1,
                round -> acknowledged.add(new Drawn(
                        roundId,
                        round.path("winner").path("userId").asString(),
                        round.path("winner").path("number").asLong())));
    }

    // ----

    private Call read(Step step, String path) {
        return new Call(step, path, null, null, null, Repeat.NO, 0, answer -> {});
    }

    private Call write(
            Step step, String path, @Nullable ObjectNode body, Repeat repeat, int most, Consumer<JsonNode> done) {
        return write(key(), step, path, body, repeat, most, done);
    }

    private Call write(
            String key,
            Step step,
            String path,
            @Nullable ObjectNode body,
            Repeat repeat,
            int most,
            Consumer<JsonNode> done) {
        return post(step, path, body == null ? null : body.toString(), key, null, repeat, most, done(done));
    }

    /** Where the service does not know keys nothing is sent twice, neither on purpose nor for want of an answer. */
    private Call post(
            Step step,
            String path,
            @Nullable String body,
            @Nullable String key,
            @Nullable String ifMatch,
            Repeat repeat,
            int most,
            Consumer<Answer> answered) {
        return !routesWithoutKeys.contains(step.route())
                ? new Call(step, path, body, key, ifMatch, repeat, most, answered)
                : new Call(step, path, body, null, ifMatch, Repeat.NO, most, answered);
    }

    private static Consumer<Answer> done(Consumer<JsonNode> done) {
        return answer -> {
            if (answer.isSuccess()) {
                done.accept(answer.json());
            }
        };
    }

    private static String path(Step step) {
        return step.path();
    }

    /** Unique in the database: it begins as the Telegram ids of this run do. */
    private String key() {
        return "load-" + world.telegramPrefix() + "-" + keys.incrementAndGet();
    }

    private String user(SplittableRandom random) {
        boolean hot = random.nextInt(100) < Mix.HOT_USER_PERCENT;
        return world.user(random.nextInt(hot ? Mix.HOT_USERS : Mix.USERS));
    }

    private OnSale onSale(SplittableRandom random) {
        boolean hot = random.nextInt(100) < Mix.HOT_ROUND_PERCENT;
        OnSale round = world.round(hot ? 0 : random.nextInt(Mix.ROUND_SHARES.size()));
        return round == null ? new OnSale("", "", true) : round;
    }

    /** Mostly one, at times some. */
    private static int quantity(SplittableRandom random) {
        return random.nextInt(3) == 0 ? 1 + random.nextInt(5) : 1;
    }

    private static String balance(SplittableRandom random) {
        return BALANCES.get(random.nextInt(BALANCES.size()));
    }

    private static String amount(SplittableRandom random, int centsMax) {
        return BigDecimal.valueOf(1 + random.nextInt(centsMax), 2).toPlainString();
    }

    private static long cents(String amount) {
        return new BigDecimal(amount).movePointRight(2).longValueExact();
    }

    private static long cents(JsonNode amount) {
        return cents(amount.asString("0"));
    }

    private static String upper(JsonNode name) {
        return upper(name.asString(""));
    }

    private static String upper(String name) {
        return name.toUpperCase(Locale.ROOT);
    }

    private static ObjectNode object() {
        return JSON.createObjectNode();
    }
}
