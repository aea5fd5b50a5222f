package io.rowlock.cache;

import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The shared tier as this process has it: which store it was when that was last asked, and until when that counts. Safe for use by many threads.
 */
final class TierLink {
    private final @Nullable SharedTier tier;
    private final LongSupplier nanoTime;
    private final long boundNanos;
    private volatile State state = State.AWAY;

    private record State(String identity, long askedNanos) {
        private static final State AWAY = new State("", 0);
    }

    TierLink(@Nullable SharedTier tier, long boundNanos, LongSupplier nanoTime) {
        this.tier = tier;
        this.boundNanos = boundNanos;
        this.nanoTime = nanoTime;
    }

    boolean exists() {
        return tier != null;
    }

    SharedTier tier() {
        return Objects.requireNonNull(tier);
    }

    /**
     * Asks which store it is.
     *
     * @throws TierAway if it is away
     */
    String ask() {
        long before = nanoTime.getAsLong();
        try {
            String identity = tier().identity();
            state = new State(identity, before);
            return identity;
        } catch (TierAway away) {
            state = State.AWAY;
            throw away;
        }
    }

    /** Nobody goes by it any more. */
    void end() {
        state = State.AWAY;
    }

    /** Whether it is this very store, as of no longer ago than the bound. */
    boolean isOn(String identity, long now) {
        State one = state;
        return !one.identity.isEmpty()
                && one.identity.equals(identity)
                && now - one.askedNanos < boundNanos - boundNanos / 20;
    }

    boolean isAway(long now) {
        return !isOn(state.identity, now);
    }
}
