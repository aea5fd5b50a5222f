package io.rowlock.app.lottery;

import static io.rowlock.app.lottery.LotteryTables.LEDGER;
import static io.rowlock.app.lottery.LotteryTables.ORDERS;
import static io.rowlock.app.lottery.LotteryTables.PRODUCTS;
import static io.rowlock.app.lottery.LotteryTables.ROUNDS;
import static io.rowlock.app.lottery.LotteryTables.USERS;

import io.rowlock.Key;
import io.rowlock.ReadTx;
import io.rowlock.Rowlock;
import io.rowlock.Tx;
import io.rowlock.Unit;
import io.rowlock.app.lottery.LotteryTables.LedgerRow;
import io.rowlock.app.lottery.LotteryTables.ProductRow;
import io.rowlock.app.lottery.LotteryTables.UserRow;
import io.rowlock.app.lottery.Purchases.Purchase;
import io.rowlock.app.sql.Sql;
import java.util.List;
import java.util.UUID;

/** A few users, products, rounds and an order to try things on. Their ids are fixed, so that examples can name them. */
final class LotterySamples {
    static final UUID ALICE = id(1);
    static final UUID BOB = id(2);
    static final UUID CAROL = id(3);
    static final UUID COFFEE_MACHINE = id(101);
    static final UUID HEADPHONES = id(102);
    static final UUID BICYCLE = id(103);
    static final UUID COFFEE_ROUND = id(201);
    static final UUID HEADPHONES_ROUND = id(202);
    static final UUID BICYCLE_ROUND = id(203);
    static final UUID ORDER = id(301);

    private static final Unit LOAD = Unit.named("lottery-samples");
    private static final Key ONCE = Key.of("lottery-samples");

    private final Rowlock rowlock;
    private final Purchases purchases;

    LotterySamples(Rowlock rowlock) {
        this.rowlock = rowlock;
        this.purchases = new Purchases(rowlock);
    }

    /** Loads the samples into a database that has neither users nor products. Safe to call from several nodes at once. */
    void loadIfEmpty() {
        boolean loaded = rowlock.transact(LOAD, tx -> {
            tx.guard(ONCE);
            if (!isEmpty(tx)) {
                return false;
            }
            load(tx);
            return true;
        });
        if (loaded) {
            sell();
        }
    }

    private static void load(Tx tx) {
        user(tx, ALICE, "700000001", Money.ofCents(1_000_00), Money.ofCents(500_00));
        user(tx, BOB, "700000002", Money.ofCents(1_000_00), Money.ZERO);
        user(tx, CAROL, "700000003", Money.ofCents(250_00), Money.ZERO);
        // One of twenty is reserved by the order below.
        ProductRow coffee = product(tx, COFFEE_MACHINE, "Coffee machine", 100, "1.00", "89.00", 19, 20);
        ProductRow headphones = product(tx, HEADPHONES, "Headphones", 60, "2.50", "129.00", 20, 20);
        ProductRow bicycle = product(tx, BICYCLE, "City bicycle", 500, "1.00", "449.00", 5, 5);
        tx.insert(ROUNDS, Rounds.newRound(COFFEE_ROUND, coffee, tx.now()));
        tx.insert(ROUNDS, Rounds.newRound(HEADPHONES_ROUND, headphones, tx.now()));
        tx.insert(ROUNDS, Rounds.newRound(BICYCLE_ROUND, bicycle, tx.now()));
        tx.insert(ORDERS, Orders.newOrder(ORDER, CAROL, coffee, 1, tx.now()));
    }

    private static void user(Tx tx, UUID id, String telegramId, Money balance, Money platformBalance) {
        tx.insert(USERS, UserRow.opened(id, telegramId, balance, platformBalance, tx.now()));
        opening(tx, id, BalanceType.BALANCE, balance);
        opening(tx, id, BalanceType.PLATFORM_BALANCE, platformBalance);
    }

    /** What a balance begins with stands in the ledger too, so that the sums agree. */
    private static void opening(Tx tx, UUID user, BalanceType type, Money amount) {
        if (amount.equals(Money.ZERO)) {
            return;
        }
        String operation = "opening:" + type + ":" + user;
        tx.insert(
                LEDGER,
                new LedgerRow(
                        tx.newId(operation),
                        operation,
                        user,
                        LedgerType.ADD,
                        type,
                        amount.cents(),
                        amount.cents(),
                        1,
                        null,
                        "Opening balance",
                        tx.now()));
    }

    private static ProductRow product(
            Tx tx, UUID id, String name, int shares, String perShare, String marketPrice, int stock, int stockIn) {
        ProductRow product = new ProductRow(
                id,
                name,
                shares,
                Money.parse(perShare).cents(),
                Money.parse(marketPrice).cents(),
                stock,
                stockIn,
                1,
                tx.now());
        return tx.insert(PRODUCTS, product).value();
    }

    /** Some shares are sold already, by the very operation that sells all others. */
    private void sell() {
        buy(BOB, COFFEE_ROUND, 40);
        buy(CAROL, COFFEE_ROUND, 22);
        buy(BOB, HEADPHONES_ROUND, 54);
        buy(ALICE, BICYCLE_ROUND, 35);
    }

    private void buy(UUID user, UUID round, int shares) {
        Outcome<Purchase> outcome = purchases.participate(user, round, shares);
        if (!(outcome instanceof Outcome.Done<Purchase>)) {
            throw new IllegalStateException("A sample was not sold (outcome=" + outcome + ")");
        }
    }

    private static boolean isEmpty(ReadTx tx) {
        return Sql.texts(tx, "SELECT id FROM users LIMIT 1").isEmpty()
                && Sql.texts(tx, "SELECT id FROM products LIMIT 1").isEmpty();
    }

    /** Lines to try: the samples if they are there, else what makes the first user and round. */
    List<String> commands(String url) {
        String api = url + "/api/lottery";
        boolean there = rowlock.read(tx -> tx.peek(USERS, ALICE).isPresent()
                && tx.peek(ROUNDS, COFFEE_ROUND).isPresent());
        String json = " -H 'Content-Type: application/json' -d ";
        if (!there) {
            return List.of(
                    "curl -s " + api + "/users" + json + "'{\"telegramId\":\"700000042\"}'",
                    "curl -s " + api + "/products" + json
                            + "'{\"name\":\"Teapot\",\"totalShares\":100,\"pricePerShare\":\"1.00\","
                            + "\"marketPrice\":\"59.00\",\"stock\":5}'",
                    "curl -s " + api + "/rounds");
        }
        return List.of(
                "curl -s " + api + "/rounds/" + COFFEE_ROUND,
                "curl -s " + api + "/participations" + json + "'{\"userId\":\"" + ALICE + "\",\"roundId\":\""
                        + COFFEE_ROUND + "\",\"quantity\":3}'",
                "curl -s " + api + "/users/" + ALICE + "/transactions");
    }

    private static UUID id(int number) {
        return UUID.fromString("00000000-0000-4000-8000-%012d".formatted(number));
    }
}
