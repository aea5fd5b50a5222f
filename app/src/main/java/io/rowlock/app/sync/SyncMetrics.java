package io.rowlock.app.sync;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/** Counts what the sync does. Labels are states and codes: bounded by the program, never an instance or a session. */
final class SyncMetrics implements SyncListener {
    private final MeterRegistry registry;

    SyncMetrics(MeterRegistry registry) {
        this.registry = registry;
        // There from the start, so that a graph of them begins at nothing.
        count("sync.takeovers", "Instances taken over from a holder that never ended its work", 0);
        count("sync.locks.lost", "Instances lost to another holder while they were synced", 0);
    }

    @Override
    public void remote(String outcome, Duration took) {
        time("sync.remote", "Reading instances", took, "outcome", outcome);
    }

    @Override
    public void record(RecordStatus status, String code) {
        Counter.builder("sync.instances")
                .description("Instances that had their end in a session")
                .tags("status", status.text(), "code", code.isEmpty() ? "none" : code)
                .register(registry)
                .increment();
    }

    @Override
    public void takeover() {
        count("sync.takeovers", "Instances taken over from a holder that never ended its work", 1);
    }

    @Override
    public void lost() {
        count("sync.locks.lost", "Instances lost to another holder while they were synced", 1);
    }

    @Override
    public void session(SessionStatus status, Duration took) {
        time("sync.session", "Sessions from their begin to their end", took, "status", status.text());
    }

    private void count(String name, String description, int times) {
        Counter.builder(name).description(description).register(registry).increment(times);
    }

    private void time(String name, String description, Duration took, String... tags) {
        Timer.builder(name)
                .description(description)
                .tags(tags)
                .register(registry)
                .record(took.isNegative() ? Duration.ZERO : took);
    }
}
