package io.rowlock.lab.hermitage;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file of Hermitage, in Markdown: SQL blocks, each after the sentence that says what it shows. The first block that creates
 * a table sets up every case; blocks whose lines name no transaction are no cases.
 *
 * @param setup statements before each case
 */
record HermitageFile(List<String> setup, List<Case> cases) {

    private static final Pattern LEVEL = Pattern.compile("\"([a-z ]+)\"");

    /**
     * One case.
     *
     * @param claim the sentence before it
     * @param level as the sentence has it between quotes; empty if it has none
     */
    record Case(String claim, String level, List<HermitageStep> steps) {

        /** Whether the sentence says that the phenomenon may happen. */
        boolean claimsAllowed() {
            return claim.toLowerCase(Locale.ROOT).contains("not prevent");
        }
    }

    static HermitageFile parse(String markdown) {
        List<String> setup = List.of();
        List<Case> cases = new ArrayList<>();
        String sentence = "";
        List<String> block = null;
        for (String line : markdown.lines().toList()) {
            if (block == null && line.startsWith("```sql")) {
                block = new ArrayList<>();
            } else if (block != null && line.startsWith("```")) {
                Optional<Case> found = caseOf(sentence, block);
                if (found.isPresent()) {
                    cases.add(found.get());
                } else if (setup.isEmpty() && String.join(" ", block).contains("create table")) {
                    setup = block.stream()
                            .map(each -> each.replaceFirst(";\\s*$", ""))
                            .toList();
                }
                block = null;
            } else if (block != null) {
                block.add(line);
            } else if (!line.isBlank()) {
                sentence = line.strip();
            }
        }
        return new HermitageFile(setup, cases);
    }

    private static Optional<Case> caseOf(String sentence, List<String> lines) {
        List<HermitageStep> steps = lines.stream()
                .map(HermitageStep::parse)
                .flatMap(Optional::stream)
                .toList();
        if (steps.isEmpty()) {
            return Optional.empty();
        }
        Matcher level = LEVEL.matcher(sentence);
        return Optional.of(new Case(sentence.replaceFirst(":$", ""), level.find() ? level.group(1) : "", steps));
    }
}
