package io.rowlock;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The thread was interrupted while it waited. Its interrupt flag is set again; nothing of the unit is stored. */
public final class Interrupted extends RowlockException {
    private static final long serialVersionUID = 1;

    public Interrupted(Map<String, Object> facts, @Nullable Throwable cause) {
        super("Interrupted while waiting", facts, cause);
    }
}
