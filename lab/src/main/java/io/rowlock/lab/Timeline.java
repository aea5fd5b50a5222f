package io.rowlock.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A run as text: a lane for each actor, from top to bottom in time. */
final class Timeline {
    private static final int LANE = 46;
    private static final int TEXT_MAX = 400;

    private Timeline() {}

    static String explain(String scenario, Run witness, int violating, int schedules) {
        StringBuilder text = new StringBuilder();
        text.append(scenario)
                .append(": ")
                .append(violating)
                .append(" of ")
                .append(schedules)
                .append(" schedules go wrong\n\n");
        text.append(lanes(witness)).append('\n');
        witness.outcome()
                .results()
                .forEach((letter, result) -> text.append("  ")
                        .append(letter)
                        .append("  ")
                        .append(result)
                        .append('\n'));
        for (String state : witness.outcome().state()) {
            text.append("  =  ").append(state).append('\n');
        }
        text.append('\n').append(witness.violation().orElse("")).append('\n');
        for (String because : Because.chain(witness)) {
            text.append("  because ").append(because).append('\n');
        }
        text.append("\nReplay: ").append(witness.schedule()).append('\n');
        return text.toString();
    }

    static String lanes(Run run) {
        List<Character> letters = run.outcome().results().keySet().stream().toList();
        StringBuilder text = new StringBuilder();
        List<Step> steps = run.steps();
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            line(text, letters, step.move().actor(), head(step));
            answer(step).ifPresent(answer -> line(text, letters, step.move().actor(), "   " + answer));
            for (Step late : steps) {
                if (late.waited() && late.endedDuring() == i && steps.indexOf(late) != i) {
                    line(text, letters, late.move().actor(), late.move() + " ... goes on" + lateAnswer(late));
                }
            }
        }
        return text.toString();
    }

    private static String head(Step step) {
        return step.move() + "  " + step.sql() + values(step) + (step.waited() ? "  ... waits" : "");
    }

    private static String lateAnswer(Step step) {
        return late(step).map(answer -> ": " + answer).orElse("");
    }

    private static Optional<String> answer(Step step) {
        return step.waited() ? Optional.empty() : late(step);
    }

    private static Optional<String> late(Step step) {
        if (step.failure().isPresent()) {
            return step.failure().map(failure -> "! " + failure);
        }
        if (!step.rows().isEmpty()) {
            return Optional.of("-> " + step.rows().stream().map(Timeline::row).collect(Collectors.joining(", ")));
        }
        return step.updated().map(rows -> "-> " + rows + (rows == 1 ? " row" : " rows"));
    }

    private static String row(Map<String, @Nullable Object> row) {
        return row.entrySet().stream()
                .map(each -> each.getKey() + "=" + each.getValue())
                .collect(Collectors.joining(" "));
    }

    private static String values(Step step) {
        return step.values().isEmpty()
                ? ""
                : step.values().stream().map(String::valueOf).collect(Collectors.joining(", ", "  (", ")"));
    }

    private static void line(StringBuilder text, List<Character> letters, char actor, String content) {
        int lane = letters.indexOf(actor);
        for (String part : wrapped(content)) {
            text.append("  ").append(" ".repeat(lane * LANE)).append(part).append('\n');
        }
    }

    private static List<String> wrapped(String content) {
        String flat = content.replaceAll("\\s+", " ").replaceFirst("^ ", "   ");
        String shown = flat.length() > TEXT_MAX ? flat.substring(0, TEXT_MAX) + " ..." : flat;
        List<String> lines = new ArrayList<>();
        String rest = shown;
        while (rest.length() > LANE - 2) {
            int at = rest.lastIndexOf(' ', LANE - 2);
            if (at < LANE / 2) {
                at = LANE - 2;
            }
            lines.add(rest.substring(0, at));
            rest = "     " + rest.substring(at).strip();
        }
        lines.add(rest);
        return lines;
    }
}
