package io.rowlock.lease;

/** What giving a lease back came to. May be ignored: the lease is over for its holder in every case. */
public sealed interface Release {

    /**
     * It was held until now; the next may have it. If PostgreSQL crashes in the same moment, the next may have to wait until it
     * expires: giving back waits for no disk.
     */
    record Released() implements Release {}

    /** Its length had passed before; nobody else had been granted the key yet. */
    record AlreadyExpired() implements Release {}

    /**
     * Somebody else was granted the key before, or an operator took it away. Nothing was changed.
     *
     * @param token the key's current token
     */
    record StolenBy(long token) implements Release {}

    /** A unit that it fences is still running: it is given back when that has ended. */
    record AfterUnit() implements Release {}

    /**
     * The database did not answer: it may be given back or not, and expires otherwise.
     *
     * @param why what failed
     */
    record Unknown(RuntimeException why) implements Release {}
}
