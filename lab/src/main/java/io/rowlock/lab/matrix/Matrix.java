package io.rowlock.lab.matrix;

import io.rowlock.lab.Anomaly;
import io.rowlock.lab.Budget;
import io.rowlock.lab.Exploration;
import io.rowlock.lab.Lab;
import io.rowlock.lab.Scenario;
import io.rowlock.lab.report.Explored;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What came out of each candidate at each place, every schedule run that may differ:
 *
 * <pre>{@code
 * Matrix matrix = Matrix.run(
 *         List.of(new Place("PostgreSQL READ COMMITTED", postgres, LabOptions.standard()), ...),
 *         List.of(new Candidate("as it is", dataSource -> twice(new Grants(dataSource))),
 *                 new Candidate("lock the deciding row", dataSource -> twice(new FixedGrants(dataSource)))));
 * System.out.println(matrix);
 * assertThat(matrix.holdsEverywhere("lock the deciding row")).isTrue();
 * }</pre>
 *
 * <p>With one candidate it is the matrix of engines and levels, with several a check of repairs: beside what went wrong it counts
 * the steps that waited and the actors that lost against others and have to be run again, which is what a repair costs.
 *
 * <p><b>Holds when</b> and <b>breaks when</b> {@link Lab} does. Immutable.
 *
 * @param cells row by row
 */
public record Matrix(List<Cell> cells) {

    /**
     * A candidate at a place.
     *
     * @param candidate name of the row
     * @param place name of the column
     * @param explored what was found there
     */
    public record Cell(String candidate, String place, Explored explored) {
        /** What was found. */
        public Exploration exploration() {
            return explored.exploration();
        }

        /**
         * In a few words: what went wrong and in how many of the schedules, or that nothing did or that it is open; then how
         * many steps waited and how many actors lost, where any did.
         */
        public String summary() {
            Exploration found = exploration();
            String verdict = switch (explored.verdict()) {
                case HOLDS -> "holds in " + found.schedules();
                case GOES_WRONG ->
                    anomalies(found) + " in " + found.violating() + " of " + found.schedules()
                            + (found.complete() ? "" : ", and not all were run");
                case OPEN -> "open after " + found.schedules();
            };
            return verdict
                    + (found.waits() == 0 ? "" : ", " + found.waits() + " waits")
                    + (found.contentions() == 0 ? "" : ", " + found.contentions() + " lost");
        }

        private static String anomalies(Exploration found) {
            return found.violations().stream()
                    .flatMap(run -> run.anomaly().stream())
                    .map(Anomaly::name)
                    .distinct()
                    .collect(Collectors.joining("+"));
        }
    }

    public Matrix {
        cells = List.copyOf(cells);
    }

    /** Runs all candidates at all places within the standard budget each. */
    public static Matrix run(Collection<Place> places, Collection<Candidate> candidates) {
        return run(places, candidates, Budget.standard());
    }

    /**
     * Runs all candidates at all places, one after another.
     *
     * @param budget of each cell
     * @throws IllegalArgumentException if a name is there twice, or there is nothing to run
     * @throws io.rowlock.lab.LabFailure if a database is not to be reached, or what a scenario does between runs fails
     */
    public static Matrix run(Collection<Place> places, Collection<Candidate> candidates, Budget budget) {
        requireNames(places, Place::name, "places");
        requireNames(candidates, Candidate::name, "candidates");
        List<List<Cell>> columns = new ArrayList<>();
        for (Place place : places) {
            columns.add(column(place, candidates, budget));
        }
        List<Cell> cells = new ArrayList<>();
        for (int row = 0; row < candidates.size(); row++) {
            for (List<Cell> column : columns) {
                cells.add(column.get(row));
            }
        }
        return new Matrix(cells);
    }

    private static List<Cell> column(Place place, Collection<Candidate> candidates, Budget budget) {
        List<Cell> column = new ArrayList<>();
        try (Lab lab = Lab.on(place.database(), place.options())) {
            for (Candidate candidate : candidates) {
                Scenario scenario = candidate.scenario().apply(lab.dataSource());
                Explored explored = new Explored(lab.explore(scenario, budget), lab.profile(), lab.isolation());
                column.add(new Cell(candidate.name(), place.name(), explored));
            }
        }
        return column;
    }

    private static <T> void requireNames(Collection<T> all, Function<T, String> name, String what) {
        Set<String> names = new HashSet<>();
        for (T each : all) {
            if (!names.add(name.apply(each))) {
                throw new IllegalArgumentException(
                        "Two " + what + " of one name (name=" + name.apply(each) + "): give each its own");
            }
        }
        if (names.isEmpty()) {
            throw new IllegalArgumentException("Nothing to run: give it " + what);
        }
    }

    /**
     * A cell.
     *
     * @throws IllegalArgumentException if there is none of these names
     */
    public Cell cell(String candidate, String place) {
        return cells.stream()
                .filter(cell ->
                        cell.candidate().equals(candidate) && cell.place().equals(place))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "No such cell (candidate=" + candidate + ", place=" + place + ", known=" + names() + ")"));
    }

    private List<String> names() {
        return cells.stream()
                .map(cell -> cell.candidate() + " / " + cell.place())
                .toList();
    }

    /**
     * Whether a candidate was run whole at all places and went wrong at none.
     *
     * @throws IllegalArgumentException if there is none of this name
     */
    public boolean holdsEverywhere(String candidate) {
        List<Cell> row = cells.stream()
                .filter(cell -> cell.candidate().equals(candidate))
                .toList();
        if (row.isEmpty()) {
            throw new IllegalArgumentException("No such candidate (name=" + candidate + ", known=" + names() + ")");
        }
        return row.stream().allMatch(cell -> cell.explored().verdict() == Explored.Verdict.HOLDS);
    }

    /** For a page or a document of all cells. */
    public List<Explored> explored() {
        return cells.stream().map(Cell::explored).toList();
    }

    /** A table in Markdown, a row for each candidate and a column for each place. */
    @Override
    public String toString() {
        Set<String> places = new LinkedHashSet<>();
        Set<String> candidates = new LinkedHashSet<>();
        cells.forEach(cell -> {
            places.add(cell.place());
            candidates.add(cell.candidate());
        });
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of(""));
        head.addAll(places);
        rows.add(head);
        for (String candidate : candidates) {
            List<String> row = new ArrayList<>(List.of(candidate));
            places.forEach(place -> row.add(cell(candidate, place).summary()));
            rows.add(row);
        }
        return table(rows);
    }

    private static String table(List<List<String>> rows) {
        StringBuilder text = new StringBuilder();
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (int line = 0; line < rows.size(); line++) {
            for (int i = 0; i < columns; i++) {
                String cell = rows.get(line).get(i);
                text.append("| ").append(cell).append(" ".repeat(widths[i] - cell.length() + 1));
            }
            text.append("|\n");
            if (line == 0) {
                for (int width : widths) {
                    text.append('|').append("-".repeat(width + 2));
                }
                text.append("|\n");
            }
        }
        return text.toString();
    }
}
