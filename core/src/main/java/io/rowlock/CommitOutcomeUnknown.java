package io.rowlock;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The connection broke while the commit was under way: the unit's writes are stored completely or not at all, and it
 * cannot be told from here which. Never retried by Rowlock, because a blind retry is how a counter runs twice. Look for
 * the unit's effect under an id of your own, or run it under a once-key ({@link Rowlock#once}), which finds out.
 */
public final class CommitOutcomeUnknown extends RowlockException {
    private static final long serialVersionUID = 1;

    public CommitOutcomeUnknown(Map<String, Object> facts, @Nullable Throwable cause) {
        super("Commit outcome unknown", facts, cause);
    }
}
