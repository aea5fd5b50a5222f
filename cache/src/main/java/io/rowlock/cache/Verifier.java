package io.rowlock.cache;

import io.rowlock.RowlockException;
import io.rowlock.Version;
import io.rowlock.View;
import io.rowlock.event.RowlockEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Measures how long what is old is served after a change, instead of believing that it is not.
 *
 * <p>A sampled commit is looked for at once, when its caller would be answered: whatever this process would serve must not be older. A sampled
 * hit is held against the database, by the keeper's thread: if the database has a later version, the change is looked for until nothing older
 * is served, or long past the bound. So changes of other processes are measured too, where they are read.
 *
 * <p>Safe for use by many threads.
 */
final class Verifier {
    /** How many changes are looked for at a time; more are not sampled. */
    private static final int OPEN_MAX = 1_000;

    /** How many are looked for in one go. */
    private static final int LOOKS_MAX = 50;

    /** After so many bounds nobody looks any more. */
    private static final int BOUNDS_MAX = 10;

    private final CoherentCache cache;
    private final int every;
    private final AtomicLong counter = new AtomicLong();
    private final ConcurrentLinkedQueue<Check> open = new ConcurrentLinkedQueue<>();
    private final AtomicInteger openCount = new AtomicInteger();
    private final LongAdder atOnce = new LongAdder();
    private final LongAdder later = new LongAdder();
    private final LongAdder beyond = new LongAdder();
    private final AtomicLong longestNanos = new AtomicLong();

    /** A change to be looked for. */
    private interface Check {
        /** Whether it is over. */
        boolean look();
    }

    Verifier(CoherentCache cache, int every) {
        this.cache = cache;
        this.every = every;
    }

    private boolean isSampled() {
        return every > 0 && counter.incrementAndGet() % every == 0 && openCount.get() < OPEN_MAX;
    }

    /** A change is committed, and about to be acknowledged. */
    void committed(CachedRegion<?, ?> region, String key, Version version, long committedNanos) {
        if (isSampled()) {
            Change change = new Change(region, key, version, committedNanos);
            if (!change.look()) {
                add(change);
            }
        }
    }

    /** A value was served from the cache. */
    <K> void hit(CachedRegion<K, ?> region, K key, String text, Version version) {
        if (isSampled()) {
            add(new HitCheck<>(region, key, text, version));
        }
    }

    private void add(Check check) {
        openCount.incrementAndGet();
        open.add(check);
    }

    /** Looks once for some of what is open. Asks the database and the tier. */
    void look() {
        int count = Math.min(LOOKS_MAX, openCount.get());
        List<Check> again = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Check check = open.poll();
            if (check == null) {
                break;
            }
            openCount.decrementAndGet();
            if (!check.look()) {
                again.add(check);
            }
        }
        again.forEach(this::add);
    }

    CoherenceReport report() {
        long once = atOnce.sum();
        long some = later.sum();
        long bad = beyond.sum();
        return new CoherenceReport(once + some + bad, once, some, bad, Duration.ofNanos(longestNanos.get()));
    }

    /** For how long what is old may be served to whoever carries no token. */
    private long boundNanos(CachedRegion<?, ?> region) {
        return Math.max(cache.epochs().boundNanos(), region.spec().localFor().toNanos());
    }

    /** Looks for one change. */
    private final class Change implements Check {
        private final CachedRegion<?, ?> region;
        private final String key;
        private final Version version;
        private final long sinceNanos;

        /** How long after the change something older was still served, as far as was seen; negative if it never was. */
        private long oldAfterNanos = -1;

        Change(CachedRegion<?, ?> region, String key, Version version, long sinceNanos) {
            this.region = region;
            this.key = key;
            this.version = version;
            this.sinceNanos = sinceNanos;
        }

        @Override
        public boolean look() {
            Version served;
            long before = cache.nanoTime();
            try {
                served = region.oldestServed(key);
            } catch (TierAway away) {
                // Then nothing is served from it.
                served = null;
            }
            boolean old = served != null && CachedRegion.isOlder(served, version);
            long took = before - sinceNanos;
            if (!old) {
                over(took);
                return true;
            }
            oldAfterNanos = Math.max(0, took);
            if (took > BOUNDS_MAX * boundNanos(region)) {
                over(took);
                return true;
            }
            return false;
        }

        /** Beyond the bound is what was seen to be old after it, and not what was looked at too late to know. */
        private void over(long took) {
            boolean wasOld = oldAfterNanos >= 0;
            boolean late = oldAfterNanos > boundNanos(region);
            (late ? beyond : wasOld ? later : atOnce).increment();
            long coherentAfter = wasOld ? took : 0;
            longestNanos.accumulateAndGet(coherentAfter, Math::max);
            cache.tell(() -> new RowlockEvent.CacheVerified(region.name(), Duration.ofNanos(coherentAfter), late));
        }
    }

    /** Holds a hit against the database, then looks for what that has later. */
    private final class HitCheck<K> implements Check {
        private final CachedRegion<K, ?> region;
        private final K key;
        private final String text;
        private final Version version;

        HitCheck(CachedRegion<K, ?> region, K key, String text, Version version) {
            this.region = region;
            this.key = key;
            this.text = text;
            this.version = version;
        }

        @Override
        public boolean look() {
            // Whatever is found was committed before it was asked for; when, is not known.
            long committedBy = cache.nanoTime();
            Version stored = stored();
            if (stored == null || !CachedRegion.isOlder(version, stored)) {
                atOnce.increment();
                return true;
            }
            // Committed between the hit and now, if all is well: then nothing older is served any more, or not for
            // long.
            Change change = new Change(region, text, stored, committedBy);
            if (!change.look()) {
                add(change);
            }
            return true;
        }

        private @Nullable Version stored() {
            try {
                return region.loaded(key).map(View::version).orElse(null);
            } catch (RowlockException unreachable) {
                return null;
            }
        }
    }
}
