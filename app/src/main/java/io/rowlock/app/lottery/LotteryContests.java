package io.rowlock.app.lottery;

import io.rowlock.Rowlock;
import io.rowlock.RowlockBuilder;
import io.rowlock.Table;
import io.rowlock.app.compare.Contest;
import io.rowlock.app.compare.Form;
import io.rowlock.app.naive.NaiveLottery;
import java.util.List;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The lottery's operations, naive beside guarded. Each form has users and rounds of its own in the same tables. */
public final class LotteryContests {
    private static final int SHARES = 1_000_000;
    private static final Money PRICE = Money.ofCents(1);
    private static final Money ONE = Money.ofCents(100);

    private final int clients;
    private final NaiveLottery naive;
    private final Rowlock rowlock;
    private int customers;

    /**
     * @param guarded begins a Rowlock on the database
     * @param naive the same operations without guards, on the same database
     * @param clients how many clients there will be
     */
    public LotteryContests(RowlockBuilder guarded, NaiveLottery naive, int clients) {
        this.naive = naive;
        this.clients = clients;
        this.rowlock =
                guarded.order(LotteryTables.ORDER.toArray(Table<?, ?>[]::new)).build();
    }

    /** All of them. */
    public List<Contest> all() {
        return List.of(hotRound(), ownRounds(), hotBalance());
    }

    private Contest hotRound() {
        UUID naiveRound = round();
        UUID guardedRound = round();
        return purchases("buy a share, all of one round", client -> naiveRound, client -> guardedRound);
    }

    private Contest ownRounds() {
        List<UUID> naiveRounds = many(this::round);
        List<UUID> guardedRounds = many(this::round);
        return purchases("buy a share, each of a round of their own", naiveRounds::get, guardedRounds::get);
    }

    private Contest purchases(String title, IntFunction<UUID> naiveRound, IntFunction<UUID> guardedRound) {
        List<UUID> naiveUsers = many(this::user);
        List<UUID> guardedUsers = many(this::user);
        Purchases purchases = new Purchases(rowlock);
        return new Contest(
                title,
                List.of(
                        new Form(
                                "naive",
                                client -> naive.buyOne(naiveUsers.get(client), naiveRound.apply(client)),
                                () -> wrongShares(naiveRound) + wrongCents(naiveUsers)),
                        new Form(
                                "guarded",
                                client -> purchases.participate(guardedUsers.get(client), guardedRound.apply(client), 1)
                                        instanceof Outcome.Done<?>,
                                () -> wrongShares(guardedRound) + wrongCents(guardedUsers))));
    }

    private Contest hotBalance() {
        UUID naiveUser = user();
        UUID guardedUser = user();
        Balances balances = new Balances(rowlock);
        return new Contest(
                "add to a balance, all to one",
                List.of(
                        new Form(
                                "naive",
                                client -> naive.add(naiveUser, ONE.cents()),
                                () -> wrongCents(List.of(naiveUser))),
                        new Form(
                                "guarded",
                                client -> balances.change(
                                                guardedUser, BalanceType.BALANCE, BalanceOperation.ADD, ONE, null, null)
                                        instanceof Outcome.Done<?>,
                                () -> wrongCents(List.of(guardedUser)))));
    }

    // ---- who takes part

    private <T> List<T> many(Supplier<T> one) {
        return Stream.generate(one).limit(clients).toList();
    }

    private UUID user() {
        customers++;
        Users users = new Users(rowlock);
        UUID id = done(users.create(Integer.toString(customers))).id();
        done(new Balances(rowlock)
                .change(id, BalanceType.BALANCE, BalanceOperation.ADD, Limits.AMOUNT_MAX, null, null));
        return id;
    }

    private UUID round() {
        UUID product = done(new Products(rowlock).create("Teapot", SHARES, PRICE, ONE, 0))
                .id();
        return done(new Rounds(rowlock).open(product)).round().value().id();
    }

    private static <T> T done(Outcome<T> outcome) {
        if (outcome instanceof Outcome.Done<T> done) {
            return done.value();
        }
        throw new IllegalStateException("Refused: " + outcome);
    }

    private long wrongShares(IntFunction<UUID> rounds) {
        return IntStream.range(0, clients)
                .mapToObj(rounds)
                .distinct()
                .mapToLong(naive::wrongShares)
                .sum();
    }

    private long wrongCents(List<UUID> users) {
        return users.stream().mapToLong(naive::wrongCents).sum();
    }
}
