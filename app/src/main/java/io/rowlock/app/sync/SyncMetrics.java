package io.rowlock.app.sync;

import io.micrometer.core.instrument.MeterRegistry;
import io.rowlock.app.metrics.Meters;
import java.time.Duration;

/** Counts what the sync does. Labels are states and codes: bounded by the program, never an instance or a session. */
final class SyncMetrics implements SyncListener {
    private final Meters meters;

    SyncMetrics(MeterRegistry registry) {
        this.meters = new Meters(registry);
        // There from the start, so that a graph of them begins at nothing.
        meters.add("sync.takeovers", "Instances taken over from a holder that never ended its work", 0);
        meters.add("sync.locks.lost", "Instances lost to another holder while they were synced", 0);
    }

    @Override
    public void remote(String outcome, Duration took) {
        meters.time("sync.remote", "Reading instances", took, "outcome", outcome);
    }

    @Override
    public void record(RecordStatus status, String code) {
        meters.count(
                "sync.instances",
                "Instances that had their end in a session",
                "status",
                status.text(),
                "code",
                code.isEmpty() ? "none" : code);
    }

    @Override
    public void takeover() {
        meters.add("sync.takeovers", "Instances taken over from a holder that never ended its work", 1);
    }

    @Override
    public void lost() {
        meters.add("sync.locks.lost", "Instances lost to another holder while they were synced", 1);
    }

    @Override
    public void session(SessionStatus status, Duration took) {
        meters.time("sync.session", "Sessions from their begin to their end", took, "status", status.text());
    }
}
