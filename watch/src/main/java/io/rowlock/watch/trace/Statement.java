package io.rowlock.watch.trace;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One executed SQL text; of a batch each call is one.
 *
 * @param sequence its place among all steps of the recorder, so that steps of different connections can be ordered
 * @param sql as the program wrote it
 * @param values of its parameters
 * @param accesses what it did to rows
 * @param rows of its answer, those that the program fetched, within the recorder's bounds
 * @param exhausted whether these are all rows of its answer
 * @param updateCount how many rows it changed; null if it answers rows, or the driver does not say
 * @param failure what went wrong, or null
 * @param callSite where in the program
 * @param startedNanos when it was sent, by {@link System#nanoTime}
 * @param nanos how long it took
 */
public record Statement(
        long sequence,
        String sql,
        List<Value> values,
        List<Access> accesses,
        List<Row> rows,
        boolean exhausted,
        @Nullable Long updateCount,
        @Nullable Failure failure,
        CallSite callSite,
        long startedNanos,
        long nanos) {
    public Statement {
        values = List.copyOf(values);
        accesses = List.copyOf(accesses);
        rows = List.copyOf(rows);
    }
}
