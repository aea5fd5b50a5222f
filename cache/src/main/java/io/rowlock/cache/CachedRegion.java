package io.rowlock.cache;

import io.rowlock.ReadTx;
import io.rowlock.Tx;
import io.rowlock.Unit;
import io.rowlock.Version;
import io.rowlock.View;
import io.rowlock.cache.SharedTier.Granted;
import io.rowlock.cache.SharedTier.Hit;
import io.rowlock.cache.SharedTier.Loading;
import io.rowlock.cache.SharedTier.Looked;
import io.rowlock.cache.SharedTier.TierKey;
import io.rowlock.dialect.Isolation;
import io.rowlock.event.RowlockEvent;
import io.rowlock.event.RowlockEvent.CacheSource;
import io.rowlock.event.RowlockEvent.FillRefusal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A region: how it is read. How it is written is the business of {@link UnitWrites}. */
final class CachedRegion<K, T> implements Region<K, T> {
    private static final int KEY_BYTES_MAX = 200;

    /** How often a reader asks again while somebody else loads. */
    private static final long LOADING_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final CoherentCache cache;
    private final RegionSpec<K, T> spec;
    private final LocalTier<T> local;
    private final Unit load;

    CachedRegion(CoherentCache cache, RegionSpec<K, T> spec, boolean localFillable) {
        this.cache = cache;
        this.spec = spec;
        this.local = new LocalTier<>(spec.localFor(), spec.localMax(), localFillable, cache::nanoTime);
        this.load = Unit.named("cache-load")
                .withDeadline(cache.options().loadMax())
                .withIsolation(spec.isOneStatement() ? Isolation.READ_COMMITTED : Isolation.REPEATABLE_READ);
    }

    @Override
    public String name() {
        return spec.name();
    }

    RegionSpec<K, T> spec() {
        return spec;
    }

    LocalTier<T> local() {
        return local;
    }

    /** A key as it is written. */
    String textOf(K key) {
        String text = spec.textOf(key);
        if (text.getBytes(StandardCharsets.UTF_8).length > KEY_BYTES_MAX) {
            throw new IllegalArgumentException("Key too long (region=" + name() + ", bytesMax=" + KEY_BYTES_MAX + ")");
        }
        return text;
    }

    // ---- reading

    @Override
    public Optional<Cached<T>> get(K key, WriteToken written) {
        cache.requireNoUnit(name());
        String text = textOf(key);
        LocalTier.Kept<T> kept = local.find(text);
        if (kept != null && written.admits(name(), text, kept.version())) {
            Duration age = Duration.ofNanos(cache.nanoTime() - kept.loadedNanos());
            cache.hit(this, key, text, kept.version());
            return answer(new Cached<>(kept.value(), kept.version(), age, CacheSource.LOCAL));
        }
        if (kept != null) {
            // Known to be old, so nobody else is to have it either.
            local.changed(text);
        }
        Generations.Ticket ticket = local.ticket(text);
        Epochs.Known epoch = cache.usable(name());
        if (epoch == null) {
            return fromDatabase(key, text, ticket);
        }
        try {
            return throughTier(key, text, ticket, epoch.key(name(), text), written);
        } catch (TierAway away) {
            cache.tierFailed(away);
            return loaded(key).map(view -> cached(view, 0));
        }
    }

    /** Where there is a tier and it is not used, this JVM's own is not filled: writers elsewhere may be cut off, and tell nobody. */
    private Optional<Cached<T>> fromDatabase(K key, String text, Generations.Ticket ticket) {
        long began = cache.nanoTime();
        Optional<View<T>> view = loaded(key);
        if (!cache.hasTier()) {
            view.ifPresent(found -> local.fill(text, ticket, found.value(), found.version(), began, began));
        }
        return view.map(found -> cached(found, began));
    }

    private Optional<Cached<T>> throughTier(
            K key, String text, Generations.Ticket ticket, TierKey at, WriteToken written) {
        String token = cache.newToken();
        long asked = cache.nanoTime();
        Looked looked = look(at, token);
        if (looked instanceof Hit hit) {
            if (!written.admits(name(), text, hit.version())) {
                // Never for a value that has a version, unless the token is of another place or time.
                return loaded(key).map(view -> cached(view, 0));
            }
            T value = decoded(hit);
            if (value == null) {
                return loaded(key).map(view -> cached(view, 0));
            }
            local.fill(
                    text, ticket, value, hit.version(), asked, asked - hit.age().toNanos());
            cache.hit(this, key, text, hit.version());
            return answer(new Cached<>(value, hit.version(), hit.age(), CacheSource.SHARED));
        }
        // What is read from here on began after the token was had, or fills nothing.
        long began = cache.nanoTime();
        Optional<View<T>> view = loaded(key);
        if (!(looked instanceof Granted)) {
            refused(looked instanceof Loading ? FillRefusal.LOADING : FillRefusal.WRITER);
        } else if (view.isPresent()) {
            fill(at, token, text, ticket, view.get(), began);
        }
        return view.map(found -> cached(found, began));
    }

    /** What another release has written may be beyond this one. */
    private @Nullable T decoded(Hit hit) {
        try {
            return spec.codec().decode(hit.bytes());
        } catch (RuntimeException unreadable) {
            cache.warnUnreadable(name(), unreadable);
            return null;
        }
    }

    /** Looks, and for a while looks again where somebody else is loading. */
    private Looked look(TierKey at, String token) {
        long until = cache.nanoTime() + cache.options().loadWait().toNanos();
        while (true) {
            Looked looked = cache.tier().look(at, token, cache.options().loadMax());
            long left = until - cache.nanoTime();
            if (!(looked instanceof Loading) || left <= 0 || !cache.pause(Math.min(left, LOADING_PAUSE_NANOS))) {
                return looked;
            }
        }
    }

    private void fill(TierKey at, String token, String text, Generations.Ticket ticket, View<T> view, long began) {
        byte[] bytes = spec.codec().encode(view.value());
        if (bytes.length > spec.bytesMax()) {
            refused(FillRefusal.TOO_LARGE);
            return;
        }
        try {
            Duration age = Duration.ofNanos(cache.nanoTime() - began);
            if (cache.tier().fill(at, token, bytes, view.version(), age, spec.keepFor())) {
                local.fill(text, ticket, view.value(), view.version(), began, began);
            } else {
                refused(FillRefusal.OVERTAKEN);
            }
        } catch (TierAway away) {
            cache.tierFailed(away);
        }
    }

    private void refused(FillRefusal why) {
        cache.tell(() -> new RowlockEvent.CacheFillRefused(name(), why));
    }

    /** Reads in a unit of its own, which begins now. */
    Optional<View<T>> loaded(K key) {
        return cache.rowlock()
                .<Optional<View<T>>, RuntimeException>read(
                        load, tx -> spec.loader().load(tx, key));
    }

    private Cached<T> cached(View<T> view, long began) {
        cache.tell(() -> new RowlockEvent.CacheRead(name(), CacheSource.DATABASE));
        Duration age = began == 0 ? Duration.ZERO : Duration.ofNanos(Math.max(0, cache.nanoTime() - began));
        return new Cached<>(view.value(), view.version(), age, CacheSource.DATABASE);
    }

    private Optional<Cached<T>> answer(Cached<T> found) {
        cache.tell(() -> new RowlockEvent.CacheRead(name(), found.source()));
        return Optional.of(found);
    }

    @Override
    public Optional<Cached<T>> get(ReadTx tx, K key) {
        refused(FillRefusal.OLD_SNAPSHOT);
        return spec.loader().load(tx, key).map(view -> cached(view, 0));
    }

    // ---- writing

    @Override
    public void announce(Tx tx, Collection<? extends K> keys) {
        cache.writesOf(tx).announce(this, keys.stream().map(this::textOf).toList(), true);
    }

    @Override
    public void clear() {
        cache.requireNoUnit(name());
        local.flush(cache.localFillable());
        cache.epochs().raise(name());
        cache.holdUntil(cache.nanoTime() + cache.epochs().boundNanos());
        local.flush(cache.localFillable());
    }

    @Override
    public RegionState state() {
        return cache.stateOf(name(), local.size());
    }

    // ---- verifying

    /** The oldest version that is served for the key now, or null if none is. */
    @Nullable
    Version oldestServed(String text) {
        LocalTier.Kept<T> kept = local.find(text);
        Epochs.Known epoch = cache.usable(name());
        Version shared = epoch == null
                ? null
                : cache.tier().peek(epoch.key(name(), text)).orElse(null);
        if (kept == null) {
            return shared;
        }
        return shared != null && isOlder(shared, kept.version()) ? shared : kept.version();
    }

    /** Whether one is known to be older than the other: of different incarnations nobody can tell. */
    static boolean isOlder(Version one, Version other) {
        return one.incarnation() == other.incarnation() && one.number() < other.number();
    }
}
