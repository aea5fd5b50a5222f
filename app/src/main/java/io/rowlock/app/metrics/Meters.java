package io.rowlock.app.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;

/**
 * Counts and times under names and labels, which are registered when they are first used. Labels must be bounded: never an id. Safe for
 * use by many threads.
 */
public final class Meters {
    private final MeterRegistry registry;

    public Meters(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Once more. */
    public void count(String name, String description, String... tags) {
        add(name, description, 1, tags);
    }

    /** So many more; with 0 it is there, so that a graph of it begins at nothing. */
    public void add(String name, String description, double amount, String... tags) {
        Counter.builder(name)
                .description(description)
                .tags(tags)
                .register(registry)
                .increment(amount);
    }

    /** It took so long; less than nothing, where clocks differ, is nothing. */
    public void time(String name, String description, Duration took, String... tags) {
        Timer.builder(name)
                .description(description)
                .tags(tags)
                .register(registry)
                .record(took.isNegative() ? Duration.ZERO : took);
    }

    /** A constant as a label. */
    public static String label(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** The simple name of a type as a label: {@code TimedOut} is {@code timed_out}. */
    public static String label(String name) {
        return name.replaceAll("(?<=[a-z])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
    }
}
