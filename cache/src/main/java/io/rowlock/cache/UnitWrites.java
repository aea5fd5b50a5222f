package io.rowlock.cache;

import io.rowlock.RowlockException;
import io.rowlock.Version;
import io.rowlock.cache.SharedTier.Change;
import io.rowlock.cache.SharedTier.TierKey;
import io.rowlock.companion.Enclosed;
import io.rowlock.companion.Escort;
import io.rowlock.companion.TouchedRow;
import io.rowlock.companion.UnitFacts;
import io.rowlock.companion.WrittenRow;
import io.rowlock.event.RowlockEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Goes with one unit and tells the cache of what it writes: its intents before it locks anything, what a dead process would leave undone
 * in its own transaction, and the end of it all before the unit's caller is answered.
 *
 * <p>Each region goes one of three ways, decided when the unit first touches it. Where it is open and the tier is there, by intents.
 * Where it is closed, by nothing: nobody goes by the tier. And where it is open and the tier cannot be told, by closing it in the unit's
 * transaction and holding the answer until everybody must have read that.
 */
final class UnitWrites implements Escort {

    private enum Way {
        /** The tier is told: intents before, releases after. */
        INTENT,
        /** The region is closed: there is nothing to tell. */
        CLOSED,
        /** The unit closes the region. */
        CLOSE
    }

    /** What is known of one key. */
    private static final class Planned {
        /** Said by the application, which may write it by SQL that nobody sees. */
        boolean announced;
        /** Among the rows that this attempt writes. */
        boolean written;

        @Nullable
        Version version;

        boolean counts() {
            return announced || written;
        }
    }

    private static final class RegionWrites {
        final CachedRegion<?, ?> region;
        final Map<String, Planned> keys = new LinkedHashMap<>();
        Epochs.@Nullable Known plan;
        Way way = Way.CLOSE;
        /** Whether the tier may know of the unit. */
        boolean intended;

        RegionWrites(CachedRegion<?, ?> region) {
            this.region = region;
        }

        String name() {
            return region.name();
        }

        boolean writes() {
            return keys.values().stream().anyMatch(Planned::counts);
        }

        List<TierKey> tierKeys(Collection<String> texts) {
            Epochs.Known epoch = Objects.requireNonNull(plan);
            return texts.stream().map(text -> epoch.key(name(), text)).toList();
        }
    }

    private final CoherentCache cache;
    private final UnitFacts unit;
    private final long deadlineNanos;
    private final UUID operation;
    private final Map<String, RegionWrites> regions = new TreeMap<>();
    private final List<WriteReceipt> receipts = new ArrayList<>();
    private int keyCount;

    UnitWrites(CoherentCache cache, UnitFacts unit, UUID operation) {
        this.cache = cache;
        this.unit = unit;
        this.operation = operation;
        this.deadlineNanos = cache.nanoTime() + unit.left().toNanos();
    }

    WriteReceipt receipt() {
        WriteReceipt receipt = new WriteReceipt();
        receipts.add(receipt);
        return receipt;
    }

    // ---- before

    @Override
    public void beforeRows(Collection<TouchedRow> rows) {
        Map<CachedRegion<?, ?>, List<String>> perRegion = new LinkedHashMap<>();
        for (TouchedRow row : rows) {
            cache.valuesOf(
                    row.table(),
                    row.key(),
                    (region, text, versioned) -> perRegion
                            .computeIfAbsent(region, none -> new ArrayList<>())
                            .add(text));
        }
        perRegion.forEach((region, texts) -> announce(region, texts, false));
    }

    /**
     * Keys of a region that the unit is going to write.
     *
     * @param byApplication whether they count as written, whatever is seen of it
     */
    void announce(CachedRegion<?, ?> region, Collection<String> texts, boolean byApplication) {
        RegionWrites writes = regions.computeIfAbsent(region.name(), none -> new RegionWrites(region));
        boolean first = writes.keys.isEmpty();
        List<String> fresh = new ArrayList<>();
        for (String text : texts) {
            Planned planned = writes.keys.get(text);
            if (planned == null) {
                planned = new Planned();
                writes.keys.put(text, planned);
                region.local().writing(text);
                fresh.add(text);
                keyCount++;
            }
            planned.announced |= byApplication;
        }
        if (fresh.isEmpty()) {
            return;
        }
        if (first) {
            plan(writes);
        }
        if (writes.way == Way.INTENT) {
            intend(writes, fresh);
        }
    }

    private void plan(RegionWrites writes) {
        Epochs.Known known = cache.fresh(writes.name());
        writes.plan = known;
        if (known == null) {
            writes.way = Way.CLOSE;
        } else if (known.closed()) {
            writes.way = Way.CLOSED;
        } else {
            writes.way = cache.isTierOn(known) ? Way.INTENT : Way.CLOSE;
        }
    }

    private void intend(RegionWrites writes, List<String> fresh) {
        if (keyCount > cache.options().keysMax()) {
            writes.way = Way.CLOSE;
            return;
        }
        Duration left = Duration.ofNanos(Math.max(0, deadlineNanos - cache.nanoTime()));
        writes.intended = true;
        try {
            cache.tier()
                    .intend(
                            writes.tierKeys(fresh),
                            operation.toString(),
                            left.plus(cache.options().intentMargin()));
        } catch (TierAway away) {
            cache.tierFailed(away);
            writes.way = Way.CLOSE;
        }
    }

    // ---- in the transaction

    @Override
    public List<Enclosed> atCommit(Collection<WrittenRow> rows) {
        // Of an earlier attempt nothing stands.
        regions.values()
                .forEach(writes -> writes.keys.values().forEach(planned -> {
                    planned.written = false;
                    planned.version = null;
                }));
        for (WrittenRow row : rows) {
            cache.valuesOf(
                    row.table(),
                    row.key(),
                    (region, text, versioned) -> written(region, text, versioned ? row.version() : null));
        }
        List<Enclosed> statements = new ArrayList<>();
        List<Outbox.Written> left = new ArrayList<>();
        for (RegionWrites writes : regions.values()) {
            if (!writes.writes()) {
                continue;
            }
            if (writes.way == Way.INTENT) {
                writes.keys.forEach((text, planned) -> {
                    if (planned.counts()) {
                        left.add(new Outbox.Written(writes.name(), text, planned.version));
                    }
                });
            } else if (writes.way == Way.CLOSE) {
                statements.add(new Enclosed(EpochRow.CLOSE, List.of(writes.name())));
            }
        }
        if (!left.isEmpty()) {
            statements.add(0, cache.outbox().leave(operation, left));
        }
        return statements;
    }

    private void written(CachedRegion<?, ?> region, String text, @Nullable Version version) {
        // Only the keys of a region that came into being after the unit had flushed them are not announced yet.
        announce(region, List.of(text), false);
        Planned planned = Objects.requireNonNull(
                Objects.requireNonNull(regions.get(region.name())).keys.get(text));
        planned.written = true;
        planned.version = version;
    }

    // ---- after

    @Override
    public void committed(boolean wrote) {
        if (!wrote) {
            ended(false);
            receipts.forEach(receipt -> receipt.complete(WriteToken.none()));
            return;
        }
        long committed = cache.nanoTime();
        long heldUntil = committed;
        boolean left = false;
        boolean allTold = true;
        for (RegionWrites writes : regions.values()) {
            boolean told = true;
            if (writes.way == Way.INTENT) {
                left |= writes.writes();
                told = release(writes);
                allTold &= told;
            }
            if (writes.writes()) {
                long until = holdFor(writes, committed, told);
                heldUntil = until - heldUntil > 0 ? until : heldUntil;
            }
            writes.keys.keySet().forEach(writes.region.local()::written);
        }
        if (left && allTold) {
            cache.outbox().finished(operation);
        }
        hold(heldUntil);
        complete(committed);
    }

    private void hold(long until) {
        long from = cache.nanoTime();
        if (until - from > 0) {
            cache.holdUntil(until);
            cache.tell(() -> new RowlockEvent.CacheWriteHeld(unit.name(), Duration.ofNanos(cache.nanoTime() - from)));
        }
    }

    /** Until when the answer is held, so that nobody serves what was there before. */
    private long holdFor(RegionWrites writes, long committed, boolean told) {
        Epochs.Known plan = writes.plan;
        if (writes.way == Way.CLOSE) {
            cache.closed(writes.name(), "a write could not tell the shared tier");
            return committed + cache.epochs().boundNanos();
        }
        if (plan == null || !told || !cache.epochs().stoodUntil(writes.name(), plan, committed)) {
            return closeAfterwards(writes);
        }
        // Where the region was just opened or closed, somebody may still go by what was before.
        return plan.seenNanos() + cache.epochs().boundNanos();
    }

    /** What was to be told of the commit was not, or to a tier that nobody goes by any more. */
    private long closeAfterwards(RegionWrites writes) {
        try {
            cache.epochs().close(writes.name());
            cache.closed(writes.name(), "a write could not tell the shared tier that it is over");
        } catch (RowlockException unreachable) {
            // The outbox has it: whoever reaches both finishes it.
            cache.warnUnfinished(writes.name(), unreachable);
        }
        return cache.nanoTime() + cache.epochs().boundNanos();
    }

    private boolean release(RegionWrites writes) {
        List<Change> changes = new ArrayList<>();
        List<String> untouched = new ArrayList<>();
        Epochs.Known epoch = Objects.requireNonNull(writes.plan);
        writes.keys.forEach((text, planned) -> {
            if (planned.counts()) {
                changes.add(new Change(epoch.key(writes.name(), text), planned.version));
            } else {
                untouched.add(text);
            }
        });
        try {
            if (!changes.isEmpty()) {
                cache.tier()
                        .release(changes, operation.toString(), cache.options().floorFor());
            }
            if (!untouched.isEmpty()) {
                cache.tier().withdraw(writes.tierKeys(untouched), operation.toString());
            }
            return true;
        } catch (TierAway away) {
            cache.tierFailed(away);
            return changes.isEmpty();
        }
    }

    private void complete(long committed) {
        WriteToken token = WriteToken.none();
        for (RegionWrites writes : regions.values()) {
            for (Map.Entry<String, Planned> entry : writes.keys.entrySet()) {
                Planned planned = entry.getValue();
                if (planned.counts()) {
                    token = token.with(writes.name(), entry.getKey(), planned.version);
                    Version version = planned.version;
                    if (version != null) {
                        cache.verifier().committed(writes.region, entry.getKey(), version, committed);
                    }
                }
            }
        }
        for (WriteReceipt receipt : receipts) {
            receipt.complete(token);
        }
    }

    @Override
    public void ended(boolean unknown) {
        for (RegionWrites writes : regions.values()) {
            // What may still be committed stays announced, until its time has passed and the outbox tells.
            if (writes.intended && !unknown) {
                try {
                    cache.tier().withdraw(writes.tierKeys(writes.keys.keySet()), operation.toString());
                } catch (TierAway away) {
                    cache.tierFailed(away);
                }
            }
            writes.keys.keySet().forEach(writes.region.local()::written);
        }
    }
}
