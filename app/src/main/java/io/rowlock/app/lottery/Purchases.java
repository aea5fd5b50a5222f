package io.rowlock.app.lottery;

import static io.rowlock.app.lottery.LotteryTables.NUMBERS;
import static io.rowlock.app.lottery.LotteryTables.PARTICIPATIONS;
import static io.rowlock.app.lottery.LotteryTables.ROUNDS;
import static io.rowlock.app.lottery.LotteryTables.view;
import static io.rowlock.app.lottery.Outcome.done;
import static io.rowlock.app.lottery.Outcome.refused;

import io.rowlock.Row;
import io.rowlock.Rowlock;
import io.rowlock.Tx;
import io.rowlock.Unit;
import io.rowlock.View;
import io.rowlock.app.lottery.LotteryTables.NumberRow;
import io.rowlock.app.lottery.LotteryTables.ParticipationRow;
import io.rowlock.app.lottery.LotteryTables.RoundRow;
import io.rowlock.app.lottery.LotteryTables.WalletRow;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Purchases of shares: what is paid, the shares, their numbers and the ledger, in one step.
 *
 * <p>Every way to buy ends in the same step, which takes its rows in the same order: the round first, which is locked, then
 * the user, see {@link LotteryTables#ORDER}. Whoever sells a round writes it, so reading it and trying again would only
 * queue at another place; a user's rows mostly have one caller and are checked at commit. All is decided under the round's
 * lock, and the numbers follow from the shares sold before: they are unique and without gaps.
 *
 * <p>Safe for use by many threads.
 */
final class Purchases {
    /** The number of a round's first share; the one sold after n others gets this plus n. */
    static final long FIRST_NUMBER = 10_000_001;

    private static final Unit PARTICIPATE = Unit.named("lottery-participate");
    private static final Unit PARTICIPATE_BULK = Unit.named("lottery-participate-bulk");
    private static final Unit PARTICIPATE_QUICK = Unit.named("lottery-participate-quick");

    /** Rounds that are looked at if the nearest to full was sold meanwhile. */
    private static final int NEXT_BEST = 8;

    private final Rowlock rowlock;
    private final FreePlays freePlays;
    private final RateLimit limit;
    private final Consumer<UUID> whenFull;

    /** As often as they like; nobody is told of full rounds, and a day begins at midnight UTC. */
    Purchases(Rowlock rowlock) {
        this(rowlock, new FreePlays(rowlock, ZoneOffset.UTC), new RateLimit(LotteryOptions.RateLimit.OFF), full -> {});
    }

    /**
     * @param whenFull told of each round that is sold out, once that is committed
     */
    Purchases(Rowlock rowlock, FreePlays freePlays, RateLimit limit, Consumer<UUID> whenFull) {
        this.rowlock = rowlock;
        this.freePlays = freePlays;
        this.limit = limit;
        this.whenFull = whenFull;
    }

    /** Buys shares of a round for money. */
    Outcome<Purchase> participate(UUID userId, UUID roundId, int quantity) {
        return participate(userId, roundId, quantity, ParticipationType.PAID);
    }

    /**
     * Buys shares of a round.
     *
     * @param type what they are paid with
     */
    Outcome<Purchase> participate(UUID userId, UUID roundId, int quantity, ParticipationType type) {
        if (Limits.refuses(quantity, Limits.QUANTITY_MAX)) {
            return refused(Limits.outOfRange(quantity, Limits.QUANTITY_MAX));
        }
        Tariff tariff = type == ParticipationType.FREE ? Tariff.FREE : Tariff.PLAIN;
        return rowlock.transact(PARTICIPATE, tx -> buy(tx, userId, roundId, quantity, tariff));
    }

    /** Buys a few shares of a round at a discount. */
    Outcome<Purchase> participateInBulk(UUID userId, UUID roundId, int quantity) {
        if (Limits.refuses(quantity, Limits.BULK_MAX)) {
            return refused(Limits.outOfRange(quantity, Limits.BULK_MAX));
        }
        return rowlock.transact(PARTICIPATE_BULK, tx -> buy(tx, userId, roundId, quantity, Tariff.BULK));
    }

    /** Buys shares of the round that has enough of them and is nearest to being full. */
    Outcome<Purchase> participateQuickly(UUID userId, int quantity) {
        if (Limits.refuses(quantity, Limits.QUANTITY_MAX)) {
            return refused(Limits.outOfRange(quantity, Limits.QUANTITY_MAX));
        }
        return rowlock.transact(PARTICIPATE_QUICK, tx -> {
            Optional<Refusal.RateLimited> hurried = limit.exceeded(tx, userId);
            return hurried.isPresent()
                    ? refused(hurried.get())
                    : sell(
                            tx,
                            userId,
                            nearestToFull(tx, quantity),
                            new Refusal.NoSuchRoundOnSale(quantity),
                            quantity,
                            Tariff.PLAIN);
        });
    }

    /** A purchase of shares, with the round and the wallet as it left them. */
    record Purchase(
            ParticipationRow participation,
            View<RoundRow> round,
            View<WalletRow> wallet,
            @Nullable Integer freePlaysLeft) {}

    private Outcome<Purchase> buy(Tx tx, UUID userId, UUID roundId, int quantity, Tariff tariff) {
        Optional<Refusal.RateLimited> hurried = limit.exceeded(tx, userId);
        return hurried.isPresent()
                ? refused(hurried.get())
                : sell(tx, userId, tx.lock(ROUNDS, roundId), new Refusal.UnknownRound(roundId), quantity, tariff);
    }

    /** The one step. Everything it decides on is locked, or checked at commit. */
    private Outcome<Purchase> sell(
            Tx tx, UUID userId, Optional<Row<RoundRow>> onSale, Refusal noRound, int quantity, Tariff tariff) {
        Optional<Purse> purse = Purse.open(tx, userId, tariff, freePlays);
        if (purse.isEmpty()) {
            return refused(new Refusal.UnknownUser(userId));
        }
        Optional<Refusal.RateLimited> hurried = limit.count(tx, userId);
        if (hurried.isPresent()) {
            return refused(hurried.get());
        }
        if (onSale.isEmpty()) {
            return refused(noRound);
        }
        RoundRow round = onSale.get().value();
        if (round.status() != RoundStatus.ACTIVE) {
            return refused(new Refusal.RoundNotActive(round.id(), round.status()));
        }
        if (round.remainingShares() < quantity) {
            return refused(new Refusal.InsufficientShares(round.id(), round.remainingShares(), quantity));
        }
        Money cost = tariff.cost(round.pricePerShare(), quantity);
        Optional<Refusal> unpaid = purse.get().refuses(quantity, cost);
        if (unpaid.isPresent()) {
            return refused(unpaid.get());
        }

        Row<RoundRow> sold = tx.update(onSale.get(), r -> r.selling(quantity));
        AuditLog.round(tx, "participate", userId, onSale.get(), sold);
        ParticipationRow participation = new ParticipationRow(
                tx.newId("participation"),
                userId,
                round.id(),
                tariff.participation(),
                quantity,
                FIRST_NUMBER + round.soldShares(),
                cost.cents(),
                tx.now());
        tx.insert(PARTICIPATIONS, participation);
        for (int i = 0; i < quantity; i++) {
            tx.insert(NUMBERS, new NumberRow(round.id(), participation.firstNumber() + i, participation.id()));
        }
        Purse.Paid paid = purse.get().pay(tx, participation);
        if (sold.value().status() == RoundStatus.FULL) {
            tx.afterCommit(() -> whenFull.accept(round.id()));
        }
        return done(new Purchase(participation, view(sold), paid.wallet(), paid.freePlaysLeft()));
    }

    /**
     * Searched without a lock, then locked and looked at again. If it was sold meanwhile, the next best are read instead of
     * locked: whoever holds one round and waits for another can come to wait in a circle. That none was found is as true as
     * a search can be; a round that is opened at this moment is missed.
     */
    private static Optional<Row<RoundRow>> nearestToFull(Tx tx, int quantity) {
        List<UUID> best = search(tx, quantity, 1);
        if (best.isEmpty()) {
            return Optional.empty();
        }
        Optional<Row<RoundRow>> nearest = tx.lock(ROUNDS, best.get(0)).filter(round -> sells(round.value(), quantity));
        return nearest.isPresent()
                ? nearest
                : search(tx, quantity, NEXT_BEST).stream()
                        .flatMap(id -> tx.read(ROUNDS, id).stream())
                        .filter(round -> sells(round.value(), quantity))
                        .findFirst();
    }

    private static boolean sells(RoundRow round, int quantity) {
        return round.status() == RoundStatus.ACTIVE && round.remainingShares() >= quantity;
    }

    private static List<UUID> search(Tx tx, int quantity, int limit) {
        return LotteryQueries.ids(tx, """
                SELECT id
                  FROM lottery_rounds
                 WHERE status = 'ACTIVE'
                   AND total_shares - sold_shares >= ?
                 ORDER BY total_shares - sold_shares, created_at, id
                 LIMIT ?""", quantity, limit);
    }
}
