package io.rowlock.cache;

import org.jspecify.annotations.Nullable;

/** Taken in a unit by {@link Cache#receiptOf}, and good for its token when the unit is committed. Safe for use by many threads. */
public final class WriteReceipt {
    private volatile @Nullable WriteToken token;

    WriteReceipt() {}

    void complete(WriteToken written) {
        token = written;
    }

    /**
     * What the unit has written in the cache's regions.
     *
     * @throws IllegalStateException if the unit is not committed
     */
    public WriteToken token() {
        WriteToken known = token;
        if (known == null) {
            throw new IllegalStateException("The unit is not committed: ask for the token after rowlock.transact(...)");
        }
        return known;
    }
}
