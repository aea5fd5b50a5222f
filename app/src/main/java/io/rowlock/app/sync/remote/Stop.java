package io.rowlock.app.sync.remote;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Ends what somebody else does, once and for all. Whoever works says how it is ended; if it is ended already, that is done at
 * once. Safe for use by many threads.
 */
public final class Stop {
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Runnable> actions = new ArrayList<>();
    private boolean stopped;

    /** Takes back an action. */
    public interface Registration extends AutoCloseable {
        @Override
        void close();
    }

    /** Stops. What is registered is called on this thread, each once. */
    public void now() {
        List<Runnable> all;
        lock.lock();
        try {
            stopped = true;
            all = List.copyOf(actions);
            actions.clear();
        } finally {
            lock.unlock();
        }
        all.forEach(Runnable::run);
    }

    /** Whether it was stopped. */
    public boolean isStopped() {
        lock.lock();
        try {
            return stopped;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Registers how something is ended.
     *
     * @param action returns soon and throws nothing
     */
    public Registration with(Runnable action) {
        lock.lock();
        try {
            if (!stopped) {
                actions.add(action);
                return () -> remove(action);
            }
        } finally {
            lock.unlock();
        }
        action.run();
        return () -> {};
    }

    private void remove(Runnable action) {
        lock.lock();
        try {
            actions.remove(action);
        } finally {
            lock.unlock();
        }
    }
}
