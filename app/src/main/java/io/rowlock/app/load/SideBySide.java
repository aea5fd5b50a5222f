package io.rowlock.app.load;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What two forms did in turns, and whether the guarded one keeps to its bounds.
 *
 * @param what the run in words
 * @param perSecond how many requests were due a second
 * @param seed what it can be repeated with, as far as what is asked for goes
 * @param books what they have left
 * @param figures what else there is to be told, by name
 */
record SideBySide(
        String what,
        double perSecond,
        long seed,
        FormFigures naive,
        FormFigures guarded,
        MasteryBooks books,
        Map<String, String> figures) {
    /** How much higher the P99 of the guarded form may be. */
    static final double P99_ABOVE_MAX = 15;

    static final double SUCCESS_MIN = 99.9;

    /** Of the naive form, which may fail: if it does so more often than once in a hundred, the P99 may be that of a failure. */
    static final double COMPARABLE_MIN = 99;

    /** Of the rate that was asked for; the last answer of a turn comes a little after its time. */
    static final double RATE_SHARE_MIN = 0.99;

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private static final int FINDINGS_SHOWN = 50;

    /**
     * What a form did in all its turns.
     *
     * @param errors requests that ended with an error, sendings that had to be repeated because there was no answer
     * @param undone requests that were refused, or answered without anything being stored, by why
     * @param perSecond requests a second, to the last answer of each turn
     * @param p99PerTurn in the order of the rounds
     */
    record FormFigures(
            String name,
            long requests,
            long errors,
            Map<String, Long> undone,
            double perSecond,
            double p50Millis,
            double p99Millis,
            double maxMillis,
            List<Double> p99PerTurn) {

        FormFigures {
            undone = Map.copyOf(undone);
            p99PerTurn = List.copyOf(p99PerTurn);
        }

        static FormFigures of(String name, Alternation.Turns turns) {
            Tally all = turns.all();
            Map<String, Long> undone = new TreeMap<>(all.fallbacks());
            undone.putAll(all.refusals());
            return new FormFigures(
                    name,
                    all.operations(),
                    all.failed() + all.unanswered() + all.retried(),
                    undone,
                    all.operations() / (turns.nanos() / 1e9),
                    all.percentileMillis(50),
                    all.percentileMillis(99),
                    all.maxMillis(),
                    turns.p99Millis());
        }

        long undoneCount() {
            return undone.values().stream().mapToLong(Long::longValue).sum();
        }

        /** Rounded down, so that 100 stands for nothing less. */
        double successPercent() {
            return Math.floor(100_000.0 * Math.max(0, requests - errors - undoneCount()) / requests) / 1e3;
        }

        boolean holds(double rate) {
            return perSecond >= RATE_SHARE_MIN * rate;
        }
    }

    /** By how much the P99 of the guarded form is above that of the naive one, of each round. */
    List<Double> above() {
        return IntStream.range(0, guarded.p99PerTurn().size())
                .mapToObj(round ->
                        guarded.p99PerTurn().get(round) - naive.p99PerTurn().get(round))
                .toList();
    }

    /** The median of the rounds: what the machine does in one of them does not count. */
    double aboveMedian() {
        List<Double> sorted = above().stream().sorted().toList();
        int size = sorted.size();
        return (sorted.get((size - 1) / 2) + sorted.get(size / 2)) / 2;
    }

    /** Of all requests of each form together: what a form does only now and then counts too. */
    double aboveOfAll() {
        return guarded.p99Millis() - naive.p99Millis();
    }

    /** What is not as it has to be, a line each, but for what the audit found. */
    List<String> notHeld() {
        List<String> lines = new ArrayList<>();
        for (FormFigures form : List.of(naive, guarded)) {
            if (!form.holds(perSecond)) {
                lines.add(String.format(
                        Locale.ROOT,
                        "The rate was not held, so that latencies are those of a queue (form=%s, achieved=%.1f/s, rate=%.1f/s)",
                        form.name(),
                        form.perSecond(),
                        perSecond));
            }
        }
        if (guarded.errors() > 0) {
            lines.add("Requests ended with errors (form=guarded, errors=" + guarded.errors() + ")");
        }
        if (guarded.successPercent() < SUCCESS_MIN) {
            lines.add(success("Too many requests were not done", guarded, SUCCESS_MIN));
        }
        if (naive.successPercent() < COMPARABLE_MIN) {
            lines.add(success(
                    "So many requests were not done that there is no P99 to compare with", naive, COMPARABLE_MIN));
        }
        if (aboveMedian() > P99_ABOVE_MAX || aboveOfAll() > P99_ABOVE_MAX) {
            lines.add(String.format(
                    Locale.ROOT,
                    "The P99 of the guarded form is too far above that of the naive one"
                            + " (median=%.1f ms, ofAll=%.1f ms, max=%.0f ms)",
                    aboveMedian(),
                    aboveOfAll(),
                    P99_ABOVE_MAX));
        }
        return lines;
    }

    /** Whether all is as it has to be, the books of the guarded form included. */
    boolean holds() {
        return notHeld().isEmpty() && books.findings().isEmpty();
    }

    private static String success(String what, FormFigures form, double min) {
        return String.format(
                Locale.ROOT,
                "%s (form=%s, success=%.3f %%, min=%.1f %%)",
                what,
                form.name(),
                form.successPercent(),
                min);
    }

    void printText(PrintWriter out) {
        out.println(what + ", seed " + seed);
        out.printf(
                Locale.ROOT,
                "%n  %-10s %10s %8s %8s %11s %11s %9s %9s %9s%n",
                "",
                "requests",
                "errors",
                "undone",
                "success",
                "achieved",
                "p50 ms",
                "p99 ms",
                "max ms");
        for (FormFigures form : List.of(naive, guarded)) {
            out.printf(
                    Locale.ROOT,
                    "  %-10s %,10d %,8d %,8d %9.3f %% %,9.1f/s %9.1f %9.1f %9.1f%n",
                    form.name(),
                    form.requests(),
                    form.errors(),
                    form.undoneCount(),
                    form.successPercent(),
                    form.perSecond(),
                    form.p50Millis(),
                    form.p99Millis(),
                    form.maxMillis());
        }
        out.println();
        line(
                out,
                "p99",
                String.format(
                        Locale.ROOT,
                        "guarded above naive by %+.1f ms in the median of %d rounds, by %+.1f ms of all requests; %.0f ms are the bound",
                        aboveMedian(),
                        above().size(),
                        aboveOfAll(),
                        P99_ABOVE_MAX));
        line(
                out,
                "rounds",
                above().stream()
                        .map(each -> String.format(Locale.ROOT, "%+.1f", each))
                        .collect(Collectors.joining(" ")));
        for (FormFigures form : List.of(naive, guarded)) {
            if (form.undoneCount() > 0) {
                line(out, "undone", form.name() + ": " + counts(form.undone()));
            }
        }
        line(out, "lost", "naive: " + (books.lost() == 0 ? "nothing" : counts(books.lostByCheck())));
        new TreeMap<>(figures).forEach((name, figure) -> line(out, name, figure));
        out.println();
        notHeld().forEach(each -> out.println("NOT HELD: " + each));
        books.findings().stream().limit(FINDINGS_SHOWN).forEach(finding -> out.println("AUDIT: " + finding));
        if (books.findings().size() > FINDINGS_SHOWN) {
            out.println("AUDIT: and " + (books.findings().size() - FINDINGS_SHOWN) + " more, which --json prints");
        }
        out.println(
                books.findings().isEmpty()
                        ? String.format(
                                Locale.ROOT,
                                "AUDIT OK (guarded: %,d acknowledged effects are there, each once)",
                                books.acknowledged())
                        : "AUDIT FAILED");
        out.println(holds() ? "HOLDS" : "DOES NOT HOLD");
        out.flush();
    }

    private static String counts(Map<String, Long> counts) {
        return new TreeMap<>(counts)
                .entrySet().stream()
                        .map(each -> each.getKey() + " " + each.getValue())
                        .collect(Collectors.joining(", "));
    }

    private static void line(PrintWriter out, String name, String text) {
        out.printf(Locale.ROOT, "  %-10s %s%n", name, text);
    }

    void printJson(PrintWriter out) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("run", what);
        document.put("seed", seed);
        document.put("rate", perSecond);
        document.put("forms", List.of(json(naive), json(guarded)));
        document.put("p99AboveMillis", above());
        document.put("p99AboveMedianMillis", aboveMedian());
        document.put("p99AboveOfAllMillis", aboveOfAll());
        document.put("p99AboveMaxMillis", P99_ABOVE_MAX);
        document.put("lost", books.lost());
        document.put("lostByCheck", new TreeMap<>(books.lostByCheck()));
        document.put("figures", new TreeMap<>(figures));
        document.put("acknowledged", books.acknowledged());
        document.put("audit", books.findings().isEmpty() ? "ok" : "failed");
        document.put("findings", books.findings());
        document.put("notHeld", notHeld());
        document.put("holds", holds());
        out.println(JSON.writeValueAsString(document));
        out.flush();
    }

    private Map<String, Object> json(FormFigures form) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("form", form.name());
        one.put("requests", form.requests());
        one.put("errors", form.errors());
        one.put("undone", form.undoneCount());
        one.put("undoneByReason", new TreeMap<>(form.undone()));
        one.put("successPercent", form.successPercent());
        one.put("perSecond", form.perSecond());
        one.put("rateHeld", form.holds(perSecond));
        one.put("p50Millis", form.p50Millis());
        one.put("p99Millis", form.p99Millis());
        one.put("maxMillis", form.maxMillis());
        one.put("p99PerTurnMillis", form.p99PerTurn());
        return one;
    }
}
