package io.rowlock.lease;

/** Where a lease is in its life; it goes through them in this order and never back. */
public enum LeaseState {
    /** Held, as far as this JVM can know. */
    HELD,
    /** Given back by its holder while a unit that it fences was still running; over when that ends. */
    RELEASING,
    /** Given back. */
    RELEASED,
    /** Lost; see {@link Lease#lost}. */
    LOST
}
