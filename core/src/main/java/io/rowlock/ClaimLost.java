package io.rowlock;

import java.util.Map;

/**
 * The item of a work queue is no longer this claim's: the claim had run out and somebody else has taken the item since, or it was
 * ended, or the row is gone. The unit that was to end the claim has stored nothing, and is not run again.
 */
public final class ClaimLost extends RowlockException {
    private static final long serialVersionUID = 1;

    public ClaimLost(Map<String, Object> facts) {
        super("Claim lost", facts, null);
    }
}
