package io.rowlock.cache;

import io.rowlock.RowlockException;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A thread of a cache that does one thing again and again. A cache has three: one reads epochs, which others wait for, though never for
 * long; one asks for the tier, which may take its time to say no; and one clears up and verifies.
 */
final class Keeper {
    private static final System.Logger LOG = System.getLogger("io.rowlock.cache");

    /** How much shorter a pause may become by being woken: what fails a thousand times a second is not asked for as often. */
    private static final int WOKEN_SHARE = 5;

    private final long pauseNanos;
    private final Runnable round;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition woken = lock.newCondition();
    private final Thread thread;
    private boolean awake;
    private boolean ended;

    Keeper(String name, long pauseNanos, Runnable round) {
        this.pauseNanos = pauseNanos;
        this.round = round;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Has it look now. */
    void wake() {
        lock.lock();
        try {
            awake = true;
            woken.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Ends it when its round is over, and waits for that, though not for ever. */
    void end() {
        lock.lock();
        try {
            ended = true;
            woken.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            thread.join(TimeUnit.SECONDS.toMillis(10));
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (await()) {
            try {
                round.run();
            } catch (RowlockException | TierAway passing) {
                // What was known grows old, and nobody goes by it.
                LOG.log(Level.DEBUG, "A round of a cache's thread ended early", passing);
            } catch (RuntimeException unexpected) {
                LOG.log(Level.WARNING, "A cache's thread met what it does not know, and goes on", unexpected);
            }
        }
    }

    /** Whether there is another round. */
    private boolean await() {
        lock.lock();
        try {
            long left = pauseNanos;
            long early = pauseNanos - pauseNanos / WOKEN_SHARE;
            while (!ended && left > 0 && (!awake || left > early)) {
                long wait = awake ? left - early : left;
                try {
                    left -= wait - woken.awaitNanos(wait);
                } catch (InterruptedException nobodyElseHasThisThread) {
                    return false;
                }
            }
            awake = false;
            return !ended;
        } finally {
            lock.unlock();
        }
    }
}
