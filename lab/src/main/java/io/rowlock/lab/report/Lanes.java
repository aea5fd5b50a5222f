package io.rowlock.lab.report;

import io.rowlock.lab.Because;
import io.rowlock.lab.Move;
import io.rowlock.lab.Run;
import io.rowlock.lab.Step;
import io.rowlock.lab.internal.tell.Places;
import io.rowlock.lab.internal.tell.Shown;
import io.rowlock.lab.internal.tell.SqlText;
import io.rowlock.watch.trace.Access;
import java.util.List;
import java.util.Optional;

/** The steps of one run as a grid: a column for each actor, two rows for each step, the second for what ends during it. */
final class Lanes {
    private static final int STATEMENT_MAX = 320;
    private static final int ROWS_MAX = 6;

    private final Run run;
    private final String id;
    private final StringBuilder page;
    private final List<Character> letters;
    private final List<Because.StaleRead> staleReads;

    Lanes(Run run, String id, StringBuilder page) {
        this.run = run;
        this.id = id;
        this.page = page;
        this.letters = List.copyOf(run.outcome().results().keySet());
        this.staleReads = run.because().staleReads();
    }

    void draw() {
        page.append("<div class=\"lanes\" style=\"--n:").append(letters.size()).append("\">\n");
        for (int lane = 0; lane < letters.size(); lane++) {
            page.append("<div class=\"head l")
                    .append(lane)
                    .append("\" style=\"--l:")
                    .append(lane)
                    .append("\">");
            page.append(letters.get(lane)).append("</div>\n");
        }
        List<Step> steps = run.steps();
        for (int i = 0; i < steps.size(); i++) {
            spans(i);
        }
        for (int i = 0; i < steps.size(); i++) {
            step(i);
        }
        arrows();
        page.append("</div>\n");
        legend();
    }

    private static int row(int step) {
        return 2 * step + 2;
    }

    private int lane(int step) {
        return letters.indexOf(run.steps().get(step).move().actor());
    }

    private boolean isLate(int step) {
        return run.steps().get(step).endedDuring() > step;
    }

    // ---- what lasts: transactions, locks, waits

    private void spans(int number) {
        Step step = run.steps().get(number);
        int end = endOfTransaction(number);
        if (step.transaction() > 0 && isFirst(number)) {
            span("tx", number, row(number), row(end) + 1, "transaction " + step.transaction());
        }
        if (!locked(step).isEmpty() && end > number) {
            int from = isLate(number) ? row(step.endedDuring()) + 1 : row(number);
            span("lock", number, from, row(end) + 1, "holds " + locked(step));
        }
        if (isLate(number)) {
            page.append("<div class=\"wait l")
                    .append(lane(number))
                    .append("\"")
                    .append(place(lane(number), row(number) + 1, row(step.endedDuring()) + 1));
            page.append("><span>waits until ").append(name(step.endedDuring())).append("</span></div>\n");
        }
    }

    private void span(String type, int number, int from, int to, String title) {
        page.append("<div class=\"span ")
                .append(type)
                .append(" l")
                .append(lane(number))
                .append("\"");
        page.append(place(lane(number), from, to))
                .append(" title=\"")
                .append(Html.text(title))
                .append("\"></div>\n");
    }

    private static String place(int lane, int from, int to) {
        return " style=\"--l:" + lane + ";--f:" + from + ";--t:" + to + "\"";
    }

    private boolean isFirst(int number) {
        return run.steps().subList(0, number).stream()
                .noneMatch(each -> isSame(each, run.steps().get(number)));
    }

    private int endOfTransaction(int number) {
        int end = number;
        for (int i = number; i < run.steps().size(); i++) {
            if (isSame(run.steps().get(i), run.steps().get(number))) {
                end = i;
            }
        }
        return end;
    }

    private static boolean isSame(Step one, Step other) {
        return one.transaction() > 0
                && one.transaction() == other.transaction()
                && one.move().actor() == other.move().actor();
    }

    /** The rows that a step locks, as text; empty if none. */
    private static String locked(Step step) {
        if (step.failure().isPresent() || step.move().isCrash()) {
            return "";
        }
        return step.accesses().stream()
                .filter(access -> access.mode().locks() && !access.table().startsWith("#"))
                .filter(access -> access.mode().isWrite() || !step.rows().isEmpty())
                .map(Places::of)
                .distinct()
                .reduce((one, other) -> one + ", " + other)
                .orElse("");
    }

    // ---- steps

    private void step(int number) {
        Step step = run.steps().get(number);
        page.append("<div class=\"step l")
                .append(lane(number))
                .append(type(number))
                .append("\" id=\"");
        page.append(id).append('s').append(number).append("\"");
        page.append(place(lane(number), row(number), row(number) + 1)).append("><b class=\"move l");
        page.append(lane(number)).append("\">").append(name(number)).append("</b>");
        content(step);
        if (!isLate(number)) {
            answer(number);
        }
        view(number);
        page.append("</div>\n");
        if (isLate(number)) {
            page.append("<div class=\"step late l")
                    .append(lane(number))
                    .append(type(number))
                    .append("\"");
            page.append(place(lane(number), row(step.endedDuring()) + 1, row(step.endedDuring()) + 2));
            page.append("><b class=\"move l").append(lane(number)).append("\">").append(name(number));
            page.append("</b><span class=\"goes\">goes on</span>");
            answer(number);
            page.append("</div>\n");
        }
    }

    private String name(int number) {
        return Html.text(run.steps().get(number).move().toString());
    }

    private String type(int number) {
        Step step = run.steps().get(number);
        if (step.move().isCrash()) {
            return " crash";
        }
        if (step.failure().isPresent()) {
            return " failed";
        }
        if (isEnd(step, Move.COMMIT)) {
            return " commit";
        }
        if (isEnd(step, Move.ROLLBACK)) {
            return " rollback";
        }
        boolean stale = staleReads.stream().anyMatch(each -> each.read() == number);
        return stale ? " stale" : "";
    }

    private static boolean isEnd(Step step, String what) {
        return step.ends() && step.move().what().equals(what);
    }

    private void content(Step step) {
        if (step.move().isCrash()) {
            page.append("<span class=\"goes\">crashes in front of</span>");
        }
        String statement = SqlText.brief(SqlText.bound(step.sql(), step.values()), STATEMENT_MAX);
        page.append("<code>").append(Html.sql(statement)).append("</code>");
        if (!locked(step).isEmpty()
                && step.accesses().stream().noneMatch(access -> access.mode().isWrite())) {
            page.append(" <span class=\"chip\">locks ")
                    .append(Html.text(locked(step)))
                    .append("</span>");
        }
    }

    private void answer(int number) {
        Step step = run.steps().get(number);
        told(step)
                .ifPresent(text -> page.append("<div class=\"answer\">")
                        .append(Html.text(text))
                        .append("</div>"));
        staleReads.stream()
                .filter(each -> each.read() == number)
                .findFirst()
                .ifPresent(each -> page.append("<div class=\"note\">")
                        .append(Html.text(each.note(run)))
                        .append("</div>"));
    }

    private static Optional<String> told(Step step) {
        if (step.failure().isPresent()) {
            return step.failure();
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
        boolean reads = step.accesses().stream().map(Access::mode).anyMatch(mode -> !mode.isWrite());
        return reads ? Optional.of("→ no row") : Optional.empty();
    }

    private void view(int number) {
        Step step = run.steps().get(number);
        boolean matters = run.steps().subList(number + 1, run.steps().size()).stream()
                .anyMatch(each -> isSame(each, step) && !each.ends());
        if (step.fixesView() && matters) {
            page.append("<div class=\"view\"><span>snapshot: ")
                    .append(step.move().actor());
            page.append("'s plain reads see this moment</span></div>");
        }
    }

    // ---- the contradiction

    private void arrows() {
        if (staleReads.isEmpty()) {
            return;
        }
        page.append("<svg class=\"arrows\" aria-hidden=\"true\" data-arrows=\"");
        String gap = "";
        for (Because.StaleRead each : staleReads) {
            page.append(gap).append(arrow(each.read(), each.change(), "misses"));
            gap = " ";
            if (each.commit() < each.decided()) {
                page.append(gap).append(arrow(each.commit(), each.decided(), "decides"));
            }
        }
        page.append("\"></svg>\n");
    }

    private void legend() {
        if (staleReads.isEmpty()) {
            return;
        }
        page.append("<p class=\"legend\"><span class=\"misses\">did not see this change</span>");
        if (staleReads.stream().anyMatch(each -> each.commit() < each.decided())) {
            page.append("<span class=\"decides\">and yet comes after it</span>");
        }
        page.append("</p>\n");
    }

    private String arrow(int from, int to, String type) {
        return id + "s" + from + ">" + id + "s" + to + ">" + type;
    }
}
