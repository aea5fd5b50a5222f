package io.rowlock.lease;

import io.rowlock.CheckReturnValue;

/** What came of renewing a lease by hand. */
@CheckReturnValue
public sealed interface Renewed {

    /**
     * Its whole length lies ahead again.
     *
     * @param hadExpired whether its length had passed before, and nobody had taken the key
     */
    record Extended(boolean hadExpired) implements Renewed {}

    /**
     * It is lost.
     *
     * @param reason why
     */
    record Lost(LossReason reason) implements Renewed {}

    /** A unit has pinned it, whose lock decides; it is renewed when that ends. */
    record Pinned() implements Renewed {}

    /**
     * The database did not answer; what time was left is left.
     *
     * @param why what failed
     */
    record Unknown(RuntimeException why) implements Renewed {}
}
