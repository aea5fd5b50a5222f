package io.rowlock.watch.sql;

import io.rowlock.watch.sql.Lexer.Kind;
import io.rowlock.watch.sql.Lexer.Token;
import java.util.ArrayList;
import java.util.List;

/**
 * The single statements of a text, brought into the forms that the parser knows. MariaDB's compound statements are taken apart:
 * what is in them runs, as far as anybody can tell from outside, one after another.
 */
final class Statements {

    /**
     * One statement.
     *
     * @param tokens of it, after rewriting
     * @param parametersBefore how many parameters the text has in front of it
     */
    record Single(List<Token> tokens, int parametersBefore) {

        /** What the parser is given. */
        String sql() {
            StringBuilder sql = new StringBuilder();
            for (Token token : tokens) {
                if (token.spaced() && !sql.isEmpty()) {
                    sql.append(' ');
                }
                sql.append(token.text());
            }
            return sql.toString();
        }

        /** Whether it begins with these words, in lower case. */
        boolean begins(String... words) {
            if (tokens.size() < words.length) {
                return false;
            }
            for (int i = 0; i < words.length; i++) {
                if (!tokens.get(i).is(words[i])) {
                    return false;
                }
            }
            return true;
        }
    }

    private final List<Single> all = new ArrayList<>();
    private int parameters;

    private Statements() {}

    static List<Single> of(String sql, boolean mysql) {
        Statements statements = new Statements();
        List<Token> current = new ArrayList<>();
        for (Token token : Lexer.tokens(sql, mysql)) {
            if (token.is(";")) {
                statements.add(current);
                current = new ArrayList<>();
            } else {
                current.add(token);
            }
        }
        statements.add(current);
        return statements.all;
    }

    private void add(List<Token> tokens) {
        if (tokens.isEmpty()) {
            return;
        }
        if (begins(tokens, "begin", "not", "atomic")) {
            add(tokens.subList(3, tokens.size()));
        } else if (begins(tokens, "if")) {
            addIf(tokens);
        } else {
            all.add(new Single(rewritten(tokens), parameters));
            parameters += (int)
                    tokens.stream().filter(t -> t.kind() == Kind.PARAMETER).count();
        }
    }

    /** {@code IF condition THEN statement}: the condition is read as a query's, then the statement follows. */
    private void addIf(List<Token> tokens) {
        int then = 1;
        while (then < tokens.size() && !tokens.get(then).is("then")) {
            then++;
        }
        List<Token> condition = new ArrayList<>();
        condition.add(word("select"));
        condition.addAll(tokens.subList(1, then));
        add(condition);
        if (then < tokens.size()) {
            add(tokens.subList(then + 1, tokens.size()));
        }
    }

    private static boolean begins(List<Token> tokens, String... words) {
        return new Single(tokens, 0).begins(words);
    }

    private static Token word(String text) {
        return new Token(Kind.WORD, text, true);
    }

    private static List<Token> rewritten(List<Token> tokens) {
        List<Token> result = new ArrayList<>(tokens.size());
        for (int i = 0; i < tokens.size(); i++) {
            List<Token> rest = tokens.subList(i, tokens.size());
            if (begins(rest, "lock", "in", "share", "mode")) {
                result.add(word("FOR"));
                result.add(word("SHARE"));
                i += 3;
            } else if (begins(rest, "insert", "or")
                    && rest.size() > 2
                    && !rest.get(2).is("replace")) {
                // What a row that is there already leads to: IGNORE goes on, the others fail as they would without it.
                result.add(rest.get(0));
                if (rest.get(2).is("ignore")) {
                    result.add(rest.get(2));
                }
                i += 2;
            } else if (begins(rest, "update", "or") && rest.size() > 2) {
                result.add(rest.get(0));
                i += 2;
            } else if (begins(rest, "(", ")", "values", "(", ")")) {
                result.add(word("DEFAULT"));
                result.add(word("VALUES"));
                i += 4;
            } else {
                result.add(tokens.get(i));
            }
        }
        return result;
    }
}
