package io.rowlock.lease;

import java.time.Duration;

/**
 * How one Rowlock handles leases: the limits of its statements, pauses and runs. Immutable; {@link #defaults} fits most. Given
 * by {@link io.rowlock.RowlockBuilder#leases}.
 *
 * @param statementMax how long one try at the database may take, default 5 s. A call whose wait has ended returns later by this
 *     at the most (and by what the pool takes to say that it has no connection). Longer: a stalled database is noticed later.
 *     Shorter: a slow one fails tries that would have succeeded
 * @param pollFirst the pause after the first try that found somebody else, default 5 ms; doubled each time, with jitter
 * @param pollMax the longest pause where nobody tells of releases, default 250 ms: how much later than possible a waiting
 *     process acquires at the most
 * @param pollMaxListening the longest pause while this process listens for releases (PostgreSQL), default 2 s: what a lost
 *     notification costs
 * @param listening whether to listen on PostgreSQL while somebody waits, default true. It takes one connection of the pool
 *     meanwhile; switch it off behind a pooler that shares connections between transactions, which cannot listen
 * @param handOverMax how many times a lease is passed on inside this JVM before it goes back to the database, default 256; 0
 *     never passes it on. More: less work for the database under contention, longer turns
 * @param handOverFor for how long a run of such hand-overs goes on at the most, default 250 ms: how long other processes stand back
 *     for this one, beside the last holder's own time
 */
public record LeaseSettings(
        Duration statementMax,
        Duration pollFirst,
        Duration pollMax,
        Duration pollMaxListening,
        boolean listening,
        int handOverMax,
        Duration handOverFor) {
    private static final int HAND_OVER_MAX = 1_000_000;
    private static final LeaseSettings DEFAULTS = new LeaseSettings(
            Duration.ofSeconds(5),
            Duration.ofMillis(5),
            Duration.ofMillis(250),
            Duration.ofSeconds(2),
            true,
            256,
            Duration.ofMillis(250));

    public LeaseSettings {
        requirePositive("statementMax", statementMax);
        requirePositive("pollFirst", pollFirst);
        if (pollMax.compareTo(pollFirst) < 0 || pollMaxListening.compareTo(pollFirst) < 0) {
            throw new IllegalArgumentException("Pauses grow from first to max (pollFirst=" + pollFirst + ", pollMax="
                    + pollMax + ", pollMaxListening=" + pollMaxListening + ")");
        }
        if (handOverMax < 0 || handOverMax > HAND_OVER_MAX) {
            throw new IllegalArgumentException(
                    "A lease is passed on between 0 and " + HAND_OVER_MAX + " times (handOverMax=" + handOverMax + ")");
        }
        if (handOverFor.isNegative()) {
            throw new IllegalArgumentException("A run has a length (handOverFor=" + handOverFor + ")");
        }
    }

    private static void requirePositive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException("A limit is longer than nothing (" + name + "=" + value + ")");
        }
    }

    /** All settings at their defaults. */
    public static LeaseSettings defaults() {
        return DEFAULTS;
    }

    public LeaseSettings withStatementMax(Duration max) {
        return new LeaseSettings(max, pollFirst, pollMax, pollMaxListening, listening, handOverMax, handOverFor);
    }

    /** Both longest pauses, and the first no longer than these. */
    public LeaseSettings withPoll(Duration first, Duration max) {
        return new LeaseSettings(statementMax, first, max, max, listening, handOverMax, handOverFor);
    }

    public LeaseSettings withListening(boolean listening) {
        return new LeaseSettings(
                statementMax, pollFirst, pollMax, pollMaxListening, listening, handOverMax, handOverFor);
    }

    public LeaseSettings withHandOver(int max, Duration during) {
        return new LeaseSettings(statementMax, pollFirst, pollMax, pollMaxListening, listening, max, during);
    }
}
