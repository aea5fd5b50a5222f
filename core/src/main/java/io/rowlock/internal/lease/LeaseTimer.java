package io.rowlock.internal.lease;

import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Two threads for all leases of a Rowlock: one that keeps the time and never waits for anything, so that a loss is told when it
 * happens, and one that asks the database. Both end by themselves when there is nothing to do.
 */
final class LeaseTimer {
    private static final long LINGER_SECONDS = 2;
    /** As many renewals as there may be leases: each has one at the most. */
    private final ScheduledThreadPoolExecutor clock;

    private final ThreadPoolExecutor database;

    LeaseTimer() {
        clock = new ScheduledThreadPoolExecutor(1, daemon("rowlock-lease-clock"));
        clock.setRemoveOnCancelPolicy(true);
        clock.setKeepAliveTime(LINGER_SECONDS, TimeUnit.SECONDS);
        clock.allowCoreThreadTimeOut(true);
        database = new ThreadPoolExecutor(
                1, 1, LINGER_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), daemon("rowlock-lease-renewal"));
        database.allowCoreThreadTimeOut(true);
    }

    private static ThreadFactory daemon(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    Future<?> after(long nanos, Runnable task) {
        return clock.schedule(task, Math.max(0, nanos), TimeUnit.NANOSECONDS);
    }

    void atDatabase(Runnable task) {
        database.execute(task);
    }
}
