package io.rowlock.batch;

import io.rowlock.CheckReturnValue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of a batch.
 *
 * @param results what became of each item, in the order in which the items were given
 * @param repeated how many of the results are stored ones of an earlier run, whose items were not run again
 * @param <R> what an item answers
 */
@CheckReturnValue
public record BatchReport<R extends @Nullable Object>(List<ItemResult<R>> results, int repeated) {
    public BatchReport {
        results = List.copyOf(results);
    }

    /** How many items are done, in this run or an earlier one. */
    public int applied() {
        return count(ItemResult.Applied.class);
    }

    /** How many items were refused. */
    public int refused() {
        return count(ItemResult.Refused.class);
    }

    /** How many items failed; run a resumable batch again for these. */
    public int failed() {
        return count(ItemResult.Failed.class);
    }

    private int count(Class<?> kind) {
        return (int) results.stream().filter(kind::isInstance).count();
    }
}
