package io.rowlock.lab;

import io.rowlock.lab.internal.tell.Shown;
import io.rowlock.lab.internal.tell.SqlText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A run as text for a terminal: a lane for each actor, from top to bottom in time. */
final class Timeline {
    private static final int WIDTH = 120;
    private static final int MARGIN = 7;
    private static final int ROWS_MAX = 4;
    private static final int LINES_MAX = 3;
    private static final String RULE = "│ ";
    private static final String WAITING = "┃ ";

    private final Run run;
    private final List<Character> letters;
    private final List<Because.StaleRead> staleReads;
    private final int lane;
    private final List<String> lines = new ArrayList<>();
    private int now;

    private Timeline(Run run) {
        this.run = run;
        this.letters = List.copyOf(run.outcome().results().keySet());
        this.staleReads = run.because().staleReads();
        this.lane = (WIDTH - MARGIN) / Math.max(1, letters.size());
    }

    static String explain(String scenario, Run witness, int violating, int schedules) {
        StringBuilder text = new StringBuilder();
        text.append(scenario).append(": ").append(violating).append(" of ").append(schedules);
        text.append(schedules == 1 ? " schedule goes" : violating == 1 ? " schedules goes" : " schedules go");
        text.append(" wrong");
        witness.anomaly().ifPresent(anomaly -> text.append(": ").append(anomaly));
        text.append("\n\n").append(lanes(witness)).append('\n');
        paragraph(text, "Wrong:   ", witness.violation().orElse(""));
        witness.outcome()
                .results()
                .forEach((letter, result) -> paragraph(text, "  " + letter + "      ", String.valueOf(result)));
        witness.outcome().state().forEach(state -> paragraph(text, "  then   ", state));
        String word = "Because: ";
        for (String sentence : witness.because().sentences()) {
            paragraph(text, word, sentence);
            word = "         ";
        }
        witness.anomaly().ifPresent(anomaly -> paragraph(text, "Mend:    ", anomaly.remedy()));
        text.append("Replay:  ").append(witness.schedule()).append('\n');
        return text.toString();
    }

    private static void paragraph(StringBuilder text, String head, String content) {
        String before = head;
        for (String line : wrapped(content, WIDTH - head.length(), Integer.MAX_VALUE)) {
            text.append(before).append(line).append('\n');
            before = " ".repeat(head.length());
        }
    }

    static String lanes(Run run) {
        return new Timeline(run).text();
    }

    private String text() {
        header();
        for (now = 0; now < run.steps().size(); now++) {
            begin(now);
            for (int late = 0; late < now; late++) {
                Step waiting = run.steps().get(late);
                if (isLate(late) && waiting.endedDuring() == now) {
                    put(
                            waiting.move().actor(),
                            "",
                            waiting.move() + " goes on " + answer(late).orElse(""),
                            late);
                    note(late);
                }
            }
        }
        return String.join("\n", lines) + "\n";
    }

    private void header() {
        StringBuilder names = new StringBuilder(" ".repeat(MARGIN));
        StringBuilder rule = new StringBuilder("─".repeat(MARGIN));
        for (int i = 0; i < letters.size(); i++) {
            boolean last = i == letters.size() - 1;
            String name = "  " + letters.get(i);
            names.append(name).append(last ? "" : " ".repeat(lane - name.length()));
            rule.append("┬").append("─".repeat(lane - 1));
        }
        lines.add(names.toString());
        lines.add(rule.toString());
    }

    private void begin(int number) {
        Step step = run.steps().get(number);
        char actor = step.move().actor();
        put(actor, step.move().toString(), head(step), number);
        if (step.fixesView() && matters(number)) {
            put(actor, "", "┄┄ " + actor + "'s plain reads see this moment ┄┄", number);
        }
        if (isLate(number)) {
            put(actor, "", WAITING + "waits", -1);
        } else {
            answer(number).ifPresent(answer -> put(actor, "", answer, number));
            note(number);
        }
    }

    private static String head(Step step) {
        if (step.move().isCrash()) {
            return "✕ crashes in front of " + SqlText.bound(step.sql(), step.values());
        }
        if (step.ends() && step.move().what().equals(Move.COMMIT)) {
            return "● COMMIT";
        }
        if (step.ends() && step.move().what().equals(Move.ROLLBACK)) {
            return "○ ROLLBACK";
        }
        return SqlText.bound(step.sql(), step.values());
    }

    /** Whether a later step of the transaction sees what this one sees. */
    private boolean matters(int fixing) {
        Step first = run.steps().get(fixing);
        return run.steps().subList(fixing + 1, run.steps().size()).stream()
                .anyMatch(step -> step.move().actor() == first.move().actor()
                        && step.transaction() == first.transaction()
                        && !step.ends());
    }

    private boolean isLate(int number) {
        return run.steps().get(number).endedDuring() > number;
    }

    private Optional<String> answer(int number) {
        Step step = run.steps().get(number);
        if (step.failure().isPresent()) {
            return step.failure().map(failure -> "→ fails: " + failure);
        }
        if (!step.rows().isEmpty()) {
            return Optional.of("→ " + Shown.rows(step.rows(), ROWS_MAX));
        }
        if (step.move().isCrash()) {
            return Optional.empty();
        }
        if (step.updated().isPresent()) {
            return step.updated().map(rows -> "→ " + Shown.count(rows));
        }
        boolean reads =
                step.accesses().stream().anyMatch(access -> !access.mode().isWrite());
        return reads ? Optional.of("→ no row") : Optional.empty();
    }

    private void note(int number) {
        staleReads.stream()
                .filter(each -> each.read() == number)
                .findFirst()
                .ifPresent(each -> put(run.steps().get(number).move().actor(), "", "▲ " + each.note(run), number));
    }

    /** Puts a text into an actor's lane; those who wait have a bar in theirs. */
    private void put(char actor, String name, String content, int speaker) {
        String margin = name;
        for (String part : wrapped(content, lane - 4, LINES_MAX)) {
            StringBuilder line =
                    new StringBuilder(" " + margin + " ".repeat(Math.max(0, MARGIN - 1 - margin.length())));
            for (int i = 0; i < letters.size(); i++) {
                String text = letters.get(i) == actor ? part : waits(letters.get(i), speaker) ? WAITING : "";
                line.append(RULE).append(text);
                if (i < letters.size() - 1) {
                    line.append(" ".repeat(Math.max(0, lane - 2 - text.length())));
                }
            }
            lines.add(line.toString().stripTrailing());
            margin = "";
        }
    }

    private boolean waits(char actor, int speaker) {
        for (int i = 0; i < now; i++) {
            Step step = run.steps().get(i);
            if (step.move().actor() == actor && i != speaker && step.endedDuring() >= now && isLate(i)) {
                return true;
            }
        }
        return false;
    }

    private static List<String> wrapped(String content, int width, int linesMax) {
        String flat = content.replaceAll("\\s+", " ");
        String rest = linesMax == Integer.MAX_VALUE ? flat : SqlText.brief(flat, width * linesMax - 2 * linesMax * 2);
        List<String> lines = new ArrayList<>();
        while (rest.length() > width) {
            int at = rest.lastIndexOf(' ', width);
            if (at < width / 2) {
                at = width;
            }
            lines.add(rest.substring(0, at).stripTrailing());
            rest = "  " + rest.substring(at).strip();
        }
        lines.add(rest);
        return lines;
    }
}
