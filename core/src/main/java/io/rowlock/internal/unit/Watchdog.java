package io.rowlock.internal.unit;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks every few milliseconds at the sessions that have a statement running and ends those that are past their limit. One
 * thread for all; it starts with the first session and ends when there has been none for a while, so nothing has to be
 * closed. Costs a running statement two field writes.
 */
final class Watchdog {
    /** How often it looks; limits are kept to within this. */
    private static final long LOOK_MILLIS = 5;
    /** How long it stays without work before its thread ends. */
    private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Set<Watched> watched = ConcurrentHashMap.newKeySet();
    private final AtomicReference<@Nullable Thread> thread = new AtomicReference<>();
    private final LongSupplier nanoTime;

    /** Something with a limit. */
    interface Watched {
        /** Ends what is past its limit; called on the watchdog's thread. */
        void look(long now);
    }

    Watchdog(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    void add(Watched session) {
        watched.add(session);
        if (thread.get() == null) {
            start();
        }
    }

    void remove(Watched session) {
        watched.remove(session);
    }

    private void start() {
        Thread starting = new Thread(this::watch, "rowlock-watchdog");
        starting.setDaemon(true);
        if (thread.compareAndSet(null, starting)) {
            starting.start();
        }
    }

    private void watch() {
        long idleSince = nanoTime.getAsLong();
        while (true) {
            long now = nanoTime.getAsLong();
            if (!watched.isEmpty()) {
                idleSince = now;
                watched.forEach(session -> session.look(now));
            } else if (now - idleSince > LINGER_NANOS) {
                thread.set(null);
                // A session that came between the look and the line above found a thread and started none.
                if (watched.isEmpty() || !thread.compareAndSet(null, Thread.currentThread())) {
                    return;
                }
                idleSince = now;
            }
            java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS));
        }
    }
}
