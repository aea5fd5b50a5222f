package io.rowlock.app.limit;

import io.rowlock.Row;
import io.rowlock.Table;
import io.rowlock.Tx;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * How often somebody may do something: so many calls within a window that slides, counted in one row for each of them, so
 * that all instances of the service on one database share the count.
 *
 * <p>What is counted belongs to the unit of the call: a call that fails as a whole was none, one that a rule refused was one.
 * A call is counted for the time it began, so that of two that began within the window one is refused, however long they
 * take and whichever ends first: the count is checked again when the call commits. Who is overtaken meanwhile by a later call
 * of the same person is the one that is refused.
 *
 * <p><b>Holds when</b> {@link #count} is asked in the unit that does what is limited. <b>Breaks when</b> it is asked in a unit
 * of its own. Times are those of the instances; what their clocks differ by is what the window is inexact by.
 *
 * <p>Safe for use by many threads.
 */
public final class CallLimit {
    /** The counts; it belongs into the lock order of whoever counts. */
    public static final Table<CallsRow, String> TABLE =
            Table.of("rate_limits", CallsRow.class).key("subject", String.class).build();

    /**
     * When somebody did something of late.
     *
     * @param subject who and what, at most 80 characters
     * @param hits milliseconds since 1970 with commas between, oldest first
     */
    public record CallsRow(String subject, String hits) {}

    /**
     * Too often.
     *
     * @param max how often is allowed
     * @param windowSeconds within how long
     * @param retryAfterSeconds when it is worth another try, at least 1
     */
    public record Exceeded(int max, long windowSeconds, long retryAfterSeconds) {}

    private final int max;
    private final Duration window;

    /** As often as the options say. */
    public CallLimit(LimitOptions options) {
        this.max = options.max();
        this.window = options.window();
    }

    /**
     * Looks whether somebody has come too often, without a lock: to be asked before locks are taken, so that who comes too
     * often stands in nobody's way.
     */
    public Optional<Exceeded> exceeded(Tx tx, String subject) {
        if (max == 0
                || tx.peek(TABLE, subject)
                        .flatMap(row -> exceeded(row.value(), tx.now()))
                        .isEmpty()) {
            return Optional.empty();
        }
        return tx.read(TABLE, subject).flatMap(row -> exceeded(row.value(), tx.now()));
    }

    /**
     * Counts a call, or refuses it. To be asked under a lock that the call needs anyway, if there is one: then those of one
     * person come one after another and need not run again because of each other.
     */
    public Optional<Exceeded> count(Tx tx, String subject) {
        if (max == 0) {
            return Optional.empty();
        }
        long now = tx.now().toEpochMilli();
        Optional<Row<CallsRow>> found = tx.read(TABLE, subject);
        if (found.isEmpty()) {
            tx.insert(TABLE, new CallsRow(subject, Long.toString(now)));
            return Optional.empty();
        }
        Row<CallsRow> row = found.get();
        Optional<Exceeded> exceeded = exceeded(row.value(), tx.now());
        if (exceeded.isEmpty()) {
            String hits = LongStream.concat(recent(row.value(), tx.now()), LongStream.of(now))
                    .sorted()
                    .mapToObj(Long::toString)
                    .collect(Collectors.joining(","));
            tx.update(row, r -> new CallsRow(r.subject(), hits));
        }
        return exceeded;
    }

    private Optional<Exceeded> exceeded(CallsRow row, Instant now) {
        long[] recent = recent(row, now).toArray();
        if (recent.length < max) {
            return Optional.empty();
        }
        // There is room again once so many have left the window that one less than the most is in it.
        Instant room = Instant.ofEpochMilli(recent[recent.length - max]).plus(window);
        // Who has waited for a lock since it began can find counts that are younger than itself.
        long seconds = Duration.between(now, room).plusMillis(999).toSeconds();
        return Optional.of(new Exceeded(max, window.toSeconds(), Math.max(1, Math.min(seconds, window.toSeconds()))));
    }

    private LongStream recent(CallsRow row, Instant now) {
        long since = now.minus(window).toEpochMilli();
        return Arrays.stream(row.hits().split(",")).mapToLong(Long::parseLong).filter(hit -> hit > since);
    }
}
