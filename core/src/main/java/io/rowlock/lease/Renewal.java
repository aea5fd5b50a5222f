package io.rowlock.lease;

/** Who keeps a lease from expiring. */
public enum Renewal {
    /** Rowlock, each time a third of the length has passed, until the lease is given back or its longest hold is over. */
    AUTOMATIC,
    /** The holder, by {@link Lease#renew}. */
    BY_HAND
}
