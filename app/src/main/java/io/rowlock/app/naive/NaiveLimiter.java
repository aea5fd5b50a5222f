package io.rowlock.app.naive;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * A limit of calls as it is mostly written: in the memory of one process. Each process admits a call, and a call that takes
 * longer than the window does not keep the next one out. Safe for use by many threads.
 */
public final class NaiveLimiter {
    private final long windowNanos;
    private final LongSupplier nanoTime;
    private final Map<UUID, Long> last = new ConcurrentHashMap<>();

    /**
     * A limiter of one process.
     *
     * @param window within which a user may come once
     */
    public NaiveLimiter(Duration window, LongSupplier nanoTime) {
        this.windowNanos = window.toNanos();
        this.nanoTime = nanoTime;
    }

    /** Whether a user may come now; if so it is counted. */
    public boolean admits(UUID user) {
        long now = nanoTime.getAsLong();
        boolean[] admitted = new boolean[1];
        last.compute(user, (id, before) -> {
            admitted[0] = before == null || now - before >= windowNanos;
            return admitted[0] ? Long.valueOf(now) : before;
        });
        return admitted[0];
    }
}
