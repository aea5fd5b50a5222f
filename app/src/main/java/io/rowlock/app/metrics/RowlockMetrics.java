package io.rowlock.app.metrics;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
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
    private final Meters meters;
    private final LeaseMetrics leases;
    private final CacheMetrics caches;

    RowlockMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.meters = new Meters(registry);
        this.leases = new LeaseMetrics(registry);
        this.caches = new CacheMetrics(registry);
    }

    @Override
    public void on(RowlockEvent event) {
        if (event instanceof RowlockEvent.Committed e) {
            unit(e.unit(), "committed", e.attempts(), e.took());
        } else if (event instanceof RowlockEvent.RolledBack e) {
            unit(e.unit(), "rolled_back", e.attempts(), e.took());
        } else if (event instanceof RowlockEvent.Failed e) {
            unit(e.unit(), "failed", e.attempts(), e.took());
            meters.count("rowlock.unit.failures", "Units that gave up", "unit", e.unit(), "cause", e.why());
        } else if (event instanceof RowlockEvent.Retried e) {
            String cause = e.cause().name().toLowerCase(Locale.ROOT);
            meters.count(
                    "rowlock.unit.retries", "Attempts after which a unit ran again", "unit", e.unit(), "cause", cause);
        } else if (event instanceof RowlockEvent.ChangedRead e) {
            meters.count("rowlock.changed.reads", "Rows found changed at commit", "unit", e.unit(), "table", e.table());
        } else if (event instanceof RowlockEvent.Conflict e) {
            meters.count("rowlock.conflicts", "Versioned writes that met another version", "table", e.table());
        } else if (event instanceof RowlockEvent.OrderBroken e) {
            meters.count("rowlock.order.broken", "Locks taken against the declared order", "unit", e.unit());
        } else if (event instanceof RowlockEvent.SnapshotRisk e) {
            meters.count(
                    "rowlock.snapshot.risks", "Locks taken after a snapshot", "unit", e.unit(), "table", e.table());
        } else if (event instanceof RowlockEvent.CommitUnknown e) {
            meters.count("rowlock.commit.unknown", "Commits of which nobody knows the outcome", "unit", e.unit());
        } else if (event instanceof RowlockEvent.AfterCommitFailed e) {
            meters.count("rowlock.after.commit.failures", "Actions after commit that threw", "unit", e.unit());
        } else if (event instanceof RowlockEvent.SerialWaited e) {
            String outcome = e.had() ? "had" : "timeout";
            meters.time(
                    "rowlock.serial.wait",
                    "Waits for keys of this process",
                    e.waited(),
                    "kind",
                    e.keyKind(),
                    "outcome",
                    outcome);
        } else if (event instanceof RowlockEvent.SerialHeldLong e) {
            meters.count("rowlock.serial.long.holds", "Keys of this process held over the limit", "kind", e.keyKind());
        } else if (event instanceof RowlockEvent.SerialDeadlocked e) {
            meters.count("rowlock.serial.deadlocks", "Circles of waits for keys of this process", "kind", e.keyKind());
        } else if (event instanceof RowlockEvent.Admitted e) {
            meters.time(
                    "rowlock.admission.wait", "Waits of contended units to be let in", e.waited(), "unit", e.unit());
        } else {
            onceOrBatch(event);
        }
    }

    private void onceOrBatch(RowlockEvent event) {
        if (event instanceof RowlockEvent.OnceAnswered e) {
            String outcome = e.outcome().name().toLowerCase(Locale.ROOT);
            meters.time("rowlock.once", "Calls under a once-key", e.took(), "unit", e.unit(), "outcome", outcome);
        } else if (event instanceof RowlockEvent.OnceWaited e) {
            String outcome = e.had() ? "had" : "timeout";
            meters.time(
                    "rowlock.once.wait",
                    "Waits for a call with the same once-key in this process",
                    e.waited(),
                    "kind",
                    e.keyKind(),
                    "outcome",
                    outcome);
        } else if (event instanceof RowlockEvent.OnceOvertaken e) {
            meters.count(
                    "rowlock.once.overtaken", "Calls that ran in vain beside another process", "kind", e.keyKind());
        } else if (event instanceof RowlockEvent.OnceExpired e) {
            meters.count("rowlock.once.expired", "Calls that met an expired answer and ran", "kind", e.keyKind());
        } else if (event instanceof RowlockEvent.OnceResolved e) {
            meters.count(
                    "rowlock.once.resolved",
                    "Lost commits whose outcome was found out",
                    "kind",
                    e.keyKind(),
                    "outcome",
                    e.stored() ? "stored" : "not_stored");
        } else if (event instanceof RowlockEvent.OnceReaped e) {
            meters.add("rowlock.once.reaped", "Expired answers that were deleted", e.answers());
        } else if (event instanceof RowlockEvent.BatchProgressed e) {
            items(e.batch(), "applied", e.applied());
            items(e.batch(), "refused", e.refused());
            items(e.batch(), "failed", e.failed());
            items(e.batch(), "repeated", e.repeated());
        } else {
            leases.on(event);
            caches.on(event);
            claims(event);
        }
    }

    private void claims(RowlockEvent event) {
        if (event instanceof RowlockEvent.ClaimsTaken e) {
            taken(e.queue(), "first", e.claims() - e.repeated());
            taken(e.queue(), "repeated", e.repeated());
        } else if (event instanceof RowlockEvent.ClaimEnded e) {
            String outcome = e.outcome().name().toLowerCase(Locale.ROOT);
            meters.time(
                    "rowlock.claims.held",
                    "Items from being taken to their end",
                    e.held(),
                    "queue",
                    e.queue(),
                    "outcome",
                    outcome);
        } else if (event instanceof RowlockEvent.ClaimRefused e) {
            meters.time(
                    "rowlock.claims.held",
                    "Items from being taken to their end",
                    e.held(),
                    "queue",
                    e.queue(),
                    "outcome",
                    "refused");
        } else if (event instanceof RowlockEvent.ClaimRenewed e) {
            String outcome = e.outcome().name().toLowerCase(Locale.ROOT);
            meters.count(
                    "rowlock.claims.renewals",
                    "Claims that were to last longer",
                    "queue",
                    e.queue(),
                    "outcome",
                    outcome);
        } else if (event instanceof RowlockEvent.ClaimLeft e) {
            meters.count("rowlock.claims.left", "Claims that could not be ended and run out", "queue", e.queue());
        } else if (event instanceof RowlockEvent.ItemParked e) {
            meters.count("rowlock.claims.parked", "Items that were tried too often", "queue", e.queue());
        }
    }

    private void taken(String queue, String attempt, int items) {
        meters.add(
                "rowlock.claims.taken", "Items of queues that were taken", items, "queue", queue, "attempt", attempt);
    }

    private void items(String batch, String outcome, int items) {
        meters.add("rowlock.batch.items", "Items of batches that are over", items, "batch", batch, "outcome", outcome);
    }

    private void unit(String unit, String outcome, int attempts, Duration took) {
        meters.time(
                "rowlock.unit", "Units of work, all their attempts together", took, "unit", unit, "outcome", outcome);
        DistributionSummary.builder("rowlock.unit.attempts")
                .description("How often the bodies of units ran until they ended")
                .tag("unit", unit)
                .register(registry)
                .record(attempts);
    }
}
