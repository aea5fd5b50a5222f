package io.rowlock.lease;

import io.rowlock.Key;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * Who waits for a lease. Waits are written down once they have lasted a tenth of a second.
 *
 * @param id of this wait
 * @param key what is waited for
 * @param owner the label that its {@linkplain LeaseOptions#owner options} gave it
 * @param actor who, for the search for deadlocks
 * @param callSite where in the code it waits
 * @param since when it was written down, by the database's clock
 * @param holds what the actor holds meanwhile
 */
public record LeaseWaiter(
        UUID id, Key key, String owner, String actor, String callSite, Instant since, List<Held> holds) {

    /** A lease that somebody holds while waiting for another. */
    public record Held(Key key, long token) {}

    public LeaseWaiter {
        holds = List.copyOf(holds);
    }
}
