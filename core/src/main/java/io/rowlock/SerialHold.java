package io.rowlock;

import java.time.Duration;
import java.util.List;

/**
 * A key that is held in this JVM at the moment of asking; see {@link Rowlock#serialHolds}.
 *
 * @param key the key
 * @param holder the thread that holds it
 * @param held for how long
 * @param callSite where the holder is now, outside of Rowlock, read from its live stack; empty text if it just ended
 * @param waiters who waits, first come first
 */
public record SerialHold(Key key, Thread holder, Duration held, String callSite, List<Waiter> waiters) {
    public SerialHold {
        waiters = List.copyOf(waiters);
    }

    /**
     * A thread that waits for a key.
     *
     * @param thread who
     * @param waiting for how long
     * @param callSite where it waits, outside of Rowlock
     */
    public record Waiter(Thread thread, Duration waiting, String callSite) {}
}
