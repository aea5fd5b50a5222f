package io.rowlock.claim;

import java.time.Duration;

/**
 * One item in the hands of one worker, for a time. Who it is, is its key and token: not a thread, not a process.
 *
 * <p>It is ended in a unit of work, by {@link Claims#complete}, {@link Claims#fail}, {@link Claims#release} or
 * {@link Claims#again}. A claim that runs out is not ended by that: the item may be taken by anybody then, and until somebody has,
 * this claim can still be ended or renewed. What counts is the token.
 *
 * <p>Safe for use by many threads.
 */
public interface Claim<T, K> {

    /** The name of the queue. */
    String queue();

    /** The item as it was when it was taken. For showing and working with; a unit that changes the row reads it again. */
    T item();

    /** The item's key. */
    K key();

    /**
     * The claim's number: larger than that of each claim on this item before, also where the row was deleted and came back under its
     * key, or the database was restored, as long as the database's clock goes forward.
     */
    long token();

    /** Which try of the item this is, from 1. */
    int attempt();

    /** Whether the item is parked if this try fails. */
    boolean isLastAttempt();

    /**
     * How much of the claim is left: by the monotonic clock of this machine, counted from before it was asked for, so that it is
     * rather too little than too much. Zero once it has run out, is lost or was ended.
     */
    Duration remaining();

    /** Whether it has been found out that the item is no longer this claim's. */
    boolean isLost();
}
