package io.rowlock.internal.unit;

import io.rowlock.Key;
import io.rowlock.LeaseLost;

/** A lease, as a unit that is fenced by it sees it. Thread-safe. */
public interface Fenced {
    Key key();

    /** Its own token. */
    long token();

    /** The first token of the acquisition that it is part of, which is what stands in the database. */
    long firstToken();

    /** When it was granted, by the monotonic clock. */
    long grantedNanos();

    /**
     * A unit begins to stand on it. Until it leaves, the lease is neither passed on nor given back.
     *
     * @throws LeaseLost if it is over
     */
    void join();

    /**
     * A unit that has joined is about to lock its row, so that time does not end it.
     *
     * @throws LeaseLost if it is known to be over; not if it is to be given back after the unit
     */
    void pin();

    /** Its row is not locked any more, and the unit goes on. */
    void unpin();

    /**
     * The unit has ended.
     *
     * @param pinned whether it had its row locked until then
     * @param unknown whether its commit may still come: then nobody in this JVM is given the lease after it
     */
    void leave(boolean pinned, boolean unknown);

    /**
     * The attempt is about to commit.
     *
     * @throws LeaseLost if it is known to be over
     */
    void requireCommittable();

    /**
     * The database has refused it.
     *
     * @param currentToken the key's token now, 0 if it has none
     * @param forced whether an operator took the key away from whoever had it last
     * @return what the unit's caller is told
     */
    LeaseLost refused(long currentToken, boolean forced);
}
