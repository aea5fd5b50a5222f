package io.rowlock.app.lottery;

import static io.rowlock.app.lottery.Ledger.book;
import static io.rowlock.app.lottery.LotteryTables.FREE_PLAYS;
import static io.rowlock.app.lottery.LotteryTables.WALLETS;
import static io.rowlock.app.lottery.LotteryTables.view;

import io.rowlock.Row;
import io.rowlock.Tx;
import io.rowlock.View;
import io.rowlock.app.lottery.LotteryTables.FreePlaysRow;
import io.rowlock.app.lottery.LotteryTables.ParticipationRow;
import io.rowlock.app.lottery.LotteryTables.WalletRow;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a user pays shares from, within one unit: the balance or the free plays. */
sealed interface Purse {

    /** Opens the one that a tariff is paid from; empty if there is no such user. */
    static Optional<Purse> open(Tx tx, UUID userId, Tariff tariff, FreePlays freePlays) {
        return tariff == Tariff.FREE
                ? tx.read(FREE_PLAYS, userId).map(row -> new Plays(row, freePlays.today(tx, row.value())))
                : tx.read(WALLETS, userId).map(Cash::new);
    }

    /** Why so many shares at this cost cannot be paid, or empty if they can. */
    Optional<Refusal> refuses(int shares, Money cost);

    /** Pays for a participation. */
    Paid pay(Tx tx, ParticipationRow participation);

    /**
     * What the user has after it.
     *
     * @param freePlaysLeft the plays left today, or null if none were used
     */
    record Paid(View<WalletRow> wallet, @Nullable Integer freePlaysLeft) {}

    /** The balance. */
    record Cash(Row<WalletRow> wallet) implements Purse {
        @Override
        public Optional<Refusal> refuses(int shares, Money cost) {
            Money balance = wallet.value().balance();
            return balance.compareTo(cost) < 0
                    ? Optional.of(new Refusal.InsufficientBalance(
                            wallet.value().userId(), BalanceType.BALANCE, balance, cost))
                    : Optional.empty();
        }

        @Override
        public Paid pay(Tx tx, ParticipationRow participation) {
            Money cost = Money.ofCents(participation.costCents());
            Row<WalletRow> paid = tx.update(wallet, w -> w.paying(cost));
            book(
                    tx,
                    "participation:" + participation.id(),
                    LedgerType.PARTICIPATE,
                    participation.userId(),
                    BalanceType.BALANCE,
                    cost.negated(),
                    paid.value().balance(),
                    paid.version(),
                    null);
            return new Paid(view(paid), null);
        }
    }

    /**
     * The free plays.
     *
     * @param plays as they are stored
     * @param today as they are today
     */
    record Plays(Row<FreePlaysRow> plays, FreePlaysRow today) implements Purse {
        @Override
        public Optional<Refusal> refuses(int shares, Money cost) {
            return today.freeDailyCount() < shares
                    ? Optional.of(new Refusal.InsufficientFreePlays(today.userId(), today.freeDailyCount(), shares))
                    : Optional.empty();
        }

        @Override
        public Paid pay(Tx tx, ParticipationRow participation) {
            int left = today.freeDailyCount() - participation.sharesCount();
            tx.update(plays, p -> new FreePlaysRow(p.userId(), left, today.lastFreeResetDate()));
            // For showing only: what happens to the balance meanwhile is no reason to play again.
            return new Paid(tx.peek(WALLETS, today.userId()).orElseThrow(), left);
        }
    }
}
