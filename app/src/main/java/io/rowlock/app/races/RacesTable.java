package io.rowlock.app.races;

import io.rowlock.lab.Exploration;
import io.rowlock.lab.Run;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Verdicts as a table for people, and as a document for programs. */
public final class RacesTable {
    private static final String LINE = "%-11s %-9s %-10s %-15s %9s %9s %6s  %-10s %-17s %s%n";

    private RacesTable() {}

    /**
     * A race in the document.
     *
     * @param schedules how many were run
     * @param violating how many of them went wrong
     * @param contentions how many actors lost against others in them
     * @param witness the shortest schedule that goes wrong
     */
    private record Row(
            String id,
            String form,
            String title,
            String engine,
            String isolation,
            String verdict,
            int schedules,
            int cut,
            int violating,
            long contentions,
            @Nullable String anomaly,
            @Nullable String witness,
            @Nullable String why) {}

    /** What --json prints; {@code version} counts up when a reader of an earlier one would be misled. */
    private record Document(int version, boolean ok, List<Row> races) {}

    /** One line each, and what there is to be said below. */
    public static String text(List<Verdict> verdicts) {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                LINE,
                "race",
                "form",
                "engine",
                "isolation",
                "schedules",
                "violating",
                "errors",
                "verdict",
                "anomaly",
                "shortest witness"));
        for (Verdict verdict : verdicts) {
            Exploration run = verdict.exploration();
            text.append(String.format(
                    Locale.ROOT,
                    LINE,
                    verdict.race().id(),
                    form(verdict.race().form()),
                    verdict.engine().title(),
                    level(verdict),
                    run.schedules(),
                    run.violating(),
                    run.contentions(),
                    verdict.is().name().toLowerCase(Locale.ROOT),
                    verdict.anomaly().map(Enum::name).orElse("-"),
                    witness(verdict).orElse("-")));
            if (!verdict.why().isEmpty()) {
                text.append("            ").append(verdict.why()).append(System.lineSeparator());
            }
        }
        long wrong =
                verdicts.stream().filter(verdict -> !verdict.is().asItHasToBe()).count();
        text.append(System.lineSeparator())
                .append(
                        wrong == 0
                                ? "RACES OK (" + verdicts.size() + ", each as it has to be)"
                                : wrong + " of " + verdicts.size() + " are not as they have to be")
                .append(System.lineSeparator());
        return text.toString();
    }

    /** The same as JSON. */
    public static String json(List<Verdict> verdicts) {
        List<Row> rows = verdicts.stream().map(RacesTable::row).toList();
        boolean ok = verdicts.stream().allMatch(verdict -> verdict.is().asItHasToBe());
        return new JsonMapper().writerWithDefaultPrettyPrinter().writeValueAsString(new Document(1, ok, rows))
                + System.lineSeparator();
    }

    private static Row row(Verdict verdict) {
        Exploration run = verdict.exploration();
        return new Row(
                verdict.race().id(),
                form(verdict.race().form()),
                verdict.race().title(),
                verdict.engine().name().toLowerCase(Locale.ROOT),
                verdict.isolation().name(),
                verdict.is().name(),
                run.schedules(),
                run.cut(),
                run.violating(),
                run.contentions(),
                verdict.anomaly().map(Enum::name).orElse(null),
                witness(verdict).orElse(null),
                verdict.why().isEmpty() ? null : verdict.why());
    }

    /** A form as it is written on the command line. */
    public static String form(Form form) {
        return form.name().toLowerCase(Locale.ROOT);
    }

    private static String level(Verdict verdict) {
        return verdict.isolation().name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Optional<String> witness(Verdict verdict) {
        return verdict.exploration().witness().map(Run::schedule).map(Object::toString);
    }
}
