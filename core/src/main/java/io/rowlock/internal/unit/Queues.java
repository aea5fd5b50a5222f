package io.rowlock.internal.unit;

import io.rowlock.Rowlock;
import io.rowlock.claim.Claims;
import io.rowlock.claim.WorkQueue;

/** Makes the work of queues, which stands on units and which units know nothing of. */
public interface Queues {

    /**
     * The work of a queue.
     *
     * @param rowlock whose units end claims
     * @param errands what it asks of the database outside of units
     * @param tying what it adds to units
     */
    <T, K> Claims<T, K> claims(Rowlock rowlock, Errands errands, Tying tying, WorkQueue<T, K> queue);
}
