package io.rowlock.app.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.rowlock.event.RowlockEvent;
import java.util.Locale;

/** What leases tell. Labels are kinds of keys, outcomes and reasons, never a key or a token. Safe for use by many threads. */
final class LeaseMetrics {
    private final Meters meters;

    LeaseMetrics(MeterRegistry registry) {
        this.meters = new Meters(registry);
    }

    void on(RowlockEvent event) {
        if (event instanceof RowlockEvent.LeaseGranted e) {
            String how = e.handedOver() ? "handed_over" : e.tookOver() ? "took_over" : "free";
            meters.count("rowlock.lease.grants", "Leases granted", "kind", e.keyKind(), "how", how);
        } else if (event instanceof RowlockEvent.LeaseWaited e) {
            String outcome = e.had() ? "had" : "not_had";
            meters.time("rowlock.lease.wait", "Waits for leases", e.waited(), "kind", e.keyKind(), "outcome", outcome);
        } else if (event instanceof RowlockEvent.LeaseRenewed e) {
            meters.count("rowlock.lease.renewals", "Leases renewed", "kind", e.keyKind(), "outcome", "renewed");
        } else if (event instanceof RowlockEvent.LeaseRenewFailed e) {
            meters.count("rowlock.lease.renewals", "Leases renewed", "kind", e.keyKind(), "outcome", "failed");
        } else if (event instanceof RowlockEvent.LeaseReleased e) {
            meters.time(
                    "rowlock.lease.held",
                    "How long leases were held until they were given back",
                    e.held(),
                    "kind",
                    e.keyKind(),
                    "outcome",
                    Meters.label(e.outcome()));
        } else if (event instanceof RowlockEvent.LeaseLoss e) {
            String reason = e.reason().toLowerCase(Locale.ROOT);
            meters.count("rowlock.lease.losses", "Leases lost", "kind", e.keyKind(), "reason", reason);
        } else if (event instanceof RowlockEvent.LeaseRefused e) {
            meters.count(
                    "rowlock.lease.refused.commits",
                    "Units refused because their lease was lost",
                    "unit",
                    e.unit(),
                    "kind",
                    e.keyKind());
        } else if (event instanceof RowlockEvent.LeaseDeadlockEnded e) {
            meters.count("rowlock.lease.deadlocks", "Waits ended because they closed a circle", "kind", e.keyKind());
        } else if (event instanceof RowlockEvent.LeaseForced e) {
            meters.count("rowlock.lease.forced", "Leases taken away by operators", "kind", e.keyKind());
        } else if (event instanceof RowlockEvent.LeasesReaped e) {
            meters.add("rowlock.lease.reaped", "Rows of idle leases that were cleared away", e.leases());
        }
    }
}
