package io.rowlock.lab.internal.run;

import io.rowlock.watch.trace.Access;
import java.util.List;

/**
 * What is known of a statement before it runs.
 *
 * @param accesses what it does to rows
 * @param control what it does to its transaction
 * @param neutral whether nobody can tell when it ran: it asks for no rows and holds nothing
 * @param understood whether that is all that it does
 */
public record StatementFacts(List<Access> accesses, Control control, boolean neutral, boolean understood) {

    /** Transaction control in SQL. */
    public enum Control {
        NONE,
        BEGIN,
        /** Begins, and takes the one writer's lock or the snapshot at once. */
        BEGIN_AT_ONCE,
        COMMIT,
        ROLLBACK
    }

    /** Reads statements. Safe for use by many threads. */
    @FunctionalInterface
    public interface Reader {
        StatementFacts read(io.rowlock.watch.jdbc.JdbcStep step);
    }
}
