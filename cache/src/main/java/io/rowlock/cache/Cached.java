package io.rowlock.cache;

import io.rowlock.Version;
import io.rowlock.event.RowlockEvent.CacheSource;
import java.time.Duration;
import java.util.Objects;

/**
 * A value as it was read through a cache: for showing. No write accepts it; what a write takes is {@link #version}, as the one that is
 * expected to stand.
 *
 * <pre>{@code
 * Cached<Profile> seen = profiles.get(userId).orElseThrow();
 * Update<Profile> saved = rowlock.save(PROFILES, edit(seen.value()), seen.version());
 * }</pre>
 *
 * <p>Immutable; safe for use by many threads if the value is.
 *
 * @param value what was read
 * @param version its version at that moment
 * @param age how long ago it was read from the database, by one clock: that of the shared tier, or this JVM's
 * @param source where it came from now
 */
public record Cached<T>(T value, Version version, Duration age, CacheSource source) {
    public Cached {
        Objects.requireNonNull(value, "value");
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(age, "age");
        Objects.requireNonNull(source, "source");
    }
}
