package io.rowlock.cache;

import org.jspecify.annotations.Nullable;

/**
 * The shared tier was not to be had in time, or refused. Between a {@link SharedTier} and its cache; users of the cache never see it.
 */
public final class TierAway extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String during;

    /**
     * Away.
     *
     * @param during which step was to be done: constant text
     * @param why without a password or a value
     */
    public TierAway(String during, String why, @Nullable Throwable cause) {
        super("The shared tier is away (during=" + during + ", why=" + why + ")", cause);
        this.during = during;
    }

    /** Which step was to be done. */
    public String during() {
        return during;
    }
}
