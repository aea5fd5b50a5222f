package io.rowlock.bench;

import io.rowlock.bench.Measurement.Line;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Shows what came of locks: how often they were had, how long that took, who got them, and whether they kept others out. */
final class RateTable {
    private static final String HEADING = "    %-56s %8s %6s  %-11s  %8s %8s %8s  %5s  %s";
    private static final String ROW = "    %-56s %8.0f %6s  %-11s  %8s %8s %8s  %5.2f  %s";

    private final Report report;
    private final RandomGenerator random;

    RateTable(Report report, RandomGenerator random) {
        this.report = report;
        this.random = random;
    }

    /** The table. */
    void show(LockWorkload locks, Measurement measured) {
        Workload workload = measured.workload();
        report.say("");
        report.say("  %s: %s", workload.name(), workload.title());
        report.say(HEADING, "", "ops/s", "times", "95 %", "p50 ms", "p99 ms", "max ms", "share", "violations");
        List<Object> lines = new ArrayList<>();
        for (Line line : measured.lines()) {
            Statistics.Spread times = line.timesAsFastAs(measured.lines().get(0), random);
            Exclusion exclusion = locks.exclusion(line.candidate().name());
            report.say(
                    ROW,
                    line.candidate().title(),
                    line.rate(measured.threads()),
                    number(times.median()),
                    number(times.low()) + "-" + number(times.high()),
                    millis(line.latencies().percentileNanos(0.50)),
                    millis(line.latencies().percentileNanos(0.99)),
                    millis(line.latencies().maxNanos()),
                    line.share(),
                    exclusion.violations());
            lines.add(asMap(line, measured.threads(), times, exclusion));
        }
        report.add(measured, lines);
    }

    private static Map<String, Object> asMap(Line line, int threads, Statistics.Spread times, Exclusion exclusion) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("name", line.candidate().name());
        map.put("title", line.candidate().title());
        map.put("perSecond", line.rate(threads));
        map.put("times", times.median());
        map.put("low", times.low());
        map.put("high", times.high());
        map.put("min", times.min());
        map.put("max", times.max());
        map.put("p50Millis", line.latencies().percentileNanos(0.50) / 1e6);
        map.put("p99Millis", line.latencies().percentileNanos(0.99) / 1e6);
        map.put("maxMillis", line.latencies().maxNanos() / 1e6);
        map.put("share", line.share());
        map.put("clientCpuMicros", line.clientCpu());
        map.put("serverCpuMicros", line.serverCpu());
        map.put("operations", line.operations());
        map.put("holds", exclusion.finished());
        map.put("violations", exclusion.violations());
        map.put("tokens", exclusion.tokens());
        map.put("tokensNotRisen", exclusion.notRisen());
        return map;
    }

    static String number(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.2f" : "%.1f", value);
    }

    private static String millis(long nanos) {
        double millis = nanos / 1e6;
        return String.format(Locale.ROOT, millis < 10 ? "%.3f" : "%.1f", millis);
    }
}
