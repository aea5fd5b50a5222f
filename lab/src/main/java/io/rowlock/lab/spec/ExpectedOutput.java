package io.rowlock.lab.spec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a test may write: one text, or one of several where the engine is free in what it does.
 *
 * @param alternatives by the name of their file
 */
record ExpectedOutput(List<Alternative> alternatives) {

    private static final String NEW_PERMUTATION = "\nstarting permutation: ";

    /** One text. */
    record Alternative(String name, String text) {}

    /** The texts that belong to a test: {@code name.out}, {@code name_1.out} and so on, beside it or in "expected". */
    static ExpectedOutput of(Path spec) throws IOException {
        String name = nameOf(spec);
        Pattern wanted = Pattern.compile(Pattern.quote(name) + "(_\\d)?\\.out");
        Path folder = spec.toAbsolutePath().getParent();
        List<Path> folders = new ArrayList<>();
        if (folder != null) {
            folders.add(folder);
            if (folder.getParent() != null) {
                folders.add(folder.getParent().resolve("expected"));
            }
        }
        for (Path each : folders) {
            if (!Files.isDirectory(each)) {
                continue;
            }
            try (Stream<Path> files = Files.list(each)) {
                List<Path> found = files.filter(file ->
                                wanted.matcher(file.getFileName().toString()).matches())
                        .sorted(Comparator.comparing(
                                file -> file.getFileName().toString().replace(".out", "")))
                        .toList();
                List<Alternative> alternatives = new ArrayList<>();
                for (Path file : found) {
                    alternatives.add(new Alternative(file.getFileName().toString(), Files.readString(file)));
                }
                if (!alternatives.isEmpty()) {
                    return new ExpectedOutput(alternatives);
                }
            }
        }
        return new ExpectedOutput(List.of());
    }

    static String nameOf(Path spec) {
        return spec.getFileName().toString().replaceFirst("\\.spec$", "");
    }

    /** The alternative that an output equals most nearly, counted in permutations. */
    Optional<Comparison> compare(String output) {
        return alternatives.stream()
                .map(alternative -> Comparison.of(alternative, output))
                .max(Comparator.comparing(Comparison::equal).thenComparing(Comparison::matched));
    }

    /**
     * An output beside an alternative.
     *
     * @param equal whether they are the same from the first line to the last
     * @param matched how many permutations are the same
     */
    record Comparison(String name, boolean equal, int matched, List<SpecResult.Difference> differences) {

        static Comparison of(Alternative alternative, String output) {
            List<String> expected = parts(alternative.text());
            List<String> actual = parts(output);
            List<SpecResult.Difference> differences = new ArrayList<>();
            int matched = 0;
            for (int i = 0; i < Math.max(expected.size(), actual.size()); i++) {
                String wanted = i < expected.size() ? expected.get(i) : "";
                String found = i < actual.size() ? actual.get(i) : "";
                if (!wanted.equals(found)) {
                    differences.add(difference(wanted, found));
                } else if (i > 0) {
                    matched++;
                }
            }
            return new Comparison(alternative.name(), differences.isEmpty(), matched, differences);
        }

        /** What stands before the first permutation, then each of them. */
        private static List<String> parts(String text) {
            return Stream.of(text.stripTrailing().split(Pattern.quote(NEW_PERMUTATION), -1))
                    .map(String::stripTrailing)
                    .toList();
        }

        private static SpecResult.Difference difference(String wanted, String found) {
            String[] wantedLines = wanted.split("\n", -1);
            String[] foundLines = found.split("\n", -1);
            int i = 0;
            while (i < wantedLines.length && i < foundLines.length && wantedLines[i].equals(foundLines[i])) {
                i++;
            }
            String permutation = wanted.isEmpty() ? foundLines[0] : wantedLines[0];
            return new SpecResult.Difference(
                    permutation, i + 1, line(wanted, wantedLines, i), line(found, foundLines, i));
        }

        private static String line(String part, String[] lines, int i) {
            return part.isEmpty() ? "(not played)" : i < lines.length ? lines[i] : "(nothing more)";
        }
    }
}
