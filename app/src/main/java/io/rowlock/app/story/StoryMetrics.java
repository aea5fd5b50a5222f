package io.rowlock.app.story;

import io.micrometer.core.instrument.MeterRegistry;
import io.rowlock.app.metrics.Meters;
import io.rowlock.app.story.model.CoreStatus;
import io.rowlock.app.story.model.Role;

/** Counts what becomes of stories. Labels are roles and statuses, never a story. */
final class StoryMetrics implements StoryEvents {
    private final Meters meters;

    StoryMetrics(MeterRegistry registry) {
        this.meters = new Meters(registry);
    }

    @Override
    public void moved(Role role, CoreStatus to) {
        meters.count(
                "rowlock.story.transitions", "Steps of stories", "role", Meters.label(role), "to", Meters.label(to));
    }

    @Override
    public void conflict(Role role) {
        meters.count(
                "rowlock.story.conflicts", "Changes made from a version that had passed", "role", Meters.label(role));
    }

    @Override
    public void merged(Role role, boolean done) {
        meters.count(
                "rowlock.story.merges",
                "Conflicting changes that were to be brought together",
                "role",
                Meters.label(role),
                "outcome",
                done ? "merged" : "given_up");
    }
}
