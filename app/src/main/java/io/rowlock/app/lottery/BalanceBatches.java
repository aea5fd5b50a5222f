package io.rowlock.app.lottery;

import io.rowlock.CommitOutcomeUnknown;
import io.rowlock.DatabaseFailure;
import io.rowlock.LockTimeout;
import io.rowlock.RetriesExhausted;
import io.rowlock.RowlockException;
import io.rowlock.View;
import io.rowlock.app.lottery.LotteryTables.BalanceRow;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Many changes of balances, each for itself: one that is refused or fails leaves the others alone.
 *
 * <p>They run as short units, one after the other, sorted by user: two batches of the same users follow each other instead of
 * crossing, and none holds one balance while it waits for another. Of one user they run in the caller's order.
 *
 * <p>Safe for use by many threads.
 */
final class BalanceBatches {
    /** The most changes of one batch. */
    static final int ITEMS_MAX = 500;

    private static final String DATABASE_AWAY = "DATABASE_UNAVAILABLE";

    private final Balances balances;

    BalanceBatches(Balances balances) {
        this.balances = balances;
    }

    /** One change. */
    record Item(
            UUID userId,
            BalanceType balanceType,
            BalanceOperation operation,
            Money amount,
            @Nullable String description) {}

    /** What became of an item. */
    sealed interface Result {
        /** Done and committed; the balance is as this change left it. */
        record Applied(View<BalanceRow> balance) implements Result {}

        /** Refused by a rule. */
        record Refused(Refusal why) implements Result {}

        /** Not done for a reason that may pass, said by the code of an error. */
        record Failed(String code) implements Result {}

        /** Stored or not: the connection broke during its commit. */
        record Unknown() implements Result {}

        /** One function per case; all must be given. */
        default <R> R fold(
                Function<? super Applied, ? extends R> applied,
                Function<? super Refused, ? extends R> refused,
                Function<? super Failed, ? extends R> failed,
                Function<? super Unknown, ? extends R> unknown) {
            if (this instanceof Applied a) {
                return applied.apply(a);
            }
            if (this instanceof Refused r) {
                return refused.apply(r);
            }
            return this instanceof Failed f ? failed.apply(f) : unknown.apply((Unknown) this);
        }
    }

    /**
     * Runs all.
     *
     * @param each does one item by {@link #apply}, given its place and itself
     * @param failed makes an answer of a failure at a place
     * @return what they answered, in the order of the items
     */
    <A> List<A> run(List<Item> items, BiFunction<Integer, Item, A> each, BiFunction<Integer, Result, A> failed) {
        SortedMap<Integer, A> answers = new TreeMap<>();
        boolean databaseAway = false;
        for (int i : sorted(items)) {
            if (databaseAway) {
                answers.put(i, failed.apply(i, new Result.Failed(DATABASE_AWAY)));
                continue;
            }
            try {
                answers.put(i, each.apply(i, items.get(i)));
            } catch (RowlockException failure) {
                Result result = result(failure);
                databaseAway = result.equals(new Result.Failed(DATABASE_AWAY));
                answers.put(i, failed.apply(i, result));
            }
        }
        return List.copyOf(answers.values());
    }

    private static List<Integer> sorted(List<Item> items) {
        return IntStream.range(0, items.size())
                .boxed()
                .sorted(Comparator.comparing(i -> items.get(i).userId()))
                .toList();
    }

    /** Does one item in a unit of its own. */
    Result apply(Item item) {
        return balances.change(
                        item.userId(), item.balanceType(), item.operation(), item.amount(), item.description(), null)
                .fold(Result.Applied::new, Result.Refused::new, conflict -> {
                    throw new IllegalStateException("A change without a version met a conflict: " + conflict);
                });
    }

    private static Result result(RowlockException thrown) {
        if (thrown instanceof CommitOutcomeUnknown) {
            return new Result.Unknown();
        }
        if (thrown instanceof RetriesExhausted || thrown instanceof LockTimeout) {
            return new Result.Failed("CONTENTION");
        }
        if (thrown instanceof DatabaseFailure failure) {
            return switch (failure.kind()) {
                case NO_CONNECTION, ACCESS_DENIED, CONNECTION_LOST, STORAGE, CANCELLED ->
                    new Result.Failed(DATABASE_AWAY);
                default -> throw thrown;
            };
        }
        throw thrown;
    }
}
