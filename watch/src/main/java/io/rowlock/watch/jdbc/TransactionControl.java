package io.rowlock.watch.jdbc;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a step does to the transaction that it runs in. The one place that knows which SQL begins and ends transactions.
 *
 * <p>Told from the text alone. What an engine does by itself is not told: the commit that MariaDB puts in front of most DDL,
 * and the rollback that follows some failures.
 */
public enum TransactionControl {
    /** Nothing: it runs in the transaction that is open, or in one of its own. */
    NONE,
    /** {@code BEGIN}, {@code START TRANSACTION}. */
    BEGINS,
    /** {@code COMMIT}, {@code END}, {@link JdbcStep.Kind#COMMIT}. */
    COMMITS,
    /** {@code ROLLBACK}, {@code ABORT}, {@link JdbcStep.Kind#ROLLBACK}. */
    ROLLS_BACK,
    /** {@code COMMIT AND CHAIN}: the next transaction begins at once. */
    COMMITS_AND_BEGINS,
    /** {@code ROLLBACK AND CHAIN}. */
    ROLLS_BACK_AND_BEGINS,
    /** {@code SAVEPOINT}. */
    SETS_SAVEPOINT,
    /** {@code ROLLBACK TO}: the transaction goes on. */
    ROLLS_BACK_TO_SAVEPOINT,
    /** {@code RELEASE SAVEPOINT}. */
    RELEASES_SAVEPOINT,
    /** {@code SET autocommit = 0}: each statement from now on is in a transaction. */
    SWITCHES_AUTOCOMMIT_OFF,
    /** {@code SET autocommit = 1}: commits what is open. */
    SWITCHES_AUTOCOMMIT_ON;

    /** MariaDB's compound statement, in which BEGIN and END are brackets. */
    private static final Pattern COMPOUND = Pattern.compile(
            "\\s*(/\\*.*?\\*/\\s*)*begin\\s+not\\s+atomic\\b", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private static final Pattern BLOCK_WORDS =
            Pattern.compile("\\s*(/\\*.*?\\*/\\s*)*(begin|end)\\b", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    /** Whether a transaction is open after it that was not before, or is another one. */
    public boolean begins() {
        return this == BEGINS || this == COMMITS_AND_BEGINS || this == ROLLS_BACK_AND_BEGINS;
    }

    /** Whether a transaction that was open is over after it. */
    public boolean ends() {
        return commits() || rollsBack();
    }

    /** Whether it ends a transaction and keeps what it did. */
    public boolean commits() {
        return this == COMMITS || this == COMMITS_AND_BEGINS || this == SWITCHES_AUTOCOMMIT_ON;
    }

    /** Whether it ends a transaction and undoes what it did. */
    public boolean rollsBack() {
        return this == ROLLS_BACK || this == ROLLS_BACK_AND_BEGINS;
    }

    /** What SQL does; of several statements in one text, what the last of those does that do anything. */
    public static TransactionControl of(String sql) {
        int semicolon = sql.indexOf(';');
        if (semicolon < 0
                || sql.indexOf("$$") >= 0
                || sql.substring(semicolon + 1).isBlank()) {
            return ofOne(sql);
        }
        Matcher compound = COMPOUND.matcher(sql);
        boolean block = compound.lookingAt();
        TransactionControl last = NONE;
        for (String statement : split(block ? sql.substring(compound.end()) : sql)) {
            TransactionControl control = block && BLOCK_WORDS.matcher(statement).lookingAt() ? NONE : ofOne(statement);
            last = control == NONE ? last : control;
        }
        return last;
    }

    private static TransactionControl ofOne(String sql) {
        int start = start(sql);
        return switch (start < sql.length() ? Character.toLowerCase(sql.charAt(start)) : ' ') {
            case 'a', 'b', 'c', 'e', 'r' -> ofWords(sql, start);
            case 's' -> sql.regionMatches(true, start, "select", 0, "select".length()) ? NONE : ofWords(sql, start);
            default -> NONE;
        };
    }

    private static TransactionControl ofWords(String sql, int start) {
        String text = sql.substring(start).strip().toLowerCase(Locale.ROOT);
        List<String> words =
                List.of((text.endsWith(";") ? text.substring(0, text.length() - 1) : text).split("[\\s=]+", -1));
        String second = words.size() > 1 ? words.get(1) : "";
        boolean chains = words.contains("chain") && !words.contains("no");
        return switch (words.get(0)) {
            case "begin" -> second.equals("not") ? NONE : BEGINS;
            case "start" -> second.equals("transaction") ? BEGINS : NONE;
            case "commit", "end" -> chains ? COMMITS_AND_BEGINS : COMMITS;
            case "abort" -> chains ? ROLLS_BACK_AND_BEGINS : ROLLS_BACK;
            case "rollback" ->
                words.contains("to") ? ROLLS_BACK_TO_SAVEPOINT : chains ? ROLLS_BACK_AND_BEGINS : ROLLS_BACK;
            case "savepoint" -> SETS_SAVEPOINT;
            case "release" -> RELEASES_SAVEPOINT;
            case "set" -> ofSet(words);
            default -> NONE;
        };
    }

    private static TransactionControl ofSet(List<String> words) {
        int name = words.size() > 1 && words.get(1).equals("session") ? 2 : 1;
        if (words.size() <= name + 1
                || !words.get(name).replaceFirst("^@@(session\\.)?", "").equals("autocommit")) {
            return NONE;
        }
        return switch (words.get(name + 1)) {
            case "0", "off", "false" -> SWITCHES_AUTOCOMMIT_OFF;
            case "1", "on", "true" -> SWITCHES_AUTOCOMMIT_ON;
            default -> NONE;
        };
    }

    /** Where the first word is, after white space and comments. */
    private static int start(String sql) {
        int at = 0;
        while (at < sql.length()) {
            if (Character.isWhitespace(sql.charAt(at)) || sql.charAt(at) == ';') {
                at++;
            } else if (sql.startsWith("--", at)) {
                int end = sql.indexOf('\n', at);
                at = end < 0 ? sql.length() : end;
            } else if (sql.startsWith("/*", at)) {
                int end = sql.indexOf("*/", at);
                at = end < 0 ? sql.length() : end + 2;
            } else {
                return at;
            }
        }
        return at;
    }

    /** Cuts at each semicolon that is not quoted. */
    private static List<String> split(String sql) {
        List<String> statements = new ArrayList<>();
        char quote = 0;
        int from = 0;
        for (int at = 0; at < sql.length(); at++) {
            char c = sql.charAt(at);
            if (quote != 0) {
                quote = c == quote ? 0 : quote;
            } else if (c == '\'' || c == '"' || c == '`') {
                quote = c;
            } else if (c == ';') {
                statements.add(sql.substring(from, at));
                from = at + 1;
            }
        }
        statements.add(sql.substring(from));
        return statements;
    }
}
