package io.rowlock.claim;

import io.rowlock.Table;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a table as a queue of work: which of them are work, when each is due, for how long a claim lasts, and what happens to
 * one that fails. Immutable; begin with {@link #of} and change what differs:
 *
 * <pre>{@code
 * static final WorkQueue<Mail, Long> TO_SEND = WorkQueue.of("send-mail", MAILS)
 *         .dueAt("sendAt")
 *         .ready("status", MailStatus.NEW)
 *         .withClaimLength(Duration.ofMinutes(1));
 * }</pre>
 *
 * <p><b>Columns.</b> The table needs five columns beside those of its record, in which the queue keeps what it knows of an item:
 * {@code claim_state} (OPEN, DONE, PARKED), {@code claim_token}, {@code claim_until} (microseconds since 1970, by the database's
 * clock), {@code claim_attempts} and {@code claim_reason}. {@link Claims#ddl} writes them, with the index; at the first use they are
 * looked for. The record must not have them as components: claims and ordinary changes of a row do not meet, and a claim does not
 * raise the row's version. Several queues over one table have columns of their own ({@link #withColumns}).
 *
 * <p><b>Holds when</b> rows become work by being inserted or by an ordinary change, and leave it through the queue.
 * <b>Breaks when</b> another program writes the columns of the queue. Rows that were there before the columns were added are
 * open: unless {@link #ready} or the due time keeps them out they are work at once.
 *
 * @param name of the queue, for events, metrics and messages; constant text
 * @param table whose rows they are
 * @param due the component that says when an item is due, an {@code Instant}; a row without one is never due. Null: each row is
 *     due at once
 * @param rank the component by which items are taken before they are by due time, a number, the lowest first; null for none
 * @param ready what a row must have to be work, or null if each row is
 * @param columns with what the names of the queue's columns begin, default {@code claim}
 * @param claimLength for how long a claim lasts unless it is renewed, by the database's clock; default 30 s, at least 100 ms and at
 *     most a day. Short ones bring the items of a dead worker back sooner, and must be renewed more often
 * @param attemptsMax how often an item is tried before it is parked, default 10; at least 1, at most 1000. Counted when it is taken, so
 *     that a worker that dies counts too
 * @param backoffFirst the upper bound of the random wait after the first try, default 1 s; doubles each time
 * @param backoffMax the upper bound of any such wait, default 5 min
 */
public record WorkQueue<T, K>(
        String name,
        Table<T, K> table,
        @Nullable String due,
        @Nullable String rank,
        @Nullable Ready ready,
        String columns,
        Duration claimLength,
        int attemptsMax,
        Duration backoffFirst,
        Duration backoffMax) {

    private static final Pattern PREFIX = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,39}");
    private static final Duration CLAIM_LENGTH_MIN = Duration.ofMillis(100);
    private static final Duration CLAIM_LENGTH_MAX = Duration.ofDays(1);
    private static final int ATTEMPTS_MAX = 1000;

    /**
     * What a row must have to be work.
     *
     * @param component of the record
     * @param value what it must be
     */
    public record Ready(String component, Object value) {
        public Ready {
            Objects.requireNonNull(component, "component");
            Objects.requireNonNull(value, "value");
        }
    }

    public WorkQueue {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(table, "table");
        if (!PREFIX.matcher(columns).matches()) {
            throw new IllegalArgumentException("Names of columns begin with a plain identifier (queue=" + name
                    + ", columns='" + columns + "'): letters, digits and _ only, 40 characters at most");
        }
        if (claimLength.compareTo(CLAIM_LENGTH_MIN) < 0 || claimLength.compareTo(CLAIM_LENGTH_MAX) > 0) {
            throw new IllegalArgumentException("A claim lasts between " + CLAIM_LENGTH_MIN + " and " + CLAIM_LENGTH_MAX
                    + " (queue=" + name + ", claimLength=" + claimLength + ")");
        }
        if (attemptsMax < 1 || attemptsMax > ATTEMPTS_MAX) {
            throw new IllegalArgumentException("An item is tried between 1 and " + ATTEMPTS_MAX + " times (queue="
                    + name + ", attemptsMax=" + attemptsMax + ")");
        }
        if (backoffFirst.isNegative()
                || backoffMax.compareTo(backoffFirst) < 0
                || backoffMax.compareTo(Duration.ofDays(365)) > 0) {
            throw new IllegalArgumentException("Back-off grows from first to max, a year at most (queue=" + name
                    + ", first=" + backoffFirst + ", max=" + backoffMax + ")");
        }
    }

    /**
     * A queue of all rows of a table, all due at once.
     *
     * @param name what is done with its items
     */
    public static <T, K> WorkQueue<T, K> of(String name, Table<T, K> table) {
        return new WorkQueue<>(
                name,
                table,
                null,
                null,
                null,
                "claim",
                Duration.ofSeconds(30),
                10,
                Duration.ofSeconds(1),
                Duration.ofMinutes(5));
    }

    /** With a component that says when each item is due. Items are taken in that order. */
    public WorkQueue<T, K> dueAt(String component) {
        return new WorkQueue<>(
                name, table, component, rank, ready, columns, claimLength, attemptsMax, backoffFirst, backoffMax);
    }

    /** With a component by which items are taken before they are by due time: those with the lowest number first. */
    public WorkQueue<T, K> rankedBy(String component) {
        return new WorkQueue<>(
                name, table, due, component, ready, columns, claimLength, attemptsMax, backoffFirst, backoffMax);
    }

    /** Only rows that have this value there are work. A row that gets another one leaves the queue by that. */
    public WorkQueue<T, K> ready(String component, Object value) {
        return new WorkQueue<>(
                name,
                table,
                due,
                rank,
                new Ready(component, value),
                columns,
                claimLength,
                attemptsMax,
                backoffFirst,
                backoffMax);
    }

    /** With other names of its columns: {@code mail} makes {@code mail_state}, {@code mail_token} and so on. */
    public WorkQueue<T, K> withColumns(String prefix) {
        return new WorkQueue<>(
                name, table, due, rank, ready, prefix, claimLength, attemptsMax, backoffFirst, backoffMax);
    }

    public WorkQueue<T, K> withClaimLength(Duration length) {
        return new WorkQueue<>(name, table, due, rank, ready, columns, length, attemptsMax, backoffFirst, backoffMax);
    }

    public WorkQueue<T, K> withAttemptsMax(int attemptsMax) {
        return new WorkQueue<>(
                name, table, due, rank, ready, columns, claimLength, attemptsMax, backoffFirst, backoffMax);
    }

    /** With other waits after a try that failed. Each is random, up to a bound that doubles (full jitter); zero does not wait. */
    public WorkQueue<T, K> withBackoff(Duration first, Duration max) {
        return new WorkQueue<>(name, table, due, rank, ready, columns, claimLength, attemptsMax, first, max);
    }

    /** The names of the queue's columns: state, token, until, attempts, reason. */
    public List<String> columnNames() {
        return List.of(
                columns + "_state", columns + "_token", columns + "_until", columns + "_attempts", columns + "_reason");
    }
}
