package io.rowlock.watch.trace;

import java.util.List;

/**
 * How much of a program is in a trace. A finding is worth as much as this is; "nothing found" too.
 *
 * @param parsed statements that were understood
 * @param byWords statements that were not parsed: some of their accesses may be missing, and any row may be meant
 * @param neutral statements that reach no row
 * @param texts the distinct texts of those that were not parsed, the first ones
 * @param droppedStatements steps that came when the recorder was full
 * @param droppedRows rows of answers beyond those that are kept
 */
public record Coverage(
        long parsed, long byWords, long neutral, List<String> texts, long droppedStatements, long droppedRows) {
    public Coverage {
        texts = List.copyOf(texts);
    }

    /** Whether all that happened is in the trace, and was understood. */
    public boolean isComplete() {
        return byWords == 0 && droppedStatements == 0;
    }
}
