package io.rowlock.app.load;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a run is told as: lines for people, or one JSON document.
 *
 * @param what the run in words
 * @param seed what it can be repeated with, as far as what is asked for goes
 * @param leftOut routes that the service does not have
 * @param openLoop whether requests were due at fixed times
 * @param run what was measured
 * @param kills how often a server was killed
 * @param acknowledged how many effects were acknowledged
 * @param figures what else there is to be told, by name
 * @param verdict what the audit says
 */
record Report(
        String what,
        long seed,
        List<String> leftOut,
        boolean openLoop,
        Driver.Run run,
        int kills,
        int acknowledged,
        Map<String, String> figures,
        Verdict verdict) {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private static final int FINDINGS_SHOWN = 50;
    private static final double PERCENT_ROUNDING = 1e3;

    /**
     * What the audit says.
     *
     * @param ran whether there was one
     * @param findings what is wrong, a line each
     */
    record Verdict(boolean ran, List<String> findings) {
        String title() {
            if (!ran) {
                return "AUDIT NOT RUN";
            }
            return findings.isEmpty() ? "AUDIT OK" : "AUDIT FAILED";
        }
    }

    void printText(PrintWriter out) {
        Tally all = run.all();
        out.println(what + ", seed " + seed);
        if (!leftOut.isEmpty()) {
            out.println("  left out     " + String.join(", ", leftOut) + ": the service does not have them");
        }
        line(out, "throughput", "%,.0f operations/s (%,d in %.1f s)", perSecond(), all.operations(), seconds());
        line(
                out,
                "latency",
                "p50 %.1f ms, p99 %.1f ms, max %.1f ms%s",
                all.percentileMillis(50),
                all.percentileMillis(99),
                all.maxMillis(),
                openLoop ? ", from the time each was due" : "");
        line(out, "share", "the client that got least %,d, mean %,.1f: %.2f", least(), mean(), least() / mean());
        line(
                out,
                "answers",
                "%,d accepted, %,d refused, %,d failed, %,d unanswered",
                all.accepted(),
                all.refused(),
                all.failed(),
                all.unanswered());
        line(out, "again", "%,d retried, %,d replayed", all.retried(), all.replayed());
        counts(out, "refused", all.refusals());
        counts(out, "failed", all.failures());
        line(out, "kills", "%,d", kills);
        line(
                out,
                "success",
                "%.3f %% of the changes that no rule refused (%,d of %,d)",
                floored(all.successPercent()),
                all.acceptedChanges(),
                all.validChanges());
        new TreeMap<>(figures).forEach((name, figure) -> line(out, name, "%s", figure));
        out.println();
        List<String> findings = verdict.findings();
        findings.stream().limit(FINDINGS_SHOWN).forEach(finding -> out.println("AUDIT: " + finding));
        if (findings.size() > FINDINGS_SHOWN) {
            out.println("AUDIT: and " + (findings.size() - FINDINGS_SHOWN) + " more, which --json prints");
        }
        out.println(verdict.title()
                + (verdict.ran() && verdict.findings().isEmpty()
                        ? String.format(Locale.ROOT, " (%,d acknowledged effects are there, each once)", acknowledged)
                        : ""));
        out.flush();
    }

    private static void line(PrintWriter out, String name, String format, Object... values) {
        out.printf(Locale.ROOT, "  %-12s ", name);
        out.printf(Locale.ROOT, format, values);
        out.println();
    }

    private static void counts(PrintWriter out, String name, Map<String, Long> counts) {
        if (!counts.isEmpty()) {
            line(
                    out,
                    name,
                    "%s",
                    new TreeMap<>(counts)
                            .entrySet().stream()
                                    .map(each -> each.getKey() + " " + each.getValue())
                                    .collect(Collectors.joining(", ")));
        }
    }

    void printJson(PrintWriter out) {
        Tally all = run.all();
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("run", what);
        document.put("seed", seed);
        document.put("leftOut", leftOut);
        document.put("operations", all.operations());
        document.put("seconds", seconds());
        document.put("operationsPerSecond", perSecond());
        document.put("latencyFrom", openLoop ? "due" : "sent");
        document.put("p50Millis", all.percentileMillis(50));
        document.put("p99Millis", all.percentileMillis(99));
        document.put("maxMillis", all.maxMillis());
        document.put("clientMin", least());
        document.put("clientMean", mean());
        document.put("accepted", all.accepted());
        document.put("refused", all.refused());
        document.put("failed", all.failed());
        document.put("unanswered", all.unanswered());
        document.put("retried", all.retried());
        document.put("replayed", all.replayed());
        document.put("refusals", new TreeMap<>(all.refusals()));
        document.put("failures", new TreeMap<>(all.failures()));
        document.put("kills", kills);
        document.put("validChanges", all.validChanges());
        document.put("acceptedChanges", all.acceptedChanges());
        document.put("successPercent", floored(all.successPercent()));
        document.put("figures", new TreeMap<>(figures));
        document.put("acknowledged", acknowledged);
        document.put("audit", verdict.title().substring("AUDIT ".length()).toLowerCase(Locale.ROOT));
        document.put("findings", verdict.findings());
        out.println(JSON.writeValueAsString(document));
        out.flush();
    }

    private double seconds() {
        return run.nanos() / 1e9;
    }

    private double perSecond() {
        return run.all().operations() / seconds();
    }

    private long least() {
        return run.perClient().stream().mapToLong(Tally::operations).min().orElse(0);
    }

    private double mean() {
        return (double) run.all().operations() / run.perClient().size();
    }

    /** So that 100 stands for nothing less. */
    private static double floored(double percent) {
        return Math.floor(percent * PERCENT_ROUNDING) / PERCENT_ROUNDING;
    }
}
