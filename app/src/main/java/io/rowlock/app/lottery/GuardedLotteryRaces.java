package io.rowlock.app.lottery;

import static io.rowlock.app.lottery.RaceChecks.books;
import static io.rowlock.app.lottery.RaceChecks.nobodyIsRefused;
import static io.rowlock.app.lottery.RaceChecks.oneIsDone;
import static io.rowlock.app.races.Checks.allEnded;
import static io.rowlock.app.races.Checks.both;
import static io.rowlock.app.races.Checks.firstRow;
import static io.rowlock.app.races.Checks.lost;
import static io.rowlock.app.races.Checks.noRow;

import io.rowlock.Key;
import io.rowlock.RetriesExhausted;
import io.rowlock.Rowlock;
import io.rowlock.RowlockBuilder;
import io.rowlock.Table;
import io.rowlock.Unit;
import io.rowlock.Version;
import io.rowlock.app.http.Idempotent;
import io.rowlock.app.lottery.BalanceBatches.Item;
import io.rowlock.app.races.Race;
import io.rowlock.app.races.Stand;
import io.rowlock.batch.ItemResult;
import io.rowlock.lab.ActorResult;
import io.rowlock.lab.Scenario;
import io.rowlock.once.Codec;
import io.rowlock.once.Fingerprint;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.IntFunction;
import tools.jackson.databind.json.JsonMapper;

/** The races of the services that {@code serve} runs: each actor is a node of its own, and the books are right afterwards. */
final class GuardedLotteryRaces {
    private static final Money PRICE = Money.ofCents(1_00);
    private static final Money BALANCE = Money.ofCents(200_00);
    private static final Money DEDUCTED = Money.ofCents(150_00);
    private static final Money RECHARGED = Money.ofCents(50_00);
    private static final Unit REQUEST = Unit.named("lottery-race-request");

    private GuardedLotteryRaces() {}

    static List<Race> all() {
        return List.of(
                right("lottery-1", "two deductions from one balance", GuardedLotteryRaces::deductions),
                right("lottery-2", "two buyers of 5 with 6 left", GuardedLotteryRaces::lastShares),
                right("lottery-3", "two steps of one order, from the same version", GuardedLotteryRaces::orderSteps),
                right("lottery-4", "two resets of the free plays, and a play", GuardedLotteryRaces::freePlays),
                right("lottery-5", "a purchase that crashes between its steps", GuardedLotteryRaces::crash),
                right("lottery-6", "two purchases of one round", GuardedLotteryRaces::numbers),
                right("lottery-7", "a purchase and one in bulk, same user and round", GuardedLotteryRaces::lockOrder),
                right("lottery-8", "two draws of one round", GuardedLotteryRaces::draws),
                right("lottery-9", "a crash while a payment is taken, and it is told again", GuardedLotteryRaces::paid),
                right("lottery-10", "an order expires while it is paid", GuardedLotteryRaces::expiry),
                right("lottery-11", "a request that is sent again", GuardedLotteryRaces::request),
                right("lottery-13", "two batches, each in another order", GuardedLotteryRaces::batches));
    }

    private static Race right(String id, String title, BiFunction<SetUp, Stand, Scenario> scenario) {
        return Race.right(id, title, stand -> {
            stand.clear();
            return scenario.apply(new SetUp(title, ordered(stand.setUp()), stand), stand)
                    .contention(RetriesExhausted.class::isInstance);
        });
    }

    private static Scenario deductions(SetUp setUp, Stand stand) {
        UUID user = setUp.user();
        Function<Rowlock, Outcome<?>> deduct = node ->
                new Balances(node).change(user, BalanceType.BALANCE, BalanceOperation.DEDUCT, DEDUCTED, null, null);
        return setUp.begin()
                .actor(on(stand, 1, deduct))
                .actor(on(stand, 2, deduct))
                .invariant("one is done, and the books are right", books(oneIsDone()));
    }

    private static Scenario lastShares(SetUp setUp, Stand stand) {
        UUID round = setUp.round(6);
        UUID ann = setUp.user();
        UUID bob = setUp.user();
        return setUp.begin()
                .actor(on(stand, 1, node -> new Purchases(node).participate(ann, round, 5)))
                .actor(on(stand, 2, node -> new Purchases(node).participate(bob, round, 5)))
                .invariant("one has bought, and the books are right", books(oneIsDone()));
    }

    private static Scenario orderSteps(SetUp setUp, Stand stand) {
        UUID order = setUp.order(setUp.user());
        Version seen = Version.of(1);
        return setUp.begin()
                .actor(on(stand, 1, node -> new Orders(node).move(order, OrderStatus.CONFIRMED, seen)))
                .actor(on(stand, 2, node -> new Orders(node).move(order, OrderStatus.CANCELLED, seen)))
                .invariant("one step is taken, and the books are right", books(oneIsDone()));
    }

    private static Scenario freePlays(SetUp setUp, Stand stand) {
        UUID round = setUp.round(2);
        UUID user = setUp.user();
        return setUp.begin()
                .actor(on(stand, 1, node -> new FreePlays(node, ZoneOffset.UTC).reset(user)))
                .actor(on(stand, 2, node -> {
                    Outcome<?> unused = new FreePlays(node, ZoneOffset.UTC).reset(user);
                    return new Purchases(node).participate(user, round, 1, ParticipationType.FREE);
                }))
                .invariant(
                        "a play is gone, and the books are right",
                        books(both(
                                nobodyIsRefused(),
                                (connection, results) -> lost(results, 'B')
                                        ? Optional.empty()
                                        : firstRow(
                                                connection,
                                                "SELECT free_daily_count FROM users WHERE id = '" + user
                                                        + "' AND free_daily_count <> 2"))));
    }

    private static Scenario crash(SetUp setUp, Stand stand) {
        UUID round = setUp.round(2);
        UUID user = setUp.user();
        return setUp.begin()
                .crashingActor(on(stand, 1, node -> new Purchases(node).participate(user, round, 1)))
                .invariant("all of it or nothing, and the books are right", books(nobodyIsRefused()));
    }

    private static Scenario numbers(SetUp setUp, Stand stand) {
        UUID round = setUp.round(4);
        UUID ann = setUp.user();
        UUID bob = setUp.user();
        return setUp.begin()
                .actor(on(stand, 1, node -> new Purchases(node).participate(ann, round, 2)))
                .actor(on(stand, 2, node -> new Purchases(node).participate(bob, round, 2)))
                .invariant("numbers are sold once and without gaps", books(nobodyIsRefused()));
    }

    private static Scenario lockOrder(SetUp setUp, Stand stand) {
        UUID round = setUp.round(3);
        UUID user = setUp.user();
        return setUp.begin()
                .actor(on(stand, 1, node -> new Purchases(node).participate(user, round, 1)))
                .actor(on(stand, 2, node -> new Purchases(node).participateInBulk(user, round, 1)))
                .invariant("the books are right", books(nobodyIsRefused()));
    }

    private static Scenario draws(SetUp setUp, Stand stand) {
        UUID round = setUp.round(2);
        setUp.buy(setUp.user(), round);
        setUp.buy(setUp.user(), round);
        return setUp.begin()
                .actor(on(stand, 1, node -> new Draws(node, new Seed(1)).draw(round)))
                .actor(on(stand, 2, node -> new Draws(node, new Seed(2)).draw(round)))
                .invariant("one draw, and the books are right", books(oneIsDone()));
    }

    private static Scenario paid(SetUp setUp, Stand stand) {
        UUID user = setUp.newUser();
        UUID order = setUp.recharge(user);
        Function<Rowlock, Outcome<?>> told =
                node -> new Payments(node).receive("payment-" + order, order, RECHARGED, PaymentReport.PAID);
        return setUp.begin()
                .crashingActor(on(stand, 1, told))
                .actor(on(stand, 2, told))
                .invariant(
                        "credited once, and the books are right",
                        books(both(
                                nobodyIsRefused(),
                                (connection, results) -> lost(results, 'B')
                                        ? Optional.empty()
                                        : firstRow(
                                                connection,
                                                "SELECT balance_cents FROM users WHERE id = '" + user
                                                        + "' AND balance_cents <> " + RECHARGED.cents()))));
    }

    private static Scenario expiry(SetUp setUp, Stand stand) {
        UUID order = setUp.order(setUp.user());
        return setUp.begin()
                .actor(() -> {
                    Rowlock node = ordered(stand.node(1));
                    return new Expiry(node, new LotteryQueries(node)).expire(Duration.ZERO, 1);
                })
                .actor(on(
                        stand,
                        2,
                        node -> new Payments(node).receive("payment-" + order, order, PRICE, PaymentReport.PAID)))
                .invariant(
                        "paid if the payment was told so, else expired",
                        books(both(allEnded(), (connection, results) -> {
                            boolean told = new ActorResult.Returned(RaceChecks.DONE)
                                    .equals(results.results().get('B'));
                            return firstRow(
                                    connection,
                                    "SELECT status FROM orders WHERE id = '" + order + "' AND status "
                                            + (told ? "<> 'PAID'" : "= 'PAID'"));
                        })));
    }

    private static Scenario request(SetUp setUp, Stand stand) {
        UUID round = setUp.round(2);
        UUID user = setUp.user();
        IntFunction<Callable<String>> request = number -> () -> {
            Rowlock node = ordered(stand.node(number));
            return node.once(
                            REQUEST,
                            Key.of("race", round.toString()),
                            Fingerprint.of(user, round, 1),
                            Codec.text(),
                            Idempotent.KEPT,
                            tx -> told(new Purchases(node).participate(user, round, 1)))
                    .answer();
        };
        return setUp.begin()
                .actor(request.apply(1))
                .actor(request.apply(2))
                .invariant(
                        "bought once, and the books are right",
                        books(both(
                                nobodyIsRefused(),
                                (connection, results) -> lost(results, 'B')
                                        ? Optional.empty()
                                        : firstRow(
                                                connection,
                                                "SELECT COUNT(*) AS purchases FROM participations WHERE user_id = '"
                                                        + user + "' HAVING COUNT(*) <> 1"))));
    }

    private static Scenario batches(SetUp setUp, Stand stand) {
        UUID ann = setUp.user();
        UUID bob = setUp.user();
        return setUp.begin()
                .actor(batch(
                        stand,
                        1,
                        credit(ann),
                        credit(bob),
                        new Item(ann, BalanceType.BALANCE, BalanceOperation.DEDUCT, Limits.AMOUNT_MAX, null)))
                .actor(batch(stand, 2, credit(bob), credit(ann)))
                .invariant(
                        "what was applied is there, and the books are right",
                        books(both(allEnded(), (connection, results) -> {
                            long applied = results.results().values().stream()
                                    .mapToLong(result -> result.toString().split("Applied", -1).length - 1L)
                                    .sum();
                            return noRow("SELECT SUM(balance_cents) AS cents FROM users WHERE id IN ('" + ann + "', '"
                                            + bob + "') HAVING SUM(balance_cents) <> "
                                            + (2 * BALANCE.cents() + applied * PRICE.cents()))
                                    .violation(connection, results);
                        })));
    }

    private static Item credit(UUID user) {
        return new Item(user, BalanceType.BALANCE, BalanceOperation.ADD, PRICE, null);
    }

    private static Callable<String> batch(Stand stand, int number, Item... items) {
        List<Item> all = List.of(items);
        return () -> String.join(
                " ",
                new BalanceBatches(
                                ordered(stand.node(number)),
                                JsonMapper.builder().build())
                        .run(Optional.empty(), all).stream()
                                .map((ItemResult<?> result) -> result.getClass().getSimpleName())
                                .toList());
    }

    // ---- nodes

    /** A node of its own for each call: what a Rowlock remembers of contention would make runs differ. */
    private static Callable<String> on(Stand stand, int number, Function<Rowlock, Outcome<?>> work) {
        return () -> told(work.apply(ordered(stand.node(number))));
    }

    private static Rowlock ordered(RowlockBuilder node) {
        return node.order(LotteryTables.ORDER.toArray(Table<?, ?>[]::new)).build();
    }

    /** Without what differs from run to run. */
    private static String told(Outcome<?> outcome) {
        return outcome.fold(
                done -> RaceChecks.DONE, refusal -> refusal.getClass().getSimpleName(), conflict -> "Conflict");
    }

    /** The same seed each time. */
    private static final class Seed extends SecureRandom {
        private static final long serialVersionUID = 1;

        private final byte value;

        Seed(int value) {
            this.value = (byte) value;
        }

        @Override
        public void nextBytes(byte[] bytes) {
            Arrays.fill(bytes, value);
        }
    }

    // ---- what is there before

    /** Who takes part, made by the services past the lab. */
    private record SetUp(String title, Rowlock rowlock, Stand stand) {

        /** The scenario, of which what was set up so far is the beginning. */
        Scenario begin() {
            return stand.asItIs(title);
        }

        /** Without money. */
        UUID newUser() {
            String telegramId = Long.toString(UUID.randomUUID().getMostSignificantBits() >>> 8);
            return done(new Users(rowlock).create(telegramId)).id();
        }

        UUID user() {
            UUID id = newUser();
            done(new Balances(rowlock).change(id, BalanceType.BALANCE, BalanceOperation.ADD, BALANCE, null, null));
            return id;
        }

        UUID product(int shares) {
            return done(new Products(rowlock).create("Teapot", shares, PRICE, PRICE, 5))
                    .id();
        }

        UUID round(int shares) {
            return done(new Rounds(rowlock).open(product(shares)))
                    .round()
                    .value()
                    .id();
        }

        void buy(UUID user, UUID round) {
            done(new Purchases(rowlock).participate(user, round, 1));
        }

        UUID order(UUID user) {
            return done(new Orders(rowlock).place(user, product(1), 1)).value().id();
        }

        UUID recharge(UUID user) {
            return done(new Recharges(rowlock).place(user, RECHARGED)).value().id();
        }

        private static <T> T done(Outcome<T> outcome) {
            if (outcome instanceof Outcome.Done<T> done) {
                return done.value();
            }
            throw new IllegalStateException("Refused: " + outcome);
        }
    }
}
