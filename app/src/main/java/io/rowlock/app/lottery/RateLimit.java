package io.rowlock.app.lottery;

import static io.rowlock.app.lottery.LotteryTables.RATE_LIMITS;

import io.rowlock.Row;
import io.rowlock.Tx;
import io.rowlock.app.lottery.LotteryTables.RateLimitRow;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * How often a user may buy: so many purchases within a window that slides, counted in one row for each user, so that all
 * instances of the service on one database share the count.
 *
 * <p>What is counted belongs to the purchase's unit: a purchase that fails as a whole was none; one that a rule refused was
 * one. Times are those of the instances; what their clocks differ by is what the window is inexact by.
 *
 * <p>Safe for use by many threads.
 */
final class RateLimit {
    private final int max;
    private final Duration window;

    RateLimit(LotteryOptions.RateLimit options) {
        this.max = options.max();
        this.window = options.window();
    }

    /**
     * Looks whether a user has come too often, without a lock: to be asked before locks are taken, so that who comes too
     * often stands in nobody's way.
     */
    Optional<Refusal.RateLimited> exceeded(Tx tx, UUID userId) {
        if (max == 0
                || tx.peek(RATE_LIMITS, subject(userId))
                        .flatMap(row -> refusal(row.value(), userId, tx.now()))
                        .isEmpty()) {
            return Optional.empty();
        }
        return tx.read(RATE_LIMITS, subject(userId)).flatMap(row -> refusal(row.value(), userId, tx.now()));
    }

    /**
     * Counts a purchase of a user, or refuses it. To be asked under the lock that the purchase needs anyway: then those of
     * one user come one after another and need not run again because of each other.
     */
    Optional<Refusal.RateLimited> count(Tx tx, UUID userId) {
        if (max == 0) {
            return Optional.empty();
        }
        long now = tx.now().toEpochMilli();
        Optional<Row<RateLimitRow>> found = tx.read(RATE_LIMITS, subject(userId));
        if (found.isEmpty()) {
            tx.insert(RATE_LIMITS, new RateLimitRow(subject(userId), Long.toString(now)));
            return Optional.empty();
        }
        Row<RateLimitRow> row = found.get();
        Optional<Refusal.RateLimited> refusal = refusal(row.value(), userId, tx.now());
        if (refusal.isEmpty()) {
            String hits = LongStream.concat(recent(row.value(), tx.now()), LongStream.of(now))
                    .sorted()
                    .mapToObj(Long::toString)
                    .collect(Collectors.joining(","));
            tx.update(row, r -> new RateLimitRow(r.subject(), hits));
        }
        return refusal;
    }

    private Optional<Refusal.RateLimited> refusal(RateLimitRow row, UUID userId, Instant now) {
        long[] recent = recent(row, now).toArray();
        if (recent.length < max) {
            return Optional.empty();
        }
        // There is room again once so many have left the window that one less than the most is in it.
        Instant room = Instant.ofEpochMilli(recent[recent.length - max]).plus(window);
        // Who has waited for a lock since it began can find counts that are younger than itself.
        long seconds = Duration.between(now, room).plusMillis(999).toSeconds();
        return Optional.of(new Refusal.RateLimited(
                userId, max, window.toSeconds(), Math.max(1, Math.min(seconds, window.toSeconds()))));
    }

    private LongStream recent(RateLimitRow row, Instant now) {
        long since = now.minus(window).toEpochMilli();
        return Arrays.stream(row.hits().split(",")).mapToLong(Long::parseLong).filter(hit -> hit > since);
    }

    private static String subject(UUID userId) {
        return "purchase:" + userId;
    }
}
