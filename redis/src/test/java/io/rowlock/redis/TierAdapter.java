package io.rowlock.redis;

import io.rowlock.Version;
import io.rowlock.cache.SharedTier;
import io.rowlock.cache.SharedTier.Change;
import io.rowlock.cache.SharedTier.Granted;
import io.rowlock.cache.SharedTier.Hit;
import io.rowlock.cache.SharedTier.Looked;
import io.rowlock.cache.SharedTier.TierKey;
import io.rowlock.lab.cache.CacheAdapter;
import io.rowlock.lab.cache.CacheCheck;
import io.rowlock.lab.cache.Lookup;
import io.rowlock.lab.cache.Snapshot;
import io.rowlock.lab.cache.WriterStep;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/** What a cache does at its shared tier, step by step: as {@code Region.get} and a unit's escort do it. */
final class TierAdapter implements CacheAdapter {
    private static final Duration LONG = Duration.ofMinutes(5);

    private final SharedTier tier;
    private final TierKey key;
    private final Runnable evict;
    private int looks;

    TierAdapter(SharedTier tier, TierKey key, Runnable evict) {
        this.tier = tier;
        this.key = key;
        this.evict = evict;
    }

    /**
     * A check of it.
     *
     * @param evict has the store forget the key of this number
     */
    static CacheCheck check(SharedTier tier, Supplier<Long> numbers, LongConsumer evict) {
        String store = tier.identity();
        return CacheCheck.of("rowlock", EnumSet.allOf(WriterStep.class), () -> {
            long number = numbers.get();
            return new TierAdapter(
                    tier, new TierKey(store, "check", 1, Long.toString(number)), () -> evict.accept(number));
        });
    }

    @Override
    public Lookup lookup() {
        String token = "token-" + ++looks;
        Looked looked = tier.look(key, token, LONG);
        if (looked instanceof Hit hit) {
            return new Lookup.Hit(Long.parseLong(new String(hit.bytes(), StandardCharsets.UTF_8)));
        }
        return new Lookup.Miss(looked instanceof Granted ? token : "");
    }

    /** A cache fills with what it has read itself, after its look; what a unit has read, it does not. */
    @Override
    public void fill(Lookup.Miss miss, long version, Snapshot snapshot) {
        String token = (String) miss.ticket();
        if (!token.isEmpty() && snapshot == Snapshot.AFTER_LOOKUP) {
            boolean unused = tier.fill(
                    key,
                    token,
                    Long.toString(version).getBytes(StandardCharsets.UTF_8),
                    Version.of(version),
                    Duration.ZERO,
                    LONG);
        }
    }

    @Override
    public void beforeCommit(int writer) {
        tier.intend(List.of(key), "writer-" + writer, LONG);
    }

    @Override
    public void afterCommit(int writer, long version) {
        tier.release(List.of(new Change(key, Version.of(version))), "writer-" + writer, LONG);
    }

    @Override
    public void evict() {
        evict.run();
    }
}
