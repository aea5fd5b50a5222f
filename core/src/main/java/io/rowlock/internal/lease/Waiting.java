package io.rowlock.internal.lease;

import io.rowlock.Key;
import io.rowlock.lease.LeaseOptions;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One thread that waits for a lease in this JVM. What others tell it is told under its line's lock and then by waking it; it
 * looks by itself as well.
 */
final class Waiting {
    final Key key;
    final LeaseOptions options;
    final String actor;
    final String owner;
    final UUID id;
    final byte[] runId;
    final long since;
    private final Thread thread;

    private volatile @Nullable Handle given;
    private volatile boolean first;
    private volatile boolean nudged;
    private volatile @Nullable String circle;
    private volatile boolean closed;
    private volatile @Nullable String callSite;

    Waiting(Key key, LeaseOptions options, String actor, String owner, UUID id, long since) {
        this.key = key;
        this.options = options;
        this.actor = actor;
        this.owner = owner;
        this.id = id;
        this.runId = LeaseStore.bytes(id);
        this.since = since;
        this.thread = Thread.currentThread();
    }

    /** Where its own thread is, as that was when it asked first; asked first by that thread. */
    String callSite() {
        String known = callSite;
        if (known == null) {
            known = CallSites.here();
            callSite = known;
        }
        return known;
    }

    Thread thread() {
        return thread;
    }

    /** A lease was passed on to it. */
    void give(Handle lease) {
        given = lease;
        LockSupport.unpark(thread);
    }

    @Nullable
    Handle given() {
        return given;
    }

    /** It is at the head of its line and nobody in this JVM has the key: it asks the database. */
    void isFirst(boolean now) {
        first = now;
    }

    boolean isFirst() {
        return first;
    }

    /** The key may be free: ask now. */
    void nudge() {
        nudged = true;
        LockSupport.unpark(thread);
    }

    /** Whether it was nudged since it was asked last. */
    boolean takeNudge() {
        boolean was = nudged;
        nudged = false;
        return was;
    }

    /** Its wait ends for the sake of others. */
    void end(String circle) {
        this.circle = circle;
        LockSupport.unpark(thread);
    }

    @Nullable
    String circle() {
        return circle;
    }

    void close() {
        closed = true;
        LockSupport.unpark(thread);
    }

    boolean isClosed() {
        return closed;
    }

    private boolean shallLook() {
        return given != null || circle != null || nudged || closed;
    }

    /** Waits about this long, or until something is told; returns early when the thread is interrupted. */
    void park(long nanos) {
        if (nanos > 0 && !shallLook()) {
            LockSupport.parkNanos(this, nanos);
        }
    }
}
