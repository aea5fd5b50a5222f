package io.rowlock.app.story;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.rowlock.app.story.model.CoreStatus;
import io.rowlock.app.story.model.Role;
import java.util.Locale;

/** Counts what becomes of stories. Labels are roles and statuses, never a story. */
final class StoryMetrics implements StoryEvents {
    private final MeterRegistry registry;

    StoryMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void moved(Role role, CoreStatus to) {
        count("rowlock.story.transitions", "Steps of stories", "role", label(role), "to", label(to));
    }

    @Override
    public void conflict(Role role) {
        count("rowlock.story.conflicts", "Changes made from a version that had passed", "role", label(role));
    }

    @Override
    public void merged(Role role, boolean done) {
        count(
                "rowlock.story.merges",
                "Conflicting changes that were to be brought together",
                "role",
                label(role),
                "outcome",
                done ? "merged" : "given_up");
    }

    private void count(String name, String description, String... tags) {
        Counter.builder(name)
                .description(description)
                .tags(tags)
                .register(registry)
                .increment();
    }

    private static String label(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
