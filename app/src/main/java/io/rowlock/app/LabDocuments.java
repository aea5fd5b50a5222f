package io.rowlock.app;

import io.rowlock.lab.hermitage.HermitageCell;
import io.rowlock.lab.hermitage.HermitageReport;
import io.rowlock.lab.spec.SpecReport;
import io.rowlock.lab.spec.SpecResult;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** What {@code lab} prints for programs. */
final class LabDocuments {
    private LabDocuments() {}

    /** What --json prints; {@code version} counts up when a reader of an earlier one would be misled. */
    private record Specs(
            int version,
            boolean ok,
            String server,
            int permutations,
            int matched,
            List<String> problems,
            List<Test> tests) {}

    /** @param expected the name of the expected file that is the nearest, or null if there is none */
    private record Test(
            String name,
            boolean ok,
            int permutations,
            int matched,
            int waits,
            int errors,
            @Nullable String expected,
            List<SpecResult.Difference> differences) {}

    /** @param cells each case at each level */
    private record Cases(
            int version, boolean ok, String engine, String engineVersion, List<String> problems, List<Cell> cells) {}

    /** @param allowed whether it happened, {@code claimed} whether Hermitage has it so; null where nobody says */
    private record Cell(
            String level,
            String symbol,
            String title,
            boolean ok,
            @Nullable Boolean allowed,
            @Nullable Boolean claimed,
            List<String> means,
            List<String> rows,
            List<String> differences) {}

    static String of(SpecReport report) {
        return json(new Specs(
                1,
                report.asExpected(),
                report.server(),
                report.permutations(),
                report.matched(),
                report.problems(),
                report.results().stream().map(LabDocuments::test).toList()));
    }

    private static Test test(SpecResult result) {
        return new Test(
                result.name(),
                result.asExpected(),
                result.permutations(),
                result.matched(),
                result.waits(),
                result.errors(),
                result.expected().orElse(null),
                result.differences());
    }

    static String of(HermitageReport report) {
        return json(new Cases(
                1,
                report.asClaimed(),
                report.engine(),
                report.version(),
                report.problems(),
                report.cells().stream().map(LabDocuments::cell).toList()));
    }

    private static Cell cell(HermitageCell cell) {
        return new Cell(
                cell.level(),
                cell.symbol(),
                cell.title(),
                cell.asClaimed(),
                cell.allowed().orElse(null),
                cell.claimed().orElse(null),
                cell.means(),
                cell.rows(),
                cell.differences());
    }

    private static String json(Object document) {
        return new JsonMapper().writerWithDefaultPrettyPrinter().writeValueAsString(document) + System.lineSeparator();
    }
}
