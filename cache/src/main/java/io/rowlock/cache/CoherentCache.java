package io.rowlock.cache;

import io.rowlock.Rowlock;
import io.rowlock.RowlockException;
import io.rowlock.Table;
import io.rowlock.Tx;
import io.rowlock.Version;
import io.rowlock.companion.Companion;
import io.rowlock.companion.Company;
import io.rowlock.companion.UnitFacts;
import io.rowlock.event.RowlockEvent;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Puts a cache together: the one place that has all of its parts, which know each other through it. */
final class CoherentCache implements Cache, Companion<UnitWrites> {
    private static final long CLEARING_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final Rowlock rowlock;
    private final CacheOptions options;
    private final Company<UnitWrites> company;
    private final TierLink link;
    private final Epochs epochs;
    private final Outbox outbox;
    private final Sweep sweep;
    private final Verifier verifier;
    private final Keeper watch;
    private final Keeper tierWatch;
    private final Keeper clearing;
    private final Map<String, CachedRegion<?, ?>> regions = new ConcurrentHashMap<>();
    private final Map<String, List<Bound<?>>> tables = new ConcurrentHashMap<>();

    /** Whether the tier tells of changes now. */
    private volatile boolean heard;

    /** A region that a table's rows are part of. */
    private record Bound<K>(CachedRegion<K, ?> region, RegionSpec.Source<K> source) {
        void tell(Object rowKey, Visitor visitor) {
            visitor.value(region, region.textOf(source.key().apply(rowKey)), source.versioned());
        }
    }

    /** Who is told which values a row is part of. */
    @FunctionalInterface
    interface Visitor {
        /**
         * One of them.
         *
         * @param versioned whether the row's version is the value's
         */
        void value(CachedRegion<?, ?> region, String text, boolean versioned);
    }

    private CoherentCache(Rowlock rowlock, @Nullable SharedTier tier, CacheOptions options) {
        this.rowlock = rowlock;
        this.options = options;
        this.company = rowlock.accompany(this);
        this.epochs = new Epochs(rowlock, options.epochBound(), this::nanoTime);
        this.link = new TierLink(tier, epochs.boundNanos(), this::nanoTime);
        this.outbox = new Outbox(rowlock);
        this.sweep = new Sweep(this);
        this.verifier = new Verifier(this, options.verifyEvery());
        this.watch = new Keeper("rowlock-cache-epochs", epochs.boundNanos() / 4, this::lookAtEpochs);
        this.tierWatch = new Keeper("rowlock-cache-tier", epochs.boundNanos() / 4, this::lookAtTier);
        this.clearing = new Keeper("rowlock-cache-clear", CLEARING_PAUSE_NANOS, this::clearUp);
    }

    static Cache begin(Rowlock rowlock, @Nullable SharedTier tier, CacheOptions options, boolean threads) {
        CoherentCache cache = new CoherentCache(rowlock, tier, options);
        if (tier != null) {
            tier.listen(cache.new Ear());
        }
        if (threads) {
            cache.watch.start();
            if (tier != null) {
                cache.tierWatch.start();
            }
            cache.clearing.start();
        }
        return cache;
    }

    /** What the tier tells of other processes' writes. */
    private final class Ear implements SharedTier.Listener {
        @Override
        public void changed(String region, String key) {
            CachedRegion<?, ?> one = regions.get(region);
            if (one != null) {
                one.local().changed(key);
            }
        }

        @Override
        public void connected() {
            heard = true;
            regions.values().forEach(region -> region.local().flush(true));
        }

        @Override
        public void disconnected() {
            heard = false;
            regions.values().forEach(region -> region.local().flush(false));
        }
    }

    // ---- what an application sees

    @Override
    public <K, T> Region<K, T> region(RegionSpec<K, T> spec) {
        epochs.require(spec.name());
        CachedRegion<K, T> region = new CachedRegion<>(this, spec, localFillable());
        if (regions.putIfAbsent(spec.name(), region) != null) {
            throw new IllegalStateException(
                    "The cache has a region of this name: keep what it answered (region=" + spec.name() + ")");
        }
        spec.sources()
                .forEach(source -> tables.computeIfAbsent(source.table(), none -> new CopyOnWriteArrayList<>())
                        .add(new Bound<>(region, source)));
        // It may have been told of in between.
        region.local().flush(localFillable());
        watch.wake();
        return region;
    }

    @Override
    public WriteReceipt receiptOf(Tx tx) {
        return company.of(tx).receipt();
    }

    @Override
    public void maintain() {
        lookAtEpochs();
        if (link.exists()) {
            lookAtTier();
            lookAtEpochs();
        }
        clearUp();
    }

    @Override
    public CoherenceReport coherence() {
        return verifier.report();
    }

    @Override
    public void close() {
        watch.end();
        tierWatch.end();
        clearing.end();
        link.end();
        if (link.exists()) {
            link.tier().close();
        }
    }

    // ---- a companion of units

    @Override
    public boolean concerns(Table<?, ?> table) {
        return !tables.isEmpty() && tables.containsKey(table.name().toLowerCase(Locale.ROOT));
    }

    @Override
    public UnitWrites join(UnitFacts unit) {
        return new UnitWrites(this, unit, newId());
    }

    UnitWrites writesOf(Tx tx) {
        return company.of(tx);
    }

    /** Tells which values a row is part of. */
    void valuesOf(Table<?, ?> table, Object key, Visitor visitor) {
        List<Bound<?>> bounds = tables.get(table.name().toLowerCase(Locale.ROOT));
        if (bounds != null) {
            bounds.forEach(bound -> bound.tell(key, visitor));
        }
    }

    void requireNoUnit(String region) {
        if (company.isInUnit()) {
            throw new IllegalStateException("A cached read inside a unit (region=" + region
                    + "): a load would wait for a connection while the unit holds one, and what it read could be older than the"
                    + " unit's own writes. Write region.get(tx, key)");
        }
    }

    // ---- parts

    Rowlock rowlock() {
        return rowlock;
    }

    CacheOptions options() {
        return options;
    }

    Epochs epochs() {
        return epochs;
    }

    Outbox outbox() {
        return outbox;
    }

    Verifier verifier() {
        return verifier;
    }

    SharedTier tier() {
        return link.tier();
    }

    boolean hasTier() {
        return link.exists();
    }

    Set<String> regionNames() {
        return regions.keySet();
    }

    boolean localFillable() {
        return !link.exists() || heard;
    }

    <K> void hit(CachedRegion<K, ?> region, K key, String text, Version version) {
        verifier.hit(region, key, text, version);
    }

    // ---- whether one may go by the tier

    /** The epoch whose values may be taken and filled now, or null if there is none. */
    Epochs.@Nullable Known usable(String region) {
        Epochs.Known known = epochs.of(region);
        long now = nanoTime();
        return known != null
                        && !known.closed()
                        && epochs.isFresh(known, now)
                        && epochs.isSettled(known, now)
                        && link.isOn(known.tier(), now)
                ? known
                : null;
    }

    boolean isTierOn(Epochs.Known known) {
        return link.isOn(known.tier(), nanoTime());
    }

    Epochs.@Nullable Known fresh(String region) {
        return epochs.fresh(region, options.refreshWait(), watch::wake);
    }

    /** A step failed: whether the tier is away altogether, the thread that asks it will know. */
    void tierFailed(TierAway away) {
        tell(() -> new RowlockEvent.CacheTierAway(away.during(), String.valueOf(away.getMessage())));
        tierWatch.wake();
    }

    RegionState stateOf(String region, long localValues) {
        Epochs.Known known = epochs.of(region);
        long now = nanoTime();
        String why = usable(region) != null ? "" : whyNot(known, now);
        return new RegionState(region, known == null ? 0 : known.epoch(), why.isEmpty(), why, localValues);
    }

    private String whyNot(Epochs.@Nullable Known known, long now) {
        if (!link.exists()) {
            return "there is no shared tier";
        }
        if (known == null || !epochs.isFresh(known, now)) {
            return "its epoch was not read of late";
        }
        if (known.closed()) {
            return "it is closed";
        }
        if (link.isAway(now)) {
            return "the shared tier is away";
        }
        return link.isOn(known.tier(), now) ? "it was just opened" : "it is open on another store";
    }

    // ---- the threads

    private void lookAtEpochs() {
        epochs.refresh(Set.copyOf(regions.keySet()));
    }

    private void lookAtTier() {
        String identity;
        try {
            identity = link.ask();
        } catch (TierAway away) {
            tell(() -> new RowlockEvent.CacheTierAway(away.during(), String.valueOf(away.getMessage())));
            return;
        }
        regions.keySet().forEach(region -> openOn(identity, region));
    }

    /** Opens a region where that is due: it is closed for long enough, or open on a store that this one has taken the place of. */
    private void openOn(String identity, String region) {
        Epochs.Known known = epochs.of(region);
        long now = nanoTime();
        if (known == null || (!known.closed() && known.tier().equals(identity))) {
            return;
        }
        boolean never = known.tier().isEmpty();
        Duration rest = known.closed() ? options.reopenAfter() : options.epochBound();
        if (!never && now - known.seenNanos() < rest.toNanos()) {
            return;
        }
        if (epochs.open(region, known, identity)) {
            tell(() -> new RowlockEvent.CacheOpened(region, known.epoch() + 1));
        }
    }

    private void clearUp() {
        outbox.clear();
        sweep.run();
        verifier.look();
    }

    /** A region was closed by a write of this process. */
    void closed(String region, String why) {
        tell(() -> new RowlockEvent.CacheClosed(region, why));
        try {
            // Those that come now need not close it once more.
            epochs.refresh(Set.of(region));
        } catch (RowlockException later) {
            watch.wake();
        }
    }

    void warnUnfinished(String region, RowlockException why) {
        company.warn(
                "cache-unfinished/" + region,
                "A write is committed, and neither the shared tier nor the database could be told that it is over (region="
                        + region + ", error=" + why + "): it is finished by the sweep",
                () -> new RowlockEvent.CacheTierAway("close", String.valueOf(why.getMessage())));
    }

    void warnUnreadable(String region, RuntimeException why) {
        company.warn(
                "cache-unreadable/" + region,
                "A value of the cache cannot be decoded and is read from the database (region=" + region + ", error="
                        + why + ")",
                () -> new RowlockEvent.CacheTierAway("decode", String.valueOf(why.getMessage())));
    }

    // ---- time and chance

    long nanoTime() {
        return company.timing().nanoTime().getAsLong();
    }

    UUID newId() {
        return new UUID(
                company.timing().random().nextLong(), company.timing().random().nextLong());
    }

    String newToken() {
        return Long.toHexString(company.timing().random().nextLong())
                + Long.toHexString(company.timing().random().nextLong());
    }

    void tell(Supplier<RowlockEvent> event) {
        company.tell(event);
    }

    /** Waits about so long; false if the thread is interrupted, which it stays. */
    boolean pause(long nanos) {
        try {
            company.timing().sleeper().sleep(nanos);
            return true;
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Waits until then, interrupted or not: what is waited for is promised to others. */
    void holdUntil(long until) {
        boolean interrupted = Thread.interrupted();
        long left;
        while ((left = until - nanoTime()) > 0) {
            try {
                company.timing().sleeper().sleep(left);
            } catch (InterruptedException later) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
