package io.rowlock.cache;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.rowlock.Version;
import java.time.Duration;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * This JVM's tier of one region.
 *
 * <p>Caffeine keeps the values and is used by single keys alone. {@code invalidateAll} and bulk loads do not see a load that is under way
 * (Caffeine calls that undefined, and it was measured to leave what is stale): here a value is put in by a compute of its key that looks
 * at the {@linkplain Generations generations} once more, and each change raises the generation before it removes the value by its key.
 * A compute that came before is undone by the removal, one that comes after refuses. All keys together change by one number, which values
 * carry and hits compare, so that it does not matter what is still in the map.
 *
 * <p>Safe for use by many threads.
 */
final class LocalTier<T> {

    /**
     * A value.
     *
     * @param provenNanos when it was sure to be the newest there was
     * @param loadedNanos when it was read from the database
     * @param all the generation of all keys that it belongs to
     */
    record Kept<T>(T value, Version version, long provenNanos, long loadedNanos, long all) {}

    private final long staleMaxNanos;
    private final LongSupplier nanoTime;
    private final @Nullable ConcurrentMap<String, Kept<T>> values;
    private final Generations generations = new Generations();

    /** Whether whoever changes keys elsewhere is heard. */
    private volatile boolean fillable;

    LocalTier(Duration staleMax, int valuesMax, boolean fillable, LongSupplier nanoTime) {
        this.staleMaxNanos = staleMax.toNanos();
        this.nanoTime = nanoTime;
        this.fillable = fillable;
        this.values = staleMax.isZero()
                ? null
                : Caffeine.newBuilder()
                        .maximumSize(valuesMax)
                        .<String, Kept<T>>build()
                        .asMap();
    }

    /** A value that may be served, if there is one. */
    @Nullable
    Kept<T> find(String key) {
        if (values == null) {
            return null;
        }
        Kept<T> kept = values.get(key);
        if (kept == null || kept.all != generations.all() || nanoTime.getAsLong() - kept.provenNanos >= staleMaxNanos) {
            return null;
        }
        return kept;
    }

    /** Taken before the shared tier or the database is asked. */
    Generations.Ticket ticket(String key) {
        return generations.ticket(key);
    }

    /** Puts a value in, unless something has happened to its key since the ticket was taken. */
    void fill(String key, Generations.Ticket ticket, T value, Version version, long provenNanos, long loadedNanos) {
        if (values == null) {
            return;
        }
        Kept<T> next = new Kept<>(value, version, provenNanos, loadedNanos, ticket.all());
        Kept<T> unused = values.compute(key, (same, old) -> fillable && generations.isGood(key, ticket) ? next : old);
    }

    /** A writer of this JVM begins: until it has ended the key has no value here. */
    void writing(String key) {
        generations.writing(key);
        remove(key);
    }

    /** That writer has ended, one way or the other. */
    void written(String key) {
        generations.written(key);
        remove(key);
    }

    /** Somebody has written the key. */
    void changed(String key) {
        generations.changed(key);
        remove(key);
    }

    private void remove(String key) {
        if (values != null) {
            Kept<T> unused = values.remove(key);
        }
    }

    /**
     * Nothing that was there is served any more.
     *
     * @param fillable whether new values may be put in
     */
    void flush(boolean fillable) {
        this.fillable = fillable;
        generations.allChanged();
        if (values != null) {
            values.keySet().forEach(this::remove);
        }
    }

    long size() {
        return values == null ? 0 : values.size();
    }
}
