package io.rowlock;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A lease is no longer its holder's: it expired, was taken over, was forced away or was given back. A unit that was
 * {@linkplain Tx#fence fenced} by it stores nothing and is not run again; whoever holds the key now decides.
 *
 * <p>Facts: {@code key}, {@code token}, {@code reason}, and {@code currentToken} where the database was asked.
 */
public final class LeaseLost extends RowlockException {
    private static final long serialVersionUID = 1;

    public LeaseLost(Map<String, Object> facts, @Nullable Throwable cause) {
        super("Lease lost", facts, cause);
    }
}
