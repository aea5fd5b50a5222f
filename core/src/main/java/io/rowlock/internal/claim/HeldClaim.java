package io.rowlock.internal.claim;

import io.rowlock.claim.Claim;
import io.rowlock.event.RowlockEvent.ClaimOutcome;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A claim as this process knows it. */
final class HeldClaim<T, K> implements Claim<T, K> {
    private final QueueDef<T, K> def;
    private final T item;
    private final K key;
    private final long token;
    private final int attempt;
    private final LongSupplier nanoTime;
    private final long takenAt;
    private volatile long liveUntil;
    private volatile @Nullable ClaimOutcome outcome;
    private final AtomicReference<State> state = new AtomicReference<>(State.HELD);

    /** Where it stands, as far as this process knows. */
    private enum State {
        HELD,
        /** A unit is about to end it. */
        ENDING,
        ENDED,
        LOST
    }

    /**
     * As it was taken.
     *
     * @param askedAt by the monotonic clock, before the request was sent
     */
    HeldClaim(QueueDef<T, K> def, T item, K key, long token, int attempt, LongSupplier nanoTime, long askedAt) {
        this.def = def;
        this.item = item;
        this.key = key;
        this.token = token;
        this.attempt = attempt;
        this.nanoTime = nanoTime;
        this.takenAt = askedAt;
        this.liveUntil = askedAt + def.queue.claimLength().toNanos();
    }

    @Override
    public String queue() {
        return def.queue.name();
    }

    @Override
    public T item() {
        return item;
    }

    @Override
    public K key() {
        return key;
    }

    @Override
    public long token() {
        return token;
    }

    @Override
    public int attempt() {
        return attempt;
    }

    @Override
    public boolean isLastAttempt() {
        return attempt >= def.queue.attemptsMax();
    }

    @Override
    public Duration remaining() {
        State now = state.get();
        return now == State.ENDED || now == State.LOST
                ? Duration.ZERO
                : Duration.ofNanos(Math.max(0, liveUntil - nanoTime.getAsLong()));
    }

    @Override
    public boolean isLost() {
        return state.get() == State.LOST;
    }

    boolean isEnded() {
        return state.get() == State.ENDED;
    }

    boolean isEnding() {
        return state.get() == State.ENDING;
    }

    Duration held() {
        return Duration.ofNanos(nanoTime.getAsLong() - takenAt);
    }

    void renewed(long askedAt) {
        liveUntil = askedAt + def.queue.claimLength().toNanos();
    }

    /** A unit is about to end it. */
    void ending() {
        state.compareAndSet(State.HELD, State.ENDING);
    }

    /** The unit that was to end it came to nothing, or begins anew. */
    void heldOn() {
        state.compareAndSet(State.ENDING, State.HELD);
    }

    void ended(ClaimOutcome how) {
        outcome = how;
        state.set(State.ENDED);
    }

    /** How it was ended, if it was. */
    @Nullable
    ClaimOutcome outcome() {
        return outcome;
    }

    void lost() {
        state.updateAndGet(now -> now == State.ENDED ? now : State.LOST);
    }

    boolean isOf(QueueDef<?, ?> other) {
        return def.table.physicalName().equals(other.table.physicalName()) && def.token.equals(other.token);
    }

    String describe() {
        return def.describe(key);
    }

    /** What identifies it in messages. */
    Map<String, Object> facts() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("queue", queue());
        facts.put("item", describe());
        facts.put("token", token);
        facts.put("attempt", attempt);
        facts.put("held", held());
        return facts;
    }

    @Override
    public String toString() {
        return "Claim" + facts();
    }
}
