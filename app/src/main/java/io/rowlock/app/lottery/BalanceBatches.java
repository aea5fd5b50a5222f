package io.rowlock.app.lottery;

import io.rowlock.CommitOutcomeUnknown;
import io.rowlock.DatabaseFailure;
import io.rowlock.LockTimeout;
import io.rowlock.RetriesExhausted;
import io.rowlock.View;
import io.rowlock.app.lottery.LotteryTables.BalanceRow;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
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

    /** Applies all; the results stand in the order of the items. */
    List<Result> apply(List<Item> items) {
        List<Result> results = new ArrayList<>(Collections.nCopies(items.size(), new Result.Unknown()));
        boolean databaseAway = false;
        for (int i : sorted(items)) {
            Result result = databaseAway ? new Result.Failed("DATABASE_UNAVAILABLE") : apply(items.get(i));
            databaseAway =
                    result instanceof Result.Failed failed && failed.code().equals("DATABASE_UNAVAILABLE");
            results.set(i, result);
        }
        return results;
    }

    private static List<Integer> sorted(List<Item> items) {
        return IntStream.range(0, items.size())
                .boxed()
                .sorted(Comparator.comparing(i -> items.get(i).userId()))
                .toList();
    }

    private Result apply(Item item) {
        try {
            return balances.change(
                            item.userId(),
                            item.balanceType(),
                            item.operation(),
                            item.amount(),
                            item.description(),
                            null)
                    .fold(Result.Applied::new, Result.Refused::new, conflict -> {
                        throw new IllegalStateException("A change without a version met a conflict: " + conflict);
                    });
        } catch (RetriesExhausted | LockTimeout contention) {
            return new Result.Failed("CONTENTION");
        } catch (CommitOutcomeUnknown unknown) {
            return new Result.Unknown();
        } catch (DatabaseFailure failure) {
            return switch (failure.kind()) {
                case NO_CONNECTION, ACCESS_DENIED, CONNECTION_LOST, STORAGE, CANCELLED ->
                    new Result.Failed("DATABASE_UNAVAILABLE");
                default -> throw failure;
            };
        }
    }
}
