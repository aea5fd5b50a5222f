package io.rowlock.app.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.rowlock.event.RowlockEvent;
import java.time.Duration;
import java.util.Locale;

/** What leases tell. Labels are kinds of keys, outcomes and reasons, never a key or a token. Safe for use by many threads. */
final class LeaseMetrics {
    private final MeterRegistry registry;

    LeaseMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    void on(RowlockEvent event) {
        if (event instanceof RowlockEvent.LeaseGranted e) {
            String how = e.handedOver() ? "handed_over" : e.tookOver() ? "took_over" : "free";
            count("rowlock.lease.grants", "Leases granted", "kind", e.keyKind(), "how", how);
        } else if (event instanceof RowlockEvent.LeaseWaited e) {
            String outcome = e.had() ? "had" : "not_had";
            time("rowlock.lease.wait", "Waits for leases", e.waited(), "kind", e.keyKind(), "outcome", outcome);
        } else if (event instanceof RowlockEvent.LeaseRenewed e) {
            count("rowlock.lease.renewals", "Leases renewed", "kind", e.keyKind(), "outcome", "renewed");
        } else if (event instanceof RowlockEvent.LeaseRenewFailed e) {
            count("rowlock.lease.renewals", "Leases renewed", "kind", e.keyKind(), "outcome", "failed");
        } else if (event instanceof RowlockEvent.LeaseReleased e) {
            time(
                    "rowlock.lease.held",
                    "How long leases were held until they were given back",
                    e.held(),
                    "kind",
                    e.keyKind(),
                    "outcome",
                    snake(e.outcome()));
        } else if (event instanceof RowlockEvent.LeaseLoss e) {
            String reason = e.reason().toLowerCase(Locale.ROOT);
            count("rowlock.lease.losses", "Leases lost", "kind", e.keyKind(), "reason", reason);
        } else if (event instanceof RowlockEvent.LeaseRefused e) {
            count(
                    "rowlock.lease.refused.commits",
                    "Units refused because their lease was lost",
                    "unit",
                    e.unit(),
                    "kind",
                    e.keyKind());
        } else if (event instanceof RowlockEvent.LeaseDeadlockEnded e) {
            count("rowlock.lease.deadlocks", "Waits ended because they closed a circle", "kind", e.keyKind());
        } else if (event instanceof RowlockEvent.LeaseForced e) {
            count("rowlock.lease.forced", "Leases taken away by operators", "kind", e.keyKind());
        } else if (event instanceof RowlockEvent.LeasesReaped e) {
            Counter.builder("rowlock.lease.reaped")
                    .description("Rows of idle leases that were cleared away")
                    .register(registry)
                    .increment(e.leases());
        }
    }

    private static String snake(String name) {
        return name.replaceAll("(?<=[a-z])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
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
