package io.rowlock.cache;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What has happened to keys since somebody looked, and whether a writer of this JVM is under way. Kept apart from the values, since a
 * cache that forgets a value would forget that too; of a fixed size, so that keys which share a place refuse each other's fills now and
 * then. Safe for use by many threads.
 */
final class Generations {
    private static final int PLACES = 4096;

    private final AtomicLongArray keys = new AtomicLongArray(PLACES);
    private final AtomicIntegerArray writers = new AtomicIntegerArray(PLACES);
    private final AtomicLong all = new AtomicLong();

    /** What a fill stands on. */
    record Ticket(long all, long key) {}

    private static int place(String key) {
        int hash = key.hashCode();
        return (hash ^ (hash >>> 16)) & (PLACES - 1);
    }

    /** Taken before anything is read. */
    Ticket ticket(String key) {
        return new Ticket(all.get(), keys.get(place(key)));
    }

    /** Whether nothing has happened to the key since, and nobody is writing it. */
    boolean isGood(String key, Ticket ticket) {
        int place = place(key);
        return writers.get(place) == 0 && keys.get(place) == ticket.key && all.get() == ticket.all;
    }

    /** The generation of all keys, which a value carries. */
    long all() {
        return all.get();
    }

    void writing(String key) {
        writers.incrementAndGet(place(key));
        changed(key);
    }

    void written(String key) {
        changed(key);
        writers.decrementAndGet(place(key));
    }

    void changed(String key) {
        keys.incrementAndGet(place(key));
    }

    void allChanged() {
        all.incrementAndGet();
    }
}
