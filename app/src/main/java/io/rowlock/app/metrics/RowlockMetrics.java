package io.rowlock.app.metrics;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.rowlock.event.RowlockEvent;
import io.rowlock.event.RowlockListener;
import java.time.Duration;
import java.util.Locale;
import org.springframework.stereotype.Component;

/**
 * Counts what the guards tell. Labels are names of units, tables, kinds of keys and causes: bounded by the program, never
 * an id or a key.
 *
 * <p>Safe for use by many threads.
 */
@Component
final class RowlockMetrics implements RowlockListener {
    private final MeterRegistry registry;

    RowlockMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void on(RowlockEvent event) {
        if (event instanceof RowlockEvent.Committed e) {
            unit(e.unit(), "committed", e.attempts(), e.took());
        } else if (event instanceof RowlockEvent.RolledBack e) {
            unit(e.unit(), "rolled_back", e.attempts(), e.took());
        } else if (event instanceof RowlockEvent.Failed e) {
            unit(e.unit(), "failed", e.attempts(), e.took());
            count("rowlock.unit.failures", "unit", e.unit(), "cause", e.why());
        } else if (event instanceof RowlockEvent.Retried e) {
            count("rowlock.unit.retries", "unit", e.unit(), "cause", e.cause().name().toLowerCase(Locale.ROOT));
        } else if (event instanceof RowlockEvent.ChangedRead e) {
            count("rowlock.changed.reads", "unit", e.unit(), "table", e.table());
        } else if (event instanceof RowlockEvent.Conflict e) {
            count("rowlock.conflicts", "table", e.table());
        } else if (event instanceof RowlockEvent.OrderBroken e) {
            count("rowlock.order.broken", "unit", e.unit());
        } else if (event instanceof RowlockEvent.SnapshotRisk e) {
            count("rowlock.snapshot.risks", "unit", e.unit(), "table", e.table());
        } else if (event instanceof RowlockEvent.CommitUnknown e) {
            count("rowlock.commit.unknown", "unit", e.unit());
        } else if (event instanceof RowlockEvent.AfterCommitFailed e) {
            count("rowlock.after.commit.failures", "unit", e.unit());
        } else if (event instanceof RowlockEvent.SerialWaited e) {
            time("rowlock.serial.wait", e.waited(), "kind", e.keyKind(), "outcome", e.had() ? "had" : "timeout");
        } else if (event instanceof RowlockEvent.SerialHeldLong e) {
            count("rowlock.serial.long.holds", "kind", e.keyKind());
        } else if (event instanceof RowlockEvent.Admitted e) {
            time("rowlock.admission.wait", e.waited(), "unit", e.unit());
        }
    }

    private void unit(String unit, String outcome, int attempts, Duration took) {
        time("rowlock.unit", took, "unit", unit, "outcome", outcome);
        DistributionSummary.builder("rowlock.unit.attempts")
                .description("How often the bodies of units ran until they ended")
                .tag("unit", unit)
                .register(registry)
                .record(attempts);
    }

    private void time(String name, Duration took, String... tags) {
        Timer.builder(name).tags(tags).register(registry).record(took);
    }

    private void count(String name, String... tags) {
        registry.counter(name, tags).increment();
    }
}
