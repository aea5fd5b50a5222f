package io.rowlock.app.lottery;

import io.rowlock.Tx;
import io.rowlock.app.limit.CallLimit;
import io.rowlock.app.limit.CallLimit.Exceeded;
import io.rowlock.app.limit.LimitOptions;
import java.util.Optional;
import java.util.UUID;

/**
 * How often a user may buy, as {@link CallLimit} counts it. To be counted under the lock that the purchase needs anyway.
 *
 * <p>Safe for use by many threads.
 */
final class RateLimit {
    private final CallLimit limit;

    RateLimit(LimitOptions options) {
        limit = new CallLimit(options);
    }

    /** Looks whether a user has come too often, without a lock: to be asked before locks are taken. */
    Optional<Refusal.RateLimited> exceeded(Tx tx, UUID userId) {
        return limit.exceeded(tx, subject(userId)).map(exceeded -> refusal(userId, exceeded));
    }

    /** Counts a purchase of a user, or refuses it. */
    Optional<Refusal.RateLimited> count(Tx tx, UUID userId) {
        return limit.count(tx, subject(userId)).map(exceeded -> refusal(userId, exceeded));
    }

    private static Refusal.RateLimited refusal(UUID userId, Exceeded exceeded) {
        return new Refusal.RateLimited(userId, exceeded.max(), exceeded.windowSeconds(), exceeded.retryAfterSeconds());
    }

    private static String subject(UUID userId) {
        return "purchase:" + userId;
    }
}
