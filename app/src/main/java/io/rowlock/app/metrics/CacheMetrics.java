package io.rowlock.app.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.rowlock.event.RowlockEvent;
import java.time.Duration;
import java.util.Locale;

/** What caches tell. Labels are names of regions and units, sources and reasons, never a key. Safe for use by many threads. */
final class CacheMetrics {
    private final MeterRegistry registry;

    CacheMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    void on(RowlockEvent event) {
        if (event instanceof RowlockEvent.CacheRead e) {
            count(
                    "rowlock.cache.reads",
                    "Values read through the cache",
                    "region",
                    e.region(),
                    "source",
                    lower(e.source()));
        } else if (event instanceof RowlockEvent.CacheFillRefused e) {
            count(
                    "rowlock.cache.fills.refused",
                    "Values that were loaded and not put into the cache",
                    "region",
                    e.region(),
                    "reason",
                    lower(e.why()));
        } else if (event instanceof RowlockEvent.CacheTierAway e) {
            count("rowlock.cache.tier.away", "Steps for which the shared tier was not to be had", "during", e.during());
        } else if (event instanceof RowlockEvent.CacheClosed e) {
            count(
                    "rowlock.cache.closed",
                    "Regions closed by writes that the shared tier could not be told of",
                    "region",
                    e.region());
        } else if (event instanceof RowlockEvent.CacheOpened e) {
            count("rowlock.cache.opened", "Regions opened on a shared tier", "region", e.region());
        } else if (event instanceof RowlockEvent.CacheWriteHeld e) {
            time(
                    "rowlock.cache.write.held",
                    "Writes answered later, until nobody served what was before",
                    e.held(),
                    "unit",
                    e.unit());
        } else if (event instanceof RowlockEvent.CacheSwept e) {
            Counter.builder("rowlock.cache.swept")
                    .description("Writes of dead processes that were told to the shared tier")
                    .register(registry)
                    .increment(e.writes());
        } else if (event instanceof RowlockEvent.CacheVerified e) {
            String outcome = e.beyond() ? "beyond" : "within";
            time(
                    "rowlock.cache.coherent.after",
                    "How long after a change something older was served, by sample",
                    e.coherentAfter(),
                    "region",
                    e.region(),
                    "outcome",
                    outcome);
        }
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private void time(String name, String description, Duration took, String... tags) {
        Timer.builder(name)
                .description(description)
                .tags(tags)
                .register(registry)
                .record(took);
    }

    private void count(String name, String description, String... tags) {
        Counter.builder(name)
                .description(description)
                .tags(tags)
                .register(registry)
                .increment();
    }
}
