package io.rowlock.app.lottery;

import static io.rowlock.app.lottery.Ledger.book;
import static io.rowlock.app.lottery.LotteryTables.balances;
import static io.rowlock.app.lottery.LotteryTables.view;
import static io.rowlock.app.lottery.Outcome.done;
import static io.rowlock.app.lottery.Outcome.refused;

import io.rowlock.Row;
import io.rowlock.Rowlock;
import io.rowlock.Tx;
import io.rowlock.Unit;
import io.rowlock.Version;
import io.rowlock.View;
import io.rowlock.app.lottery.LotteryTables.BalanceRow;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Changes of single balances. Safe for use by many threads. */
final class Balances {
    private static final Unit CHANGE_BALANCE = Unit.named("lottery-change-balance");

    private final Rowlock rowlock;

    Balances(Rowlock rowlock) {
        this.rowlock = rowlock;
    }

    /**
     * Adds to a balance or deducts from it, and books it.
     *
     * @param expected the version the caller has seen, or null to change whatever is there
     * @return the balance as it now is
     */
    Outcome<View<BalanceRow>> change(
            UUID userId,
            BalanceType type,
            BalanceOperation operation,
            Money amount,
            @Nullable String description,
            @Nullable Version expected) {
        return rowlock.transact(
                CHANGE_BALANCE, tx -> change(tx, userId, type, operation, amount, description, expected));
    }

    /** The same as a part of a unit, which changes no balance twice. */
    static Outcome<View<BalanceRow>> change(
            Tx tx,
            UUID userId,
            BalanceType type,
            BalanceOperation operation,
            Money amount,
            @Nullable String description,
            @Nullable Version expected) {
        if (Limits.refuses(amount)) {
            return refused(Limits.outOfRange(amount));
        }
        Optional<Row<BalanceRow>> found = tx.read(balances(type), userId);
        if (found.isEmpty()) {
            return refused(new Refusal.UnknownUser(userId));
        }
        Row<BalanceRow> balance = found.get();
        if (expected != null && !expected.equals(balance.version())) {
            return new Outcome.Conflict<>(view(balance), expected, balance.version());
        }
        Money before = balance.value().amount();
        Money change = operation == BalanceOperation.ADD ? amount : amount.negated();
        Money after = before.plus(change);
        if (after.compareTo(Money.ZERO) < 0) {
            return refused(new Refusal.InsufficientBalance(userId, type, before, amount));
        }
        Row<BalanceRow> changed = tx.update(balance, b -> b.withAmount(after));
        book(
                tx,
                "balance:"
                        + tx.newId(type + "/" + userId + "/" + changed.version().number()),
                operation == BalanceOperation.ADD ? LedgerType.ADD : LedgerType.DEDUCT,
                userId,
                type,
                change,
                after,
                changed.version(),
                description);
        return done(view(changed));
    }
}
