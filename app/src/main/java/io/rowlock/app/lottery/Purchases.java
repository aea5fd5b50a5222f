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
import io.rowlock.app.limit.LimitOptions;
import io.rowlock.app.lottery.LotteryTables.NumberRow;
import io.rowlock.app.lottery.LotteryTables.ParticipationRow;
import io.rowlock.app.lottery.LotteryTables.RoundRow;
import io.rowlock.app.lottery.LotteryTables.WalletRow;
import io.rowlock.app.sql.Sql;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
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

    private static final Unit CHOOSE = Unit.named("lottery-choose-round");

    /** How often a quick buyer chooses; the last time the round that has the most left. */
    private static final int CHOICES_MAX = 8;

    private final Rowlock rowlock;
    private final FreePlays freePlays;
    private final RateLimit limit;
    private final Consumer<UUID> whenFull;

    /** As often as they like; nobody is told of full rounds, and a day begins at midnight UTC. */
    Purchases(Rowlock rowlock) {
        this(rowlock, new FreePlays(rowlock, ZoneOffset.UTC), new RateLimit(LimitOptions.OFF), full -> {});
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

    /**
     * Buys shares of the round that has enough of them and is nearest to being full.
     *
     * <p>The round is chosen in front of the unit, so that the unit knows one round only: whoever holds a round, or a user, and
     * then wants another round can come to wait in a circle. If the round was sold meanwhile, the whole unit is undone and
     * another is chosen. That none was found is as true as a search can be; a round that is opened at this moment is missed.
     *
     * @param unit runs {@link #participate(UUID, int, Choice)} with the choice, or something that it joins; may run again, with
     *     another choice, and must let its exceptions through
     */
    <T> T participateQuickly(int quantity, Function<Choice, T> unit) {
        for (int attempt = 1; ; attempt++) {
            boolean last = attempt == CHOICES_MAX;
            try {
                return unit.apply(new Choice(last ? emptiest(quantity) : nearestToFull(quantity), last));
            } catch (SoldMeanwhile again) {
                // Nothing of it is stored.
            }
        }
    }

    /** A round that was chosen without a lock. */
    static final class Choice {
        private final Optional<UUID> round;
        private final boolean last;

        private Choice(Optional<UUID> round, boolean last) {
            this.round = round;
            this.last = last;
        }
    }

    /** The unit of {@link #participateQuickly}. */
    Outcome<Purchase> participate(UUID userId, int quantity, Choice choice) {
        if (Limits.refuses(quantity, Limits.QUANTITY_MAX)) {
            return refused(Limits.outOfRange(quantity, Limits.QUANTITY_MAX));
        }
        Refusal none = new Refusal.NoSuchRoundOnSale(quantity);
        return rowlock.transact(
                PARTICIPATE_QUICK,
                tx -> buy(tx, userId, quantity, Tariff.PLAIN, none, () -> {
                    Optional<Row<RoundRow>> found = choice.round.flatMap(id -> tx.lock(ROUNDS, id));
                    Optional<Row<RoundRow>> onSale = found.filter(round -> sells(round.value(), quantity));
                    if (found.isPresent() && onSale.isEmpty() && !choice.last) {
                        throw new SoldMeanwhile();
                    }
                    return onSale;
                }));
    }

    /** Undoes a unit whose round was sold before it was locked. */
    private static final class SoldMeanwhile extends RuntimeException {
        private static final long serialVersionUID = 1;

        SoldMeanwhile() {
            super("The round that was chosen is sold", null, false, false);
        }
    }

    /** A purchase of shares, with the round and the wallet as it left them. */
    record Purchase(
            ParticipationRow participation,
            View<RoundRow> round,
            View<WalletRow> wallet,
            @Nullable Integer freePlaysLeft) {}

    private Outcome<Purchase> buy(Tx tx, UUID userId, UUID roundId, int quantity, Tariff tariff) {
        return buy(tx, userId, quantity, tariff, new Refusal.UnknownRound(roundId), () -> tx.lock(ROUNDS, roundId));
    }

    /** Whoever is in too great a hurry does not get as far as the round's lock. */
    private Outcome<Purchase> buy(
            Tx tx, UUID userId, int quantity, Tariff tariff, Refusal noRound, Supplier<Optional<Row<RoundRow>>> round) {
        Optional<Refusal.RateLimited> hurried = limit.exceeded(tx, userId);
        return hurried.isPresent() ? refused(hurried.get()) : sell(tx, userId, round.get(), noRound, quantity, tariff);
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

    private static boolean sells(RoundRow round, int quantity) {
        return round.status() == RoundStatus.ACTIVE && round.remainingShares() >= quantity;
    }

    private Optional<UUID> nearestToFull(int quantity) {
        return search(quantity, "");
    }

    /** The one that is least likely to be sold before it is locked. */
    private Optional<UUID> emptiest(int quantity) {
        return search(quantity, " DESC");
    }

    private Optional<UUID> search(int quantity, String direction) {
        return rowlock.read(CHOOSE, tx -> Sql.ids(tx, """
                SELECT id
                  FROM lottery_rounds
                 WHERE status = 'ACTIVE'
                   AND total_shares - sold_shares >= ?
                 ORDER BY total_shares - sold_shares""" + direction + ", created_at, id LIMIT 1", quantity)).stream()
                .findFirst();
    }
}
