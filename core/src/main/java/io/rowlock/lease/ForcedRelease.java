package io.rowlock.lease;

import io.rowlock.CheckReturnValue;

/** What taking a lease away came to. */
@CheckReturnValue
public sealed interface ForcedRelease {

    /**
     * The key is free, and units fenced by the old token are refused from now on. An audit row says why.
     *
     * @param token the key's token now, above every one that was handed out
     */
    record Forced(long token) implements ForcedRelease {}

    /**
     * The key has another token than the one that was to be taken away.
     *
     * @param token the key's current token
     */
    record AnotherToken(long token) implements ForcedRelease {}

    /** Nobody has the key. */
    record NotHeld() implements ForcedRelease {}
}
