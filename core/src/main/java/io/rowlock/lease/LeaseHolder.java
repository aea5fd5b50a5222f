package io.rowlock.lease;

import io.rowlock.Key;
import java.time.Duration;
import java.time.Instant;

/**
 * Who has a lease, as its row in the database says. Times are the database's.
 *
 * @param key what is held
 * @param firstToken the first token of this acquisition
 * @param token the last token that it may hand out; the same unless it passes the lease on within its JVM
 * @param owner the label that its {@linkplain LeaseOptions#owner options} gave it
 * @param actor who, for the search for deadlocks
 * @param callSite where in the code it was asked for
 * @param grantedAt when this acquisition was granted
 * @param renewedAt when it was renewed last
 * @param remaining until it expires; negative once it has
 * @param here whether a lease of this JVM's own has it
 */
public record LeaseHolder(
        Key key,
        long firstToken,
        long token,
        String owner,
        String actor,
        String callSite,
        Instant grantedAt,
        Instant renewedAt,
        Duration remaining,
        boolean here) {}
