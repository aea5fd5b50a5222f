package io.rowlock.app.lottery;

import static io.rowlock.app.lottery.Ledger.book;
import static io.rowlock.app.lottery.LotteryTables.NUMBERS;
import static io.rowlock.app.lottery.LotteryTables.PARTICIPATIONS;
import static io.rowlock.app.lottery.LotteryTables.ROUNDS;
import static io.rowlock.app.lottery.LotteryTables.WALLETS;
import static io.rowlock.app.lottery.LotteryTables.view;
import static io.rowlock.app.lottery.Outcome.done;
import static io.rowlock.app.lottery.Outcome.refused;

import io.rowlock.Row;
import io.rowlock.Rowlock;
import io.rowlock.Unit;
import io.rowlock.View;
import io.rowlock.app.lottery.LotteryTables.NumberRow;
import io.rowlock.app.lottery.LotteryTables.ParticipationRow;
import io.rowlock.app.lottery.LotteryTables.RoundRow;
import io.rowlock.app.lottery.LotteryTables.WalletRow;
import java.util.Optional;
import java.util.UUID;

/**
 * Purchases of shares.
 *
 * <p>Rows that every caller fights for (a round on sale) are locked first; rows that mostly have one caller (a user's
 * balance) are read and checked at commit. Locks and writes go rounds before users, see {@link LotteryTables#ORDER}.
 *
 * <p>Safe for use by many threads.
 */
final class Purchases {
    /** The number of a round's first share; the one sold after n others gets this plus n. */
    static final long FIRST_NUMBER = 10_000_001;

    private static final Unit PARTICIPATE = Unit.named("lottery-participate");

    private final Rowlock rowlock;

    Purchases(Rowlock rowlock) {
        this.rowlock = rowlock;
    }

    /**
     * Buys shares of a round: balance, shares, numbers and ledger in one step.
     *
     * <p>The round is locked, because whoever sells it writes it: reading it and trying again would only queue at another
     * place. The numbers follow from the shares sold before, under that lock, so they are unique and without gaps.
     */
    Outcome<Purchase> participate(UUID userId, UUID roundId, int quantity) {
        if (Limits.refuses(quantity, Limits.QUANTITY_MAX)) {
            return refused(Limits.outOfRange(quantity, Limits.QUANTITY_MAX));
        }
        return rowlock.transact(PARTICIPATE, tx -> {
            Optional<Row<RoundRow>> onSale = tx.lock(ROUNDS, roundId);
            if (onSale.isEmpty()) {
                return refused(new Refusal.UnknownRound(roundId));
            }
            RoundRow round = onSale.get().value();
            if (round.status() != RoundStatus.ACTIVE) {
                return refused(new Refusal.RoundNotActive(roundId, round.status()));
            }
            if (round.remainingShares() < quantity) {
                return refused(new Refusal.InsufficientShares(roundId, round.remainingShares(), quantity));
            }
            Optional<Row<WalletRow>> wallet = tx.read(WALLETS, userId);
            if (wallet.isEmpty()) {
                return refused(new Refusal.UnknownUser(userId));
            }
            Money cost = round.pricePerShare().times(quantity);
            Money balance = wallet.get().value().balance();
            if (balance.compareTo(cost) < 0) {
                return refused(new Refusal.InsufficientBalance(userId, BalanceType.BALANCE, balance, cost));
            }

            Row<RoundRow> sold = tx.update(onSale.get(), r -> r.selling(quantity));
            Row<WalletRow> paid = tx.update(wallet.get(), w -> w.paying(cost));
            ParticipationRow participation = new ParticipationRow(
                    tx.newId("participation"),
                    userId,
                    roundId,
                    ParticipationType.PAID,
                    quantity,
                    FIRST_NUMBER + round.soldShares(),
                    cost.cents(),
                    tx.now());
            tx.insert(PARTICIPATIONS, participation);
            for (int i = 0; i < quantity; i++) {
                tx.insert(NUMBERS, new NumberRow(roundId, participation.firstNumber() + i, participation.id()));
            }
            book(
                    tx,
                    "participation:" + participation.id(),
                    LedgerType.PARTICIPATE,
                    userId,
                    BalanceType.BALANCE,
                    cost.negated(),
                    paid.value().balance(),
                    paid.version(),
                    null);
            return done(new Purchase(participation, view(sold), view(paid)));
        });
    }

    /** A purchase of shares, with the round and the wallet as it left them. */
    record Purchase(ParticipationRow participation, View<RoundRow> round, View<WalletRow> wallet) {}
}
