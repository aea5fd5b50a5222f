package io.rowlock;

import java.time.Duration;
import java.util.Objects;

/**
 * What to do when a row is locked by somebody else.
 *
 * @param kind wait, answer at once, or leave the row out
 * @param waitMax how long to wait at the most, for {@link Kind#WAIT}; the unit's deadline bounds it in any case
 */
public record LockMode(Kind kind, Duration waitMax) {

    /** The three ways. */
    public enum Kind {
        /** Wait for the holder to end. */
        WAIT,
        /** Answer {@link Locked.Busy} at once. */
        NOWAIT,
        /** As NOWAIT for one row; {@link Tx#lockAll} leaves locked rows out. */
        SKIP_LOCKED
    }

    private static final Duration DEADLINE = Duration.ofDays(1);

    /** Wait until the unit's deadline; the default. */
    public static final LockMode WAIT = new LockMode(Kind.WAIT, DEADLINE);

    /** Do not wait. */
    public static final LockMode NOWAIT = new LockMode(Kind.NOWAIT, Duration.ZERO);

    /** Leave out what is locked. */
    public static final LockMode SKIP_LOCKED = new LockMode(Kind.SKIP_LOCKED, Duration.ZERO);

    public LockMode {
        Objects.requireNonNull(kind, "kind");
        if (waitMax.isNegative()) {
            throw new IllegalArgumentException("A wait is not negative (waitMax=" + waitMax + ")");
        }
    }

    /** Wait this long at the most, then {@link LockTimeout}. */
    public static LockMode waitAtMost(Duration wait) {
        return new LockMode(Kind.WAIT, wait);
    }
}
