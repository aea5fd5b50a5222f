package io.rowlock;

import io.rowlock.dialect.Isolation;
import java.time.Duration;
import java.util.Objects;

/**
 * The options of a unit of work. Immutable; begin with {@link #defaults} and change what differs:
 *
 * <pre>{@code
 * Unit PARTICIPATE = Unit.named("participate").withDeadline(Duration.ofSeconds(2));
 * }</pre>
 *
 * @param name what the unit does, for events, metrics and messages; constant text, default {@code "unit"}
 * @param isolation the level its transaction asks for, default READ COMMITTED; SQLite always gives its own
 * @param attemptsMax how often the body may run, default 12, at least 1 (then nothing is retried)
 * @param deadline how long the whole unit may take, waits and retries included, default 10 s; when it passes, the running
 *     statement is cancelled
 * @param backoffFirst upper bound of the first random wait between attempts, default 1 ms; doubles each time
 * @param backoffMax upper bound of any random wait between attempts, default 100 ms
 * @param retryLockTimeouts whether a lock that was not had in time is worth another attempt, default true
 */
public record Unit(
        String name,
        Isolation isolation,
        int attemptsMax,
        Duration deadline,
        Duration backoffFirst,
        Duration backoffMax,
        boolean retryLockTimeouts) {

    private static final Unit DEFAULTS = new Unit(
            "unit",
            Isolation.READ_COMMITTED,
            12,
            Duration.ofSeconds(10),
            Duration.ofMillis(1),
            Duration.ofMillis(100),
            true);

    public Unit {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(isolation, "isolation");
        if (attemptsMax < 1) {
            throw new IllegalArgumentException("A unit runs at least once (attemptsMax=" + attemptsMax + ")");
        }
        if (deadline.isNegative() || deadline.isZero()) {
            throw new IllegalArgumentException("A deadline lies ahead (deadline=" + deadline + ")");
        }
        if (backoffFirst.isNegative() || backoffMax.compareTo(backoffFirst) < 0) {
            throw new IllegalArgumentException(
                    "Back-off grows from first to max (first=" + backoffFirst + ", max=" + backoffMax + ")");
        }
    }

    /** All options at their defaults. */
    public static Unit defaults() {
        return DEFAULTS;
    }

    /** The defaults under a name. */
    public static Unit named(String name) {
        return DEFAULTS.withName(name);
    }

    public Unit withName(String name) {
        return new Unit(name, isolation, attemptsMax, deadline, backoffFirst, backoffMax, retryLockTimeouts);
    }

    public Unit withIsolation(Isolation isolation) {
        return new Unit(name, isolation, attemptsMax, deadline, backoffFirst, backoffMax, retryLockTimeouts);
    }

    public Unit withAttemptsMax(int attemptsMax) {
        return new Unit(name, isolation, attemptsMax, deadline, backoffFirst, backoffMax, retryLockTimeouts);
    }

    public Unit withDeadline(Duration deadline) {
        return new Unit(name, isolation, attemptsMax, deadline, backoffFirst, backoffMax, retryLockTimeouts);
    }

    public Unit withBackoff(Duration first, Duration max) {
        return new Unit(name, isolation, attemptsMax, deadline, first, max, retryLockTimeouts);
    }

    public Unit withRetryLockTimeouts(boolean retryLockTimeouts) {
        return new Unit(name, isolation, attemptsMax, deadline, backoffFirst, backoffMax, retryLockTimeouts);
    }
}
