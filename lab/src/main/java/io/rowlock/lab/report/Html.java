package io.rowlock.lab.report;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Text as HTML. Whatever comes from a database or a program passes through here. */
final class Html {
    private static final Pattern KEYWORD = Pattern.compile(
            "\\b(SELECT|FROM|WHERE|AND|OR|FOR UPDATE|FOR SHARE|INSERT INTO|VALUES|UPDATE|SET|DELETE|ORDER BY|GROUP BY|JOIN|ON|IN|"
                    + "LIMIT|NOWAIT|SKIP LOCKED|BEGIN IMMEDIATE|BEGIN|COUNT|SUM|NULL)\\b",
            Pattern.CASE_INSENSITIVE);

    private Html() {}

    /** For content and for attributes in quotes. What would turn the direction of text, or is no text at all, is shown as such. */
    static String text(String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.append(isShown(c) ? c : '\uFFFD');
            }
        }
        return escaped.toString();
    }

    private static boolean isShown(char c) {
        boolean turns =
                (c >= '\u202A' && c <= '\u202E') || (c >= '\u2066' && c <= '\u2069') || c == '\u200F' || c == '\u200E';
        return c == '\n' || (!turns && !Character.isISOControl(c));
    }

    /** A statement; its words of SQL stand out. */
    static String sql(String statement) {
        StringBuilder html = new StringBuilder();
        int done = 0;
        Matcher word = KEYWORD.matcher(statement);
        while (word.find()) {
            html.append(text(statement.substring(done, word.start())));
            html.append("<b>").append(text(word.group())).append("</b>");
            done = word.end();
        }
        return html.append(text(statement.substring(done))).toString();
    }
}
