package io.rowlock.lab.hermitage;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What became of the cases on one database.
 *
 * @param engine its name
 * @param version as it states it
 * @param cells in the order in which they were played
 * @param problems why cases could not be played, one line each
 */
public record HermitageReport(String engine, String version, List<HermitageCell> cells, List<String> problems) {

    public HermitageReport {
        cells = List.copyOf(cells);
        problems = List.copyOf(problems);
    }

    /** Whether everything could be played and is as Hermitage says. */
    public boolean asClaimed() {
        return problems.isEmpty() && cells.stream().allMatch(HermitageCell::asClaimed);
    }

    /** For a person: one line for each case at each level, what is not as Hermitage notes under it, and the counts. */
    public String text() {
        StringBuilder text = new StringBuilder("%s %s\n".formatted(engine, version));
        for (HermitageCell cell : cells) {
            text.append("%-7s %-44s %-9s %s: %s\n"
                    .formatted(
                            cell.asClaimed() ? "ok" : "differs",
                            cell.level(),
                            cell.symbol(),
                            cell.title(),
                            cell.verdict()));
            cell.differences()
                    .forEach(difference -> text.append("          noted otherwise: ")
                            .append(difference)
                            .append('\n'));
        }
        problems.forEach(problem -> text.append("problem ").append(problem).append('\n'));
        long claimed = cells.stream().filter(cell -> cell.claimed().isPresent()).count();
        long same = cells.stream()
                .filter(cell -> cell.claimed().isPresent() && cell.asClaimed())
                .count();
        return text.append("%d of %d verdicts as Hermitage has them; %d cells played%s\n"
                        .formatted(
                                same,
                                claimed,
                                cells.size(),
                                problems.isEmpty() ? "" : "; " + problems.size() + " problems"))
                .toString();
    }

    /**
     * A table for documentation, in Markdown: a row for each phenomenon, a column for each level; a switch that changes
     * nothing at a level has no column there. Where a phenomenon does not happen the cell says what prevented it, and a dash
     * if nobody had to wait or fail.
     */
    public String markdown() {
        List<String> titles =
                cells.stream().map(HermitageCell::title).distinct().toList();
        List<String> levels = cells.stream()
                .map(HermitageCell::level)
                .distinct()
                .filter(level -> !isAsWithoutSwitch(level, titles))
                .toList();
        String header = row(Stream.concat(Stream.of("", "Phenomenon"), levels.stream()));
        String line =
                row(Stream.generate(() -> "---").limit(levels.size() + 2L)).replace(" ", "");
        String rows = titles.stream()
                .map(title -> row(Stream.concat(
                        Stream.of(symbol(title), title), levels.stream().map(level -> cell(level, title)))))
                .collect(Collectors.joining());
        return header + line + rows;
    }

    private boolean isAsWithoutSwitch(String level, List<String> titles) {
        int comma = level.indexOf(", ");
        return comma > 0
                && titles.stream().allMatch(title -> cell(level, title).equals(cell(level.substring(0, comma), title)));
    }

    private static String row(Stream<String> cells) {
        return cells.collect(Collectors.joining(" | ", "| ", " |\n"));
    }

    private String symbol(String title) {
        return cells.stream()
                .filter(cell -> cell.title().equals(title))
                .map(HermitageCell::symbol)
                .findFirst()
                .orElse("");
    }

    private String cell(String level, String title) {
        return cells.stream()
                .filter(cell -> cell.level().equals(level) && cell.title().equals(title))
                .map(HermitageReport::cell)
                .findFirst()
                .orElse("");
    }

    private static String cell(HermitageCell cell) {
        if (cell.allowed().orElse(false)) {
            return "**happens**";
        }
        return cell.means().isEmpty() ? "–" : String.join(", ", cell.means());
    }
}
