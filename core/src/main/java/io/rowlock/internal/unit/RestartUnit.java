package io.rowlock.internal.unit;

import io.rowlock.event.RowlockEvent.Cause;
import org.jspecify.annotations.Nullable;

/**
 * Ends an attempt from wherever it is. An Error without a stack, so that a body's {@code catch (Exception e)} lets it pass;
 * should a body swallow it all the same, the attempt remembers it and does not commit.
 */
final class RestartUnit extends Error {
    private static final long serialVersionUID = 1;

    private final Cause reason;
    private final transient @Nullable Entry<?, ?> stale;

    RestartUnit(Cause reason, @Nullable Entry<?, ?> stale, @Nullable Throwable cause) {
        super(
                "The unit runs again (reason=" + reason + (stale == null ? "" : ", row=" + stale.id) + ")",
                cause,
                true,
                false);
        this.reason = reason;
        this.stale = stale;
    }

    static RestartUnit changed(Entry<?, ?> stale) {
        return new RestartUnit(Cause.CHANGED_READ, stale, null);
    }

    Cause reason() {
        return reason;
    }

    /** The row that had changed, if one is known. */
    @Nullable
    Entry<?, ?> stale() {
        return stale;
    }
}
