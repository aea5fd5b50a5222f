package io.rowlock.bench;

import io.rowlock.bench.Bounds.Verdict;
import io.rowlock.bench.Measurement.Line;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.BiFunction;

/** Tells what was measured: as tables while it goes on, or as one JSON document at the end. */
final class Report {
    /** Above this, the tables say that the machine was busy with other things. */
    private static final double FOREIGN_CPU_MAX = 0.10;

    private final PrintStream out;
    private final boolean json;
    private final Map<String, Object> document = new LinkedHashMap<>();
    private final List<Object> engines = new ArrayList<>();
    private List<Object> measurements = new ArrayList<>();

    Report(PrintStream out, boolean json) {
        this.out = out;
        this.json = json;
    }

    /** What was asked for and where it runs; each candidate has a cost relative to the first. */
    void head(String command, Plan plan) {
        head(
                command,
                plan,
                "cost = median of time per operation relative to the first line in the same round, with the 95 %",
                "interval of that median (bootstrap); below 1.00 is cheaper. Every slice ends with a look at what is",
                "stored: the run fails unless it is exactly what was reported.");
    }

    /**
     * What was asked for and where it runs.
     *
     * @param columns lines that tell what the tables show
     */
    void head(String command, Plan plan, String... columns) {
        document.put("command", command);
        document.put("seed", plan.seed());
        document.put("rounds", plan.rounds());
        document.put("roundMillis", plan.slice().toMillis());
        document.putAll(Machine.facts());
        say("command   %s", command);
        Machine.facts().forEach((name, value) -> say("%-9s %s", name, value));
        say(
                "method    %d rounds; each candidate has one slice of %d ms a round, in random order (seed %d);",
                plan.rounds(), plan.slice().toMillis(), plan.seed());
        for (String line : columns) {
            say("          %s", line);
        }
    }

    void engine(String name, String product, Map<String, String> settings) {
        measurements = new ArrayList<>();
        Map<String, Object> section = new LinkedHashMap<>();
        section.put("engine", name);
        section.put("product", product);
        section.put("settings", settings);
        section.put("measurements", measurements);
        engines.add(section);
        say("");
        say("%s: %s", name, product);
        List<String> parts = new ArrayList<>();
        settings.forEach((setting, value) -> parts.add(setting + "=" + value));
        say("  %s", String.join(", ", parts));
    }

    void table(Measurement measured, BiFunction<Workload, Candidate, OptionalDouble> bounds) {
        Workload workload = measured.workload();
        say("");
        say(
                "  %s: %s, %s",
                workload.name(),
                workload.title(),
                measured.threads() == 1 ? "1 thread" : measured.threads() + " threads, each on rows of its own");
        say(
                "    %-58s %6s  %-13s  %-13s  %8s  %8s  %8s  %5s  %s",
                "", "cost", "95 %", "min..max", "us/op", "cpu us", "srv us", "share", "bound");
        List<Object> lines = new ArrayList<>();
        for (Line line : measured.lines()) {
            OptionalDouble bound = bounds.apply(workload, line.candidate());
            line(line, bound);
            lines.add(asMap(line, bound));
        }
        add(measured, lines);
    }

    /** The end of a table: how quiet it was, and for programs all of it. */
    void add(Measurement measured, List<Object> lines) {
        if (measured.measured() > measured.kept() || measured.foreignCpu() > FOREIGN_CPU_MAX) {
            say(
                    "    %s%d of %d rounds kept, the quietest; other programs used %.0f %% of the processors during those",
                    measured.foreignCpu() > FOREIGN_CPU_MAX ? "warning: busy machine; " : "",
                    measured.kept(),
                    measured.measured(),
                    measured.foreignCpu() * 100);
        }
        Map<String, Object> section = new LinkedHashMap<>();
        section.put("workload", measured.workload().name());
        section.put("threads", measured.threads());
        section.put("roundsMeasured", measured.measured());
        section.put("roundsKept", measured.kept());
        section.put("foreignCpu", measured.foreignCpu());
        section.put("candidates", lines);
        measurements.add(section);
    }

    private void line(Line line, OptionalDouble bound) {
        Statistics.Spread ratio = line.ratio();
        say(
                "    %-58s %6s  %-13s  %-13s  %8s  %8s  %8s  %5.2f  %s",
                line.candidate().title(),
                number(ratio.median()),
                number(ratio.low()) + "-" + number(ratio.high()),
                number(ratio.min()) + ".." + number(ratio.max()),
                micros(line.micros().median()),
                micros(line.clientCpu()),
                line.serverCpu() == 0 ? "-" : micros(line.serverCpu()),
                line.share(),
                bound.isEmpty() ? "" : verdict(bound.getAsDouble(), ratio));
    }

    private static String micros(double value) {
        return String.format(Locale.ROOT, value < 2 ? "%.4f" : "%.1f", value);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 0.1 ? "%.4f" : "%.2f", value);
    }

    private static String verdict(double bound, Statistics.Spread ratio) {
        String text = String.format(Locale.ROOT, "<= %.2f ", bound);
        return switch (Bounds.judge(bound, ratio)) {
            case HOLDS -> text + "holds";
            case UNSURE -> text + "unsure: the bound lies in the interval";
            case MISSED -> text + "MISSED";
        };
    }

    private static Map<String, Object> asMap(Line line, OptionalDouble bound) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("name", line.candidate().name());
        map.put("title", line.candidate().title());
        map.put("cost", line.ratio().median());
        map.put("low", line.ratio().low());
        map.put("high", line.ratio().high());
        map.put("min", line.ratio().min());
        map.put("max", line.ratio().max());
        map.put("microsPerOperation", line.micros().median());
        map.put("clientCpuMicros", line.clientCpu());
        map.put("serverCpuMicros", line.serverCpu());
        map.put("share", line.share());
        map.put("operations", line.operations());
        if (bound.isPresent()) {
            Verdict verdict = Bounds.judge(bound.getAsDouble(), line.ratio());
            map.put("bound", bound.getAsDouble());
            map.put("verdict", verdict.name().toLowerCase(Locale.ROOT));
        }
        return map;
    }

    /** A fact that is no ratio. */
    void fact(String name, boolean holds, String text) {
        fact(name, holds ? Verdict.HOLDS : Verdict.MISSED, text);
    }

    /** Something that was promised, and whether the measurement bears it out. */
    void fact(String name, Verdict verdict, String text) {
        Map<String, Object> fact = new LinkedHashMap<>();
        fact.put("fact", name);
        fact.put("holds", verdict == Verdict.HOLDS);
        fact.put("verdict", verdict.name().toLowerCase(Locale.ROOT));
        fact.put("text", text);
        measurements.add(fact);
        String word = verdict == Verdict.MISSED ? "MISSED" : verdict.name().toLowerCase(Locale.ROOT);
        say("    %-58s %s (%s)", name, word, text);
    }

    void end() {
        if (json) {
            document.put("engines", engines);
            out.print(Json.of(document));
        }
        out.flush();
    }

    /** A line for people. */
    void say(String format, Object... values) {
        if (!json) {
            out.println(String.format(Locale.ROOT, format, values).stripTrailing());
        }
    }
}
