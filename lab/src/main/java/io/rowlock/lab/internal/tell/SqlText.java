package io.rowlock.lab.internal.tell;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Statements as text of one line: with their values in the places of the question marks, and short. */
public final class SqlText {
    private static final Pattern SPACE = Pattern.compile("\\s+");
    private static final Pattern SELECT_LIST =
            Pattern.compile("^(SELECT(?: DISTINCT)?) (?:(?!\\bFROM\\b).){9,}? (FROM\\b)", Pattern.CASE_INSENSITIVE);
    private static final Pattern INSERT_COLUMNS =
            Pattern.compile("^(INSERT INTO \\S+?) ?\\([^()]*\\) ?(VALUES|SELECT)", Pattern.CASE_INSENSITIVE);
    private static final String GAP = " … ";
    private static final int SHORTEST = 12;

    private SqlText() {}

    /** The statement with its values; a question mark that has none stays. Comments are left out. */
    public static String bound(String sql, List<@Nullable Object> values) {
        StringBuilder text = new StringBuilder();
        int next = 0;
        int i = 0;
        while (i < sql.length()) {
            char c = sql.charAt(i);
            int end = i + 1;
            if (c == '\'' || c == '"' || c == '`') {
                end = afterQuote(sql, i);
                text.append(sql, i, end);
            } else if (sql.startsWith("--", i)) {
                end = after(sql, "\n", i);
                text.append(' ');
            } else if (sql.startsWith("/*", i)) {
                end = after(sql, "*/", i);
                text.append(' ');
            } else if (sql.startsWith("??", i)) {
                // The driver's way to write PostgreSQL's operator.
                end = i + 2;
                text.append('?');
            } else if (c == '?' && next < values.size()) {
                text.append(Shown.value(values.get(next)));
                next++;
            } else {
                text.append(c);
            }
            i = end;
        }
        return SPACE.matcher(text).replaceAll(" ").strip();
    }

    private static int afterQuote(String sql, int from) {
        int close = sql.indexOf(sql.charAt(from), from + 1);
        return close < 0 ? sql.length() : close + 1;
    }

    private static int after(String sql, String what, int from) {
        int found = sql.indexOf(what, from);
        return found < 0 ? sql.length() : found + what.length();
    }

    /**
     * No longer than that: what is selected goes first, then the middle. Table, condition and lock stay longest, since they say
     * which rows are meant.
     */
    public static String brief(String statement, int most) {
        if (statement.length() <= most) {
            return statement;
        }
        String shorter = SELECT_LIST.matcher(statement).replaceFirst("$1 … $2");
        shorter = INSERT_COLUMNS.matcher(shorter).replaceFirst("$1 $2");
        if (shorter.length() <= most || most < SHORTEST) {
            return shorter.length() <= most ? shorter : shorter.substring(0, Math.max(0, most));
        }
        int head = (most - GAP.length()) / 2;
        int tail = most - GAP.length() - head;
        return shorter.substring(0, head).stripTrailing()
                + GAP
                + shorter.substring(shorter.length() - tail).stripLeading();
    }
}
