package io.rowlock.internal.lease;

import io.rowlock.Key;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * An acquisition as the database knows it: a run, a range of tokens, a time until which it certainly stands. One handle at a
 * time has it. Fields that change are guarded by the lock of the key's {@link Line}.
 */
final class Grant {
    /** What is taken off the length on this side, for clocks that do not run at the same speed: one part in this many. */
    private static final int MARGIN = 20;

    final Key key;
    final byte[] runId;
    final long firstToken;
    final long lastToken;
    final Duration length;
    final long grantedAt;

    long nextToken;
    int handedOver;

    /** A commit that it fenced may still be on its way: it is not passed on inside this JVM. */
    boolean tainted;

    /** How many running units have its row locked. */
    final AtomicInteger pins = new AtomicInteger();

    boolean renewing;
    long renewAt;
    boolean over;

    @Nullable
    Handle current;

    @Nullable
    Future<?> timer;

    private volatile long validUntil;

    /** A unit that had its row locked has ended after its time; until then a renewal may still find it ours. */
    private volatile long graceUntil;

    Grant(Key key, byte[] runId, long firstToken, long lastToken, Duration length, long sentAt) {
        this.key = key;
        this.runId = runId;
        this.firstToken = firstToken;
        this.lastToken = lastToken;
        this.length = length;
        this.grantedAt = sentAt;
        this.graceUntil = sentAt;
        this.nextToken = firstToken;
        extend(sentAt);
    }

    /** The whole length lies ahead, counted from before the request was sent. */
    void extend(long sentAt) {
        long nanos = length.toNanos();
        validUntil = sentAt + nanos - nanos / MARGIN;
        renewAt = sentAt + nanos / 3;
    }

    /** As long as nothing else is known it is held until then, by the monotonic clock. */
    long standsUntil() {
        long valid = validUntil;
        long grace = graceUntil;
        return grace - valid > 0 ? grace : valid;
    }

    void grace(long until) {
        graceUntil = until;
    }

    boolean isPinned() {
        return pins.get() > 0;
    }

    /** So much of the length went by before the answer came that it is to be renewed at once. */
    boolean isHalfSpent(long now) {
        return validUntil - now < length.toNanos() / 2;
    }
}
