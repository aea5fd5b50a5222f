package io.rowlock.watch.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Cuts SQL into tokens: enough to split a text into statements, to rewrite a few forms, and to find tables without a parser. */
final class Lexer {

    /** What a token is. */
    enum Kind {
        WORD,
        QUOTED_NAME,
        STRING,
        NUMBER,
        PARAMETER,
        SYMBOL
    }

    /**
     * A token.
     *
     * @param text as written
     * @param spaced whether white space or a comment is in front of it
     */
    record Token(Kind kind, String text, boolean spaced) {

        /** Whether it is this word, which is given in lower case. */
        boolean is(String word) {
            return (kind == Kind.WORD || kind == Kind.SYMBOL) && text.equalsIgnoreCase(word);
        }

        /** A name without its quotes, or null. */
        @Nullable
        String name() {
            return switch (kind) {
                case WORD -> text.toLowerCase(Locale.ROOT);
                case QUOTED_NAME -> Names.plain(text);
                default -> null;
            };
        }
    }

    private final String sql;
    private final boolean backslashEscapes;
    private final boolean doubleQuotedStrings;
    private int at;

    private Lexer(String sql, boolean mysql) {
        this.sql = sql;
        this.backslashEscapes = mysql;
        this.doubleQuotedStrings = mysql;
    }

    /**
     * The tokens of a text, comments left out.
     *
     * @param mysql whether strings are written as MariaDB and MySQL do: backslashes escape, double quotes are quotes
     */
    static List<Token> tokens(String sql, boolean mysql) {
        Lexer lexer = new Lexer(sql, mysql);
        List<Token> tokens = new ArrayList<>();
        while (true) {
            int from = lexer.at;
            lexer.skipBlanks();
            if (lexer.at >= sql.length()) {
                return tokens;
            }
            tokens.add(lexer.token(lexer.at > from));
        }
    }

    private void skipBlanks() {
        while (at < sql.length()) {
            if (Character.isWhitespace(sql.charAt(at))) {
                at++;
            } else if (sql.startsWith("--", at) || (backslashEscapes && sql.charAt(at) == '#')) {
                int end = sql.indexOf('\n', at);
                at = end < 0 ? sql.length() : end;
            } else if (sql.startsWith("/*", at)) {
                int end = sql.indexOf("*/", at + 2);
                at = end < 0 ? sql.length() : end + 2;
            } else {
                return;
            }
        }
    }

    private Token token(boolean spaced) {
        int from = at;
        char c = sql.charAt(at);
        Kind kind;
        if (c == '\'' || (c == '"' && doubleQuotedStrings)) {
            kind = Kind.STRING;
            skipQuoted(c);
        } else if (c == '"' || c == '`') {
            kind = Kind.QUOTED_NAME;
            skipQuoted(c);
        } else if (c == '$' && dollarTag() != null) {
            kind = Kind.STRING;
            skipDollarQuoted();
        } else if (Character.isDigit(c)) {
            kind = Kind.NUMBER;
            while (at < sql.length() && (Character.isLetterOrDigit(sql.charAt(at)) || sql.charAt(at) == '.')) {
                at++;
            }
        } else if (Character.isJavaIdentifierStart(c)) {
            kind = Kind.WORD;
            while (at < sql.length() && Character.isJavaIdentifierPart(sql.charAt(at))) {
                at++;
            }
        } else if (c == '?' && !sql.startsWith("??", at)) {
            kind = Kind.PARAMETER;
            at++;
        } else {
            kind = Kind.SYMBOL;
            at += sql.startsWith("??", at) ? 2 : 1;
        }
        return new Token(kind, sql.substring(from, at), spaced);
    }

    private void skipQuoted(char quote) {
        at++;
        while (at < sql.length()) {
            char c = sql.charAt(at++);
            if (c == '\\' && backslashEscapes && quote != '`') {
                at++;
            } else if (c == quote) {
                if (at < sql.length() && sql.charAt(at) == quote) {
                    at++;
                } else {
                    return;
                }
            }
        }
        at = sql.length();
    }

    private @Nullable String dollarTag() {
        int end = sql.indexOf('$', at + 1);
        if (end < 0) {
            return null;
        }
        for (int i = at + 1; i < end; i++) {
            if (!Character.isLetterOrDigit(sql.charAt(i)) && sql.charAt(i) != '_') {
                return null;
            }
        }
        return sql.substring(at, end + 1);
    }

    private void skipDollarQuoted() {
        String tag = dollarTag();
        if (tag == null) {
            return;
        }
        int end = sql.indexOf(tag, at + tag.length());
        at = end < 0 ? sql.length() : end + tag.length();
    }
}
