package io.rowlock.internal.claim;

import io.rowlock.Rowlock;
import io.rowlock.claim.Claims;
import io.rowlock.claim.WorkQueue;
import io.rowlock.internal.unit.Errands;
import io.rowlock.internal.unit.Queues;
import io.rowlock.internal.unit.Tying;

/** Makes the work of queues of what a Rowlock offers to guards. */
public final class QueueMaker implements Queues {
    @Override
    public <T, K> Claims<T, K> claims(Rowlock rowlock, Errands errands, Tying tying, WorkQueue<T, K> queue) {
        return new QueueClaims<>(rowlock, errands, tying, new QueueDef<>(queue));
    }
}
