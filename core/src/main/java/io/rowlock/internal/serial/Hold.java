package io.rowlock.internal.serial;

import io.rowlock.Key;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One held key and its queue. Its monitor is held for a few instructions at a time and never while anything waits. */
final class Hold {
    private final Key key;
    private volatile Thread holder;
    private volatile long since;
    private int depth = 1;
    private boolean closed;
    private boolean reported;
    private @Nullable Deque<Waiter> queue;

    Hold(Key key, Thread holder, long since) {
        this.key = key;
        this.holder = holder;
        this.since = since;
    }

    Key key() {
        return key;
    }

    Thread holder() {
        return holder;
    }

    long since() {
        return since;
    }

    /** The holder takes it again; only the holder's own thread comes here. */
    void reenter() {
        depth++;
    }

    /** Stands in line; null if the key has just been freed. */
    synchronized @Nullable Waiter join(Thread thread, long now) {
        if (closed) {
            return null;
        }
        if (queue == null) {
            queue = new ArrayDeque<>();
        }
        Waiter waiter = new Waiter(thread, now);
        queue.add(waiter);
        return waiter;
    }

    /** Leaves the line; false if the key was handed over in the meantime. */
    synchronized boolean giveUp(Waiter waiter) {
        if (waiter.granted()) {
            return false;
        }
        if (queue != null) {
            queue.remove(waiter);
        }
        return true;
    }

    /** The holder frees it once; true if nobody follows and the entry is closed. */
    boolean leave(long now) {
        if (--depth > 0) {
            return false;
        }
        Waiter next;
        synchronized (this) {
            next = queue == null ? null : queue.poll();
            if (next == null) {
                closed = true;
                return true;
            }
            depth = 1;
            reported = false;
            since = now;
            holder = next.thread();
            next.grant();
        }
        LockSupport.unpark(next.thread());
        return false;
    }

    synchronized boolean reportOnce() {
        boolean first = !reported;
        reported = true;
        return first;
    }

    synchronized List<Waiter> waiters() {
        return queue == null ? List.of() : new ArrayList<>(queue);
    }
}
