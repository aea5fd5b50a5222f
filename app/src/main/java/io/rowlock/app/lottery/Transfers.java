package io.rowlock.app.lottery;

import static io.rowlock.app.lottery.LotteryTables.BALANCES;
import static io.rowlock.app.lottery.LotteryTables.LUCKY_COINS;
import static io.rowlock.app.lottery.LotteryTables.view;
import static io.rowlock.app.lottery.Outcome.done;
import static io.rowlock.app.lottery.Outcome.refused;

import io.rowlock.Row;
import io.rowlock.Rowlock;
import io.rowlock.Tx;
import io.rowlock.Unit;
import io.rowlock.View;
import io.rowlock.app.lottery.LotteryTables.BalanceRow;
import java.util.Optional;
import java.util.UUID;

/** Lucky coins for money, one for one. Safe for use by many threads. */
final class Transfers {
    private static final Unit TRANSFER = Unit.named("lottery-transfer");

    private final Rowlock rowlock;

    Transfers(Rowlock rowlock) {
        this.rowlock = rowlock;
    }

    /** Makes lucky coins of a part of the balance. Two balances of one user change, each with a booking of its own. */
    Outcome<Transferred> toLuckyCoins(UUID userId, Money amount) {
        if (Limits.refuses(amount)) {
            return refused(Limits.outOfRange(amount));
        }
        return rowlock.transact(TRANSFER, tx -> {
            Optional<Row<BalanceRow>> source = tx.read(BALANCES, userId);
            Optional<Row<BalanceRow>> target = tx.read(LUCKY_COINS, userId);
            if (source.isEmpty() || target.isEmpty()) {
                return refused(new Refusal.UnknownUser(userId));
            }
            Money before = source.get().value().amount();
            if (before.compareTo(amount) < 0) {
                return refused(new Refusal.InsufficientBalance(userId, BalanceType.BALANCE, before, amount));
            }
            String transfer = "transfer:" + tx.newId("transfer");
            Row<BalanceRow> balance = change(
                    tx,
                    transfer + ":out",
                    LedgerType.TRANSFER_OUT,
                    BalanceType.BALANCE,
                    source.get(),
                    amount.negated());
            Row<BalanceRow> coins =
                    change(tx, transfer + ":in", LedgerType.TRANSFER_IN, BalanceType.LUCKY_COINS, target.get(), amount);
            return done(new Transferred(view(balance), view(coins)));
        });
    }

    private static Row<BalanceRow> change(
            Tx tx,
            String operationId,
            LedgerType type,
            BalanceType balanceType,
            Row<BalanceRow> balance,
            Money change) {
        Money after = balance.value().amount().plus(change);
        Row<BalanceRow> changed = tx.update(balance, b -> b.withAmount(after));
        Ledger.book(
                tx, operationId, type, balance.value().userId(), balanceType, change, after, changed.version(), null);
        return changed;
    }

    /** Both balances as a transfer left them. */
    record Transferred(View<BalanceRow> balance, View<BalanceRow> luckyCoins) {}
}
