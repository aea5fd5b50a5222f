package io.rowlock.lease;

import java.time.Duration;
import java.util.Objects;

/**
 * How a lease is held. Immutable; {@link #defaults} fits most.
 *
 * @param length how long the lease runs without a renewal, by the database's clock; default 30 s, at least 100 ms, at the most
 *     one day. After a crash of the holder the key stays taken for this long, and a database that is away for longer loses
 *     the lease
 * @param renewal who renews it; default {@link Renewal#AUTOMATIC}
 * @param maxHold after how long automatic renewal ends, so that work that hangs does not keep the key for ever; default 1 h, at
 *     least the length. The lease then expires and is lost
 * @param reentrant whether the actor that holds the key is given it again, with the same token, and the key is freed when the
 *     last of these leases is given back; default false: a second acquire by the same actor is refused at once, since it
 *     would wait for itself
 * @param owner a label that people are shown; default the host and process. At most 200 characters
 * @param actor who holds and waits, for the search for deadlocks and for re-entry; empty (default) for the acquiring thread. It
 *     never decides ownership. At most 100 characters
 */
public record LeaseOptions(
        Duration length, Renewal renewal, Duration maxHold, boolean reentrant, String owner, String actor) {
    private static final Duration LENGTH_MIN = Duration.ofMillis(100);
    private static final Duration LENGTH_MAX = Duration.ofDays(1);
    private static final int OWNER_MAX = 200;
    private static final int ACTOR_MAX = 100;
    private static final LeaseOptions DEFAULTS =
            new LeaseOptions(Duration.ofSeconds(30), Renewal.AUTOMATIC, Duration.ofHours(1), false, "", "");

    public LeaseOptions {
        Objects.requireNonNull(renewal, "renewal");
        if (length.compareTo(LENGTH_MIN) < 0 || length.compareTo(LENGTH_MAX) > 0) {
            throw new IllegalArgumentException(
                    "A lease runs between " + LENGTH_MIN + " and " + LENGTH_MAX + " (length=" + length + ")");
        }
        if (maxHold.compareTo(length) < 0) {
            throw new IllegalArgumentException("A lease may be held for its length at least (maxHold=" + maxHold
                    + ", length=" + length + "): call withMaxHold before withLength for a longer one");
        }
        if (owner.length() > OWNER_MAX || actor.length() > ACTOR_MAX) {
            throw new IllegalArgumentException("A label is short (owner=" + owner.length() + " characters, at most "
                    + OWNER_MAX + "; actor=" + actor.length() + ", at most " + ACTOR_MAX + ")");
        }
    }

    /** All options at their defaults. */
    public static LeaseOptions defaults() {
        return DEFAULTS;
    }

    public LeaseOptions withLength(Duration length) {
        return new LeaseOptions(length, renewal, maxHold, reentrant, owner, actor);
    }

    public LeaseOptions withRenewal(Renewal renewal) {
        return new LeaseOptions(length, renewal, maxHold, reentrant, owner, actor);
    }

    public LeaseOptions withMaxHold(Duration maxHold) {
        return new LeaseOptions(length, renewal, maxHold, reentrant, owner, actor);
    }

    public LeaseOptions withReentrant(boolean reentrant) {
        return new LeaseOptions(length, renewal, maxHold, reentrant, owner, actor);
    }

    public LeaseOptions withOwner(String owner) {
        return new LeaseOptions(length, renewal, maxHold, reentrant, owner, actor);
    }

    public LeaseOptions withActor(String actor) {
        return new LeaseOptions(length, renewal, maxHold, reentrant, owner, actor);
    }
}
