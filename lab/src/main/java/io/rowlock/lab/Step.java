package io.rowlock.lab;

import io.rowlock.watch.trace.Access;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A step of a run, as it was taken.
 *
 * @param move what it is called in the schedule
 * @param sql its statement, or what it does if it is none: COMMIT, ROLLBACK, the name of a step of another kind
 * @param values that were bound
 * @param rows the first rows that the program fetched
 * @param updated how many rows it changed, if it tells
 * @param failure what the database answered instead: kind, SQLSTATE and the first line of its message
 * @param waited whether it had to wait for another actor
 * @param recognised how long after its move it was known to wait, if it had to
 * @param endedDuring the number of the step, from 0, during which it ended; its own if it did not have to wait
 * @param accesses what it does to rows; empty if its statement was not understood
 * @param transaction the number of its transaction among those of its actor, from 1; 0 if it belongs to none
 * @param fixesView whether what the transaction's plain reads see from now on is decided here, if that is known
 * @param ends whether its transaction ends here: a statement in autocommit ends its own
 */
public record Step(
        Move move,
        String sql,
        List<@Nullable Object> values,
        List<Map<String, @Nullable Object>> rows,
        Optional<Long> updated,
        Optional<String> failure,
        boolean waited,
        Optional<Duration> recognised,
        int endedDuring,
        List<Access> accesses,
        int transaction,
        boolean fixesView,
        boolean ends) {
    public Step {
        values = Collections.unmodifiableList(values);
        rows = List.copyOf(rows);
        accesses = List.copyOf(accesses);
    }
}
