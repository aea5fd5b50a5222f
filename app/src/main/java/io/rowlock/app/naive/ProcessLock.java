package io.rowlock.app.naive;

import io.rowlock.lab.Steps;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A lock of a process as it is mostly written: there is one holder or none, and whoever is let in is taken at their word. To take it and
 * to free it are steps, so that others can come between. Safe for use by many threads.
 */
public final class ProcessLock {
    private final AtomicReference<String> holder = new AtomicReference<>("");

    /** As it was in the beginning. */
    public void reset() {
        holder.set("");
    }

    boolean take(String owner) {
        Steps.pass("lock.take");
        return holder.compareAndSet("", owner);
    }

    void free() {
        Steps.pass("lock.free");
        holder.set("");
    }
}
