package io.rowlock.lab.report;

import io.rowlock.dialect.Engine;
import io.rowlock.lab.Anomaly;
import io.rowlock.lab.Because;
import io.rowlock.lab.Exploration;
import io.rowlock.lab.Run;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Objects;

/**
 * Explorations as one page, to be sent to somebody: a table of verdicts, and for each thing that goes wrong the shortest schedule
 * as lanes from top to bottom, with the reads that were stale drawn on it, why it is wrong, and how it is replayed.
 *
 * <p>The page is one file: it asks for nothing from any network, and names in a content security policy the one script that may run
 * in it, so that no value of a database can become another. It follows the reader's light or dark colours.
 */
public final class HtmlReport {
    private static final String CSS = resource("report.css");
    private static final String SCRIPT = resource("report.js");

    private final StringBuilder page = new StringBuilder();

    private HtmlReport() {}

    /** The page. */
    public static String of(String title, List<Explored> all) {
        return new HtmlReport().page(title, all);
    }

    /** Writes the page to a file, in UTF-8. */
    public static void write(Path file, String title, List<Explored> all) throws IOException {
        Files.write(file, of(title, all).getBytes(StandardCharsets.UTF_8));
    }

    private String page(String title, List<Explored> all) {
        page.append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        page.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        page.append("<meta name=\"color-scheme\" content=\"light dark\">\n");
        page.append(
                        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline';"
                                + " script-src 'sha256-")
                .append(sha256(SCRIPT))
                .append("'; base-uri 'none'; form-action 'none'\">\n");
        page.append("<title>").append(Html.text(title)).append("</title>\n");
        page.append("<style>\n").append(CSS).append("</style>\n</head>\n<body>\n<main>\n");
        page.append("<header><h1>").append(Html.text(title)).append("</h1>\n<p>");
        page.append(summary(all)).append("</p></header>\n");
        table(all);
        for (int i = 0; i < all.size(); i++) {
            witnesses(all.get(i), i);
        }
        page.append("<footer>Each schedule is replayed by <code>lab.replay(scenario, Schedule.parse(\"…\"))</code>."
                + " Every step of it ran on the database that is named.</footer>\n");
        page.append("</main>\n<script>").append(SCRIPT).append("</script>\n</body>\n</html>\n");
        return page.toString();
    }

    private static String summary(List<Explored> all) {
        long wrong = count(all, Explored.Verdict.GOES_WRONG);
        long holds = count(all, Explored.Verdict.HOLDS);
        long open = count(all, Explored.Verdict.OPEN);
        long schedules =
                all.stream().mapToLong(each -> each.exploration().schedules()).sum();
        return "<b class=\"bad\">" + wrong + "</b> " + (wrong == 1 ? "goes" : "go") + " wrong, <b class=\"good\">"
                + holds
                + "</b> " + (holds == 1 ? "holds" : "hold")
                + (open == 0 ? "" : ", <b>" + open + "</b> left open")
                + ", of " + all.size() + (all.size() == 1 ? " scenario" : " scenarios") + " under " + schedules
                + (schedules == 1 ? " schedule" : " schedules") + ".";
    }

    private static long count(List<Explored> all, Explored.Verdict verdict) {
        return all.stream().filter(each -> each.verdict() == verdict).count();
    }

    // ---- the table

    private void table(List<Explored> all) {
        page.append(
                "<table class=\"verdicts\"><thead><tr><th>Scenario<th>Database<th>Isolation<th>Verdict<th class=\"num\">Wrong"
                        + "<th class=\"num\">Schedules<th class=\"num\">Outcomes</tr></thead>\n<tbody>\n");
        for (int i = 0; i < all.size(); i++) {
            Explored each = all.get(i);
            Exploration found = each.exploration();
            page.append("<tr>");
            cell("Scenario", "name", link(each, i));
            cell("Database", "", Html.text(database(each)));
            cell("Isolation", "", Html.text(each.isolation().sql()));
            cell("Verdict", "", verdict(each));
            cell("Wrong", "num", String.valueOf(found.violating()));
            cell("Schedules", "num", schedules(found));
            cell("Outcomes", "num", String.valueOf(found.found().size()));
            page.append("</tr>\n");
        }
        page.append("</tbody></table>\n");
    }

    private void cell(String label, String type, String html) {
        page.append("<td data-label=\"")
                .append(label)
                .append("\" class=\"")
                .append(type)
                .append("\">");
        page.append(html).append("</td>");
    }

    private static String link(Explored each, int number) {
        String name = Html.text(each.exploration().scenario());
        return each.witnesses().isEmpty() ? name : "<a href=\"#x" + number + "\">" + name + "</a>";
    }

    private static String schedules(Exploration found) {
        return found.schedules()
                + (found.cut() > 0 ? " <small>+" + found.cut() + " cut</small>" : "")
                + (found.complete() ? "" : " <small>not all</small>");
    }

    private static String verdict(Explored each) {
        return switch (each.verdict()) {
            case HOLDS -> "<span class=\"tag good\">holds</span>";
            case OPEN -> "<span class=\"tag open\">open</span>";
            case GOES_WRONG -> {
                StringBuilder tags = new StringBuilder();
                for (Run run : each.witnesses()) {
                    tags.append("<span class=\"tag bad\">").append(words(run)).append("</span> ");
                }
                yield tags.toString();
            }
        };
    }

    /** Such as {@code lost update}. */
    private static String words(Run run) {
        return run.anomaly()
                .map(Anomaly::name)
                .orElse("")
                .toLowerCase(java.util.Locale.ROOT)
                .replace('_', ' ');
    }

    private static String database(Explored each) {
        String version = each.server().version();
        int end = 0;
        while (end < version.length() && (Character.isDigit(version.charAt(end)) || version.charAt(end) == '.')) {
            end++;
        }
        String name = switch (each.server().engine()) {
            case POSTGRESQL -> "PostgreSQL";
            case MARIADB -> "MariaDB";
            case MYSQL -> "MySQL";
            case SQLITE -> "SQLite";
        };
        return name + " " + (end == 0 ? version : version.substring(0, end));
    }

    // ---- what goes wrong

    private void witnesses(Explored each, int number) {
        List<Run> witnesses = each.witnesses();
        if (witnesses.isEmpty()) {
            return;
        }
        Exploration found = each.exploration();
        page.append("<section id=\"x").append(number).append("\">\n<h2>").append(Html.text(found.scenario()));
        page.append("</h2>\n<p class=\"where\">")
                .append(Html.text(database(each)))
                .append(" · ");
        page.append(
                each.server().engine() == Engine.SQLITE
                        ? "one writer"
                        : Html.text(each.isolation().sql()));
        page.append(" · ").append(found.violating()).append(" of ").append(found.schedules());
        page.append(found.schedules() == 1 ? " schedule" : " schedules").append(" wrong</p>\n");
        for (int i = 0; i < witnesses.size(); i++) {
            witness(witnesses.get(i), "x" + number + "w" + i);
        }
        page.append("</section>\n");
    }

    private void witness(Run run, String id) {
        Anomaly anomaly = run.anomaly().orElseThrow();
        page.append("<article>\n<h3><span class=\"tag bad\">")
                .append(words(run))
                .append("</span> ");
        page.append(Html.text(anomaly.meaning())).append("</h3>\n");
        new Lanes(run, id, page).draw();
        page.append("<div class=\"told\">\n<div class=\"why\"><h4>Because</h4>\n<ol>\n");
        Because because = run.because();
        because.sentences()
                .forEach(each -> page.append("<li>").append(moves(each, run)).append("</li>\n"));
        page.append("</ol>\n<h4>What mends it</h4>\n<p>")
                .append(Html.text(anomaly.remedy()))
                .append("</p></div>\n");
        outcome(run);
        page.append("</div>\n<div class=\"replay\"><span>Replay</span><code id=\"")
                .append(id)
                .append("r\">");
        page.append(Html.text(run.schedule().toString())).append("</code><button type=\"button\" data-copy=\"");
        page.append(id).append("r\">Copy</button></div>\n</article>\n");
    }

    /** A sentence, in which the moves stand out in their actor's colour. */
    private static String moves(String sentence, Run run) {
        List<Character> letters = List.copyOf(run.outcome().results().keySet());
        StringBuilder html = new StringBuilder();
        java.util.regex.Matcher move =
                java.util.regex.Pattern.compile("\\b([A-Z])(\\d{1,4}|[cr])\\b").matcher(sentence);
        int done = 0;
        while (move.find()) {
            int lane = letters.indexOf(move.group(1).charAt(0));
            html.append(Html.text(sentence.substring(done, move.start())));
            html.append(lane < 0 ? move.group() : "<b class=\"move l" + lane + "\">" + move.group() + "</b>");
            done = move.end();
        }
        return html.append(Html.text(sentence.substring(done))).toString();
    }

    private void outcome(Run run) {
        page.append("<div class=\"came\"><h4>What it came to</h4>\n<dl>\n");
        List<Character> letters = List.copyOf(run.outcome().results().keySet());
        run.outcome()
                .results()
                .forEach((letter, result) -> page.append("<dt><b class=\"move l")
                        .append(letters.indexOf(letter))
                        .append("\">")
                        .append(letter)
                        .append("</b></dt><dd><code>")
                        .append(Html.text(result.toString()))
                        .append("</code></dd>\n"));
        run.outcome().state().stream()
                .filter(state -> !state.endsWith("[]"))
                .forEach(state -> page.append("<dt>then</dt><dd><code>")
                        .append(Html.text(state))
                        .append("</code></dd>\n"));
        page.append("</dl>\n<p class=\"violation\">")
                .append(Html.text(run.violation().orElse("")));
        page.append("</p></div>\n");
    }

    private static String sha256(String text) {
        try {
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("Every Java has SHA-256", missing);
        }
    }

    private static String resource(String name) {
        try (InputStream in = Objects.requireNonNull(HtmlReport.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
