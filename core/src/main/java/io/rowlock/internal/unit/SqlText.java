package io.rowlock.internal.unit;

import io.rowlock.dialect.Engine;
import java.util.Locale;
import java.util.Set;

/** What the first word of a statement gives away: enough to refuse what would end the unit's transaction behind its back. */
final class SqlText {
    private static final Set<String> TRANSACTION =
            Set.of("COMMIT", "ROLLBACK", "BEGIN", "START", "END", "SAVEPOINT", "RELEASE", "ABORT", "XA");
    /** On InnoDB these commit the open transaction before they begin. */
    private static final Set<String> COMMITTING =
            Set.of("CREATE", "ALTER", "DROP", "TRUNCATE", "RENAME", "LOCK", "UNLOCK", "GRANT", "REVOKE", "ANALYZE");

    private SqlText() {}

    /**
     * Refuses statements that begin, end or silently commit the transaction.
     *
     * @throws IllegalStateException saying what to write instead
     */
    static void requireHarmless(String sql, Engine engine) {
        String word = firstWord(sql);
        if (TRANSACTION.contains(word)) {
            throw new IllegalStateException("The unit begins and ends its transaction itself (statement=" + word
                    + "): leave it out; for a part that may fail alone write tx.savepoint(...)");
        }
        if (engine.isInnodb() && COMMITTING.contains(word)) {
            throw new IllegalStateException("On " + engine.title() + " this statement commits what was done before it"
                    + " (statement=" + word + "): run it outside of units");
        }
    }

    static boolean isPragma(String sql) {
        return "PRAGMA".equals(firstWord(sql));
    }

    static String firstWord(String sql) {
        int start = 0;
        while (start < sql.length()) {
            char c = sql.charAt(start);
            if (Character.isWhitespace(c) || c == ';' || c == '(') {
                start++;
            } else if (sql.startsWith("--", start) || c == '#') {
                int line = sql.indexOf('\n', start);
                start = line < 0 ? sql.length() : line + 1;
            } else if (sql.startsWith("/*", start)) {
                int close = sql.indexOf("*/", start + 2);
                start = close < 0 ? sql.length() : close + 2;
            } else {
                break;
            }
        }
        int end = start;
        while (end < sql.length() && Character.isLetter(sql.charAt(end))) {
            end++;
        }
        return sql.substring(start, end).toUpperCase(Locale.ROOT);
    }
}
