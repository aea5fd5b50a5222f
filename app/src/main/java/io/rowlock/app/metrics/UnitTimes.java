package io.rowlock.app.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * How a system's operations fared on this node since it started, by what the meters have counted. Safe for use by many threads.
 */
public final class UnitTimes {
    /** From this share of runs that had to be repeated on, a unit counts as contended. */
    private static final double CONTENDED_RATE = 0.2;

    /** Fewer runs say nothing. */
    private static final long CONTENDED_RUNS_MIN = 50;

    private final MeterRegistry registry;
    private final String prefix;

    /** @param prefix what the names of the system's units begin with */
    public UnitTimes(MeterRegistry registry, String prefix) {
        this.registry = registry;
        this.prefix = prefix;
    }

    /**
     * One operation.
     *
     * @param unit its name
     * @param runs how often it was asked for
     * @param committed how often it was committed
     * @param rolledBack how often its body ended it with an exception
     * @param failed how often it gave up
     * @param successRate committed of all, 0 to 1
     * @param retries how often it ran again because of somebody else
     * @param retryRate retries for each run
     * @param meanMillis how long it took with all its attempts
     * @param maxMillis the longest of late
     * @param waitMillis how long it waited in all to be let in to contended rows
     * @param contended whether so much is repeated that somebody should look
     */
    public record Times(
            String unit,
            long runs,
            long committed,
            long rolledBack,
            long failed,
            double successRate,
            long retries,
            double retryRate,
            double meanMillis,
            double maxMillis,
            double waitMillis,
            boolean contended) {}

    /** All operations that ran, by name. */
    public List<Times> all() {
        return new TreeSet<>(registry.find("rowlock.unit").timers().stream()
                        .map(timer -> String.valueOf(timer.getId().getTag("unit")))
                        .filter(unit -> unit.startsWith(prefix))
                        .toList())
                .stream().map(this::of).toList();
    }

    private Times of(String unit) {
        Collection<Timer> timers =
                registry.find("rowlock.unit").tag("unit", unit).timers();
        long runs = timers.stream().mapToLong(Timer::count).sum();
        long committed = count(unit, "committed");
        double total = timers.stream()
                .mapToDouble(timer -> timer.totalTime(TimeUnit.MILLISECONDS))
                .sum();
        long retries = (long) registry.find("rowlock.unit.retries").tag("unit", unit).counters().stream()
                .mapToDouble(Counter::count)
                .sum();
        return new Times(
                unit,
                runs,
                committed,
                count(unit, "rolled_back"),
                count(unit, "failed"),
                ratio((double) committed, runs),
                retries,
                ratio((double) retries, runs),
                ratio(total, runs),
                timers.stream()
                        .mapToDouble(timer -> timer.max(TimeUnit.MILLISECONDS))
                        .max()
                        .orElse(0),
                registry.find("rowlock.admission.wait").tag("unit", unit).timers().stream()
                        .mapToDouble(timer -> timer.totalTime(TimeUnit.MILLISECONDS))
                        .sum(),
                runs >= CONTENDED_RUNS_MIN && ratio((double) retries, runs) >= CONTENDED_RATE);
    }

    private long count(String unit, String outcome) {
        return registry.find("rowlock.unit").tag("unit", unit).tag("outcome", outcome).timers().stream()
                .mapToLong(Timer::count)
                .sum();
    }

    private static double ratio(double part, long whole) {
        return whole == 0 ? 0 : Math.round(part / (double) whole * 1000) / 1000.0;
    }
}
