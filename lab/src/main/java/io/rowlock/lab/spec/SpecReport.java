package io.rowlock.lab.spec;

import java.util.List;
import java.util.Locale;

/**
 * What became of a run of tests.
 *
 * @param server which server played them, with its version
 * @param results in the order of the tests
 * @param problems why tests could not be played, one line each
 */
public record SpecReport(String server, List<SpecResult> results, List<String> problems) {

    /** Of one test no more differences are shown; the first ones tell what is wrong. */
    private static final int DIFFERENCES_MAX = 5;

    public SpecReport {
        results = List.copyOf(results);
        problems = List.copyOf(problems);
    }

    /** How many permutations were played. */
    public int permutations() {
        return results.stream().mapToInt(SpecResult::permutations).sum();
    }

    /** How many of them gave the expected output. */
    public int matched() {
        return results.stream().mapToInt(SpecResult::matched).sum();
    }

    /** Whether every test could be played and gave what is expected. */
    public boolean asExpected() {
        return problems.isEmpty() && results.stream().allMatch(SpecResult::asExpected);
    }

    /** For a person: a line for each test, the differences under it, and the counts. */
    public String text() {
        StringBuilder text = new StringBuilder(server).append('\n');
        results.forEach(result -> append(text, result));
        problems.forEach(problem -> text.append("problem  ").append(problem).append('\n'));
        long files = results.stream().filter(SpecResult::asExpected).count();
        text.append("%d of %d permutations and %d of %d files as expected; %d waits, %d errors; %.1f s%s\n"
                .formatted(
                        matched(),
                        permutations(),
                        files,
                        results.size(),
                        results.stream().mapToInt(SpecResult::waits).sum(),
                        results.stream().mapToInt(SpecResult::errors).sum(),
                        results.stream()
                                        .mapToLong(result -> result.took().toMillis())
                                        .sum()
                                / 1e3,
                        problems.isEmpty() ? "" : "; " + problems.size() + " could not be played"));
        return text.toString();
    }

    private static void append(StringBuilder text, SpecResult result) {
        String verdict = result.asExpected() ? "ok" : result.expected().isEmpty() ? "played" : "differs";
        text.append(String.format(
                Locale.ROOT,
                "%-8s %s  %d of %d%s\n",
                verdict,
                result.name(),
                result.matched(),
                result.permutations(),
                result.expected().isEmpty() ? "; there is no expected output beside it" : ""));
        result.differences().stream()
                .limit(DIFFERENCES_MAX)
                .forEach(difference ->
                        text.append("           %s: line %d\n             expected  %s\n             found     %s\n"
                                .formatted(
                                        difference.permutation(),
                                        difference.line(),
                                        difference.expected(),
                                        difference.found())));
        int more = result.differences().size() - DIFFERENCES_MAX;
        if (more > 0) {
            text.append("           and ").append(more).append(" more\n");
        }
    }
}
