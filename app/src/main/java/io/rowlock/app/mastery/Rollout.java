package io.rowlock.app.mastery;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which users' answers are stored in one commit ({@link GuardedPersistence}) while that is rolled out; and the way back, should it turn out
 * to be worse.
 *
 * <p>A user is on the one side or on the other, by a number made of the id: whoever is in at 10 % is in at 30 % too. As long as not
 * everybody is in, the way back is taken by itself, for all users of this node and until it is started again: when more than 0.5 % of the
 * last guarded calls have failed, or when their P99 is more than 100 ms above that of the plain ones. Once everybody is in, it is over:
 * then a database that is away is no reason to store anything in parts.
 *
 * <p>Safe for use by many threads.
 */
final class Rollout {
    private static final Logger LOG = LoggerFactory.getLogger(Rollout.class);
    private static final int PERCENT = 100;

    /** How many calls of each side are looked at. */
    static final int WINDOW = 1000;

    /** Fewer say nothing about one in a hundred. */
    static final int CALLS_MIN = 200;

    private static final double FAILURES_MAX = 0.005;
    private static final Duration SLOWER_MAX = Duration.ofMillis(100);

    private final boolean enabled;
    private final int percent;
    private final Side guarded = new Side();
    private final Side plain = new Side();
    private volatile boolean rolledBack;

    /**
     * @param enabled whether anybody's are
     * @param percent of how many users, 0 to 100
     */
    Rollout(boolean enabled, int percent) {
        this.enabled = enabled;
        this.percent = percent;
    }

    /** The last calls of one side. */
    private static final class Side {
        private final long[] nanos = new long[WINDOW];
        private final boolean[] failures = new boolean[WINDOW];
        private int calls;
        private int failed;

        synchronized int add(long took, boolean hasFailed) {
            int at = calls % WINDOW;
            failed += (hasFailed ? 1 : 0) - (calls >= WINDOW && failures[at] ? 1 : 0);
            nanos[at] = took;
            failures[at] = hasFailed;
            return ++calls;
        }

        synchronized Standing standing() {
            int size = Math.min(calls, WINDOW);
            if (size == 0) {
                return new Standing(0, 0, 0);
            }
            long[] sorted = Arrays.copyOf(nanos, size);
            Arrays.sort(sorted);
            long p99 = sorted[Math.min(size - 1, (int) Math.ceil(size * 0.99) - 1)];
            return new Standing(size, failed / (double) size, TimeUnit.NANOSECONDS.toMicros(p99) / 1000.0);
        }
    }

    /**
     * How a side does.
     *
     * @param calls how many of the last are looked at
     * @param failures the share of them that failed
     * @param p99Millis within which all but one in a hundred were over
     */
    record Standing(int calls, double failures, double p99Millis) {}

    /**
     * How it stands.
     *
     * @param percent of how many users answers are stored in one commit
     */
    record Overview(boolean enabled, int percent, boolean rolledBack, Standing guarded, Standing plain) {}

    /** Whether this user's answers are stored in one commit. */
    boolean isGuarded(String userId) {
        return enabled && !rolledBack && place(userId) < percent;
    }

    private static int place(String userId) {
        // The bits of a text's hash are not even; those of the product are.
        return Math.floorMod((userId.hashCode() * 0x9E3779B9) >>> 8, PERCENT);
    }

    /** A call has ended. */
    void ended(boolean wasGuarded, long tookNanos, boolean failed) {
        int calls = (wasGuarded ? guarded : plain).add(tookNanos, failed);
        if (wasGuarded && calls >= CALLS_MIN && calls % PERCENT == 0 && isUnderWay()) {
            judge();
        }
    }

    private boolean isUnderWay() {
        return !rolledBack && percent < PERCENT;
    }

    private void judge() {
        Standing ours = guarded.standing();
        Standing theirs = plain.standing();
        boolean fails = ours.failures() > FAILURES_MAX;
        boolean slower = theirs.calls() >= CALLS_MIN && ours.p99Millis() - theirs.p99Millis() > SLOWER_MAX.toMillis();
        if (fails || slower) {
            rolledBack = true;
            LOG.warn("Transactional persistence is rolled back on this node (guarded={}, plain={})", ours, theirs);
        }
    }

    Overview overview() {
        return new Overview(enabled, percent, rolledBack, guarded.standing(), plain.standing());
    }
}
