package io.rowlock.cache;

import io.rowlock.cache.SharedTier.Change;
import io.rowlock.event.RowlockEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Finishes what dead writers have left in the outbox. Every process does it: to tell the tier twice that a write is over does no harm.
 * One thread.
 */
final class Sweep {
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final CoherentCache cache;
    private long lastNanos;

    Sweep(CoherentCache cache) {
        this.cache = cache;
        this.lastNanos = cache.nanoTime();
    }

    /** Sweeps, if it is time. */
    void run() {
        long now = cache.nanoTime();
        if (now - lastNanos < PAUSE_NANOS || cache.regionNames().isEmpty()) {
            return;
        }
        lastNanos = now;
        List<UUID> done = new ArrayList<>();
        for (Outbox.Left left : cache.outbox().leftSince(cache.options().sweepAfter())) {
            if (finish(left)) {
                done.add(left.operation());
            }
        }
        if (!done.isEmpty()) {
            cache.outbox().delete(done);
            cache.tell(() -> new RowlockEvent.CacheSwept(done.size()));
        }
    }

    /** Whether nothing is left to be done of it. */
    private boolean finish(Outbox.Left left) {
        List<Change> changes = new ArrayList<>();
        for (Outbox.Written write : left.writes()) {
            Epochs.Known known = known(write.region());
            boolean byUs = known != null
                    && cache.epochs().isFresh(known, cache.nanoTime())
                    && (known.closed() || cache.isTierOn(known));
            if (known == null || !byUs) {
                // By another process, or by this one later.
                return false;
            }
            if (!known.closed()) {
                changes.add(new Change(known.key(write.region(), write.key()), write.version()));
            }
        }
        if (!changes.isEmpty()) {
            try {
                cache.tier()
                        .release(
                                changes,
                                left.operation().toString(),
                                cache.options().floorFor());
            } catch (TierAway away) {
                cache.tierFailed(away);
                return false;
            }
        }
        return true;
    }

    /** Of a region of another process's, too. */
    private Epochs.@Nullable Known known(String region) {
        if (!cache.regionNames().contains(region)) {
            cache.epochs().refresh(Set.of(region));
        }
        return cache.epochs().of(region);
    }
}
