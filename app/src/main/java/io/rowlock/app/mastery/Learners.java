package io.rowlock.app.mastery;

import io.rowlock.app.http.Idempotent;
import io.rowlock.app.mastery.MasteryTables.StateRow;
import io.rowlock.cache.Cache;
import io.rowlock.cache.Cached;
import io.rowlock.cache.Region;
import io.rowlock.cache.RegionSpec;
import java.util.Optional;

/**
 * Where learners are looked at: through the cache, which answers nothing older than the last change that was acknowledged, on whichever
 * server. What is decided on is never read here: units lock and read the rows themselves.
 *
 * <p>Safe for use by many threads.
 */
final class Learners {
    /** What the tier that all servers share has of a learner; nothing is kept in a JVM, where it could be older for a moment. */
    private static final RegionSpec<String, StateRow> STATES = RegionSpec.of(
                    MasteryTables.STATES, Idempotent.stored(StateRow.class))
            .withoutLocal();

    private final Region<String, StateRow> states;

    /** @param cache that has no region of learners yet; before anything is written */
    Learners(Cache cache) {
        this.states = cache.region(STATES);
    }

    /** How a user is, to be shown; empty if nobody of this id has answered anything. */
    Optional<Cached<StateRow>> find(String userId) {
        return states.get(userId);
    }
}
