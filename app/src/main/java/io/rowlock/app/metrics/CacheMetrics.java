package io.rowlock.app.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.rowlock.event.RowlockEvent;

/** What caches tell. Labels are names of regions and units, sources and reasons, never a key. Safe for use by many threads. */
final class CacheMetrics {
    private final Meters meters;

    CacheMetrics(MeterRegistry registry) {
        this.meters = new Meters(registry);
    }

    void on(RowlockEvent event) {
        if (event instanceof RowlockEvent.CacheRead e) {
            meters.count(
                    "rowlock.cache.reads",
                    "Values read through the cache",
                    "region",
                    e.region(),
                    "source",
                    Meters.label(e.source()));
        } else if (event instanceof RowlockEvent.CacheFillRefused e) {
            meters.count(
                    "rowlock.cache.fills.refused",
                    "Values that were loaded and not put into the cache",
                    "region",
                    e.region(),
                    "reason",
                    Meters.label(e.why()));
        } else if (event instanceof RowlockEvent.CacheTierAway e) {
            meters.count(
                    "rowlock.cache.tier.away",
                    "Steps for which the shared tier was not to be had",
                    "during",
                    e.during());
        } else if (event instanceof RowlockEvent.CacheClosed e) {
            meters.count(
                    "rowlock.cache.closed",
                    "Regions closed by writes that the shared tier could not be told of",
                    "region",
                    e.region());
        } else if (event instanceof RowlockEvent.CacheOpened e) {
            meters.count("rowlock.cache.opened", "Regions opened on a shared tier", "region", e.region());
        } else if (event instanceof RowlockEvent.CacheWriteHeld e) {
            meters.time(
                    "rowlock.cache.write.held",
                    "Writes answered later, until nobody served what was before",
                    e.held(),
                    "unit",
                    e.unit());
        } else if (event instanceof RowlockEvent.CacheSwept e) {
            meters.add("rowlock.cache.swept", "Writes of dead processes that were told to the shared tier", e.writes());
        } else if (event instanceof RowlockEvent.CacheVerified e) {
            String outcome = e.beyond() ? "beyond" : "within";
            meters.time(
                    "rowlock.cache.coherent.after",
                    "How long after a change something older was served, by sample",
                    e.coherentAfter(),
                    "region",
                    e.region(),
                    "outcome",
                    outcome);
        }
    }
}
