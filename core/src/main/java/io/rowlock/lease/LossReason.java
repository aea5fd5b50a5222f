package io.rowlock.lease;

/** Why a lease was lost. */
public enum LossReason {
    /** Its length passed on this JVM's monotonic clock without a renewal that was answered; nobody else need have it yet. */
    EXPIRED,
    /** Another acquisition has the key. */
    TAKEN_OVER,
    /** It was taken away by {@link Leases#forceRelease}. */
    FORCED,
    /** It was held for as long as {@link LeaseOptions#maxHold} allows, and was not renewed any more. */
    MAX_HOLD
}
