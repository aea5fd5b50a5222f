package io.rowlock.internal.serial;

/** A thread in line for a key. */
final class Waiter {
    private final Thread thread;
    private final long since;
    private volatile boolean granted;

    Waiter(Thread thread, long since) {
        this.thread = thread;
        this.since = since;
    }

    Thread thread() {
        return thread;
    }

    long since() {
        return since;
    }

    void grant() {
        granted = true;
    }

    boolean granted() {
        return granted;
    }
}
