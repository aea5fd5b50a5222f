package io.rowlock.lab.spec;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the format as PostgreSQL 15 does:
 *
 * <pre>
 * spec        = { "setup" SQL } [ "teardown" SQL ] session { session } { permutation }
 * session     = "session" NAME [ "setup" SQL ] step { step } [ "teardown" SQL ]
 * step        = "step" NAME SQL
 * permutation = "permutation" planned { planned }
 * planned     = NAME [ "(" blocker { "," blocker } ")" ]
 * blocker     = "*" | NAME | NAME "notices" NUMBER
 * </pre>
 *
 * <p>SQL stands between braces, of which it may contain none that closes. A name is a word, or anything between double
 * quotes. What follows {@code #} is no part of the test, except in SQL.
 */
final class SpecParser {

    private static final Set<String> KEYWORDS =
            Set.of("setup", "teardown", "session", "step", "permutation", "notices");

    private enum Kind {
        KEYWORD,
        NAME,
        SQL,
        NUMBER,
        SIGN,
        END
    }

    private record Token(Kind kind, String text, int line) {
        boolean is(Kind wanted, String wantedText) {
            return kind == wanted && text.equals(wantedText);
        }

        @Override
        public String toString() {
            return kind == Kind.END ? "the end" : kind == Kind.SQL ? "SQL" : text;
        }
    }

    private final String text;
    private int position;
    private int line = 1;
    private Token next;

    SpecParser(String text) {
        this.text = text;
        this.next = read();
    }

    Spec parse() {
        List<String> setups = new ArrayList<>();
        while (next.is(Kind.KEYWORD, "setup")) {
            setups.add(block());
        }
        Optional<String> teardown = optionalBlock("teardown");
        List<Spec.Session> sessions = new ArrayList<>();
        do {
            sessions.add(session());
        } while (next.is(Kind.KEYWORD, "session"));
        List<Spec.Permutation> permutations = new ArrayList<>();
        while (next.is(Kind.KEYWORD, "permutation")) {
            permutations.add(permutation());
        }
        if (next.kind() != Kind.END) {
            throw unexpected("session or permutation");
        }
        return new Spec(setups, teardown, sessions, permutations);
    }

    private Spec.Session session() {
        expect("session");
        String name = take(Kind.NAME, "the name of a session");
        Optional<String> setup = optionalBlock("setup");
        List<Spec.Step> steps = new ArrayList<>();
        do {
            expect("step");
            steps.add(new Spec.Step(take(Kind.NAME, "the name of a step"), take(Kind.SQL, "SQL between braces")));
        } while (next.is(Kind.KEYWORD, "step"));
        return new Spec.Session(name, setup, steps, optionalBlock("teardown"));
    }

    private Spec.Permutation permutation() {
        expect("permutation");
        List<Spec.Planned> steps = new ArrayList<>();
        do {
            String step = take(Kind.NAME, "the name of a step");
            List<Spec.Blocker> blockers = new ArrayList<>();
            if (next.is(Kind.SIGN, "(")) {
                do {
                    advance();
                    blockers.add(blocker());
                } while (next.is(Kind.SIGN, ","));
                if (!next.is(Kind.SIGN, ")")) {
                    throw unexpected(", or )");
                }
                advance();
            }
            steps.add(new Spec.Planned(step, blockers));
        } while (next.kind() == Kind.NAME);
        return new Spec.Permutation(steps);
    }

    private Spec.Blocker blocker() {
        if (next.is(Kind.SIGN, "*")) {
            advance();
            return new Spec.Blocker.Once();
        }
        String step = take(Kind.NAME, "* or the name of a step");
        if (!next.is(Kind.KEYWORD, "notices")) {
            return new Spec.Blocker.OtherStep(step);
        }
        advance();
        String count = take(Kind.NUMBER, "a number of notices");
        try {
            return new Spec.Blocker.Notices(step, Integer.parseInt(count));
        } catch (NumberFormatException e) {
            throw new SpecSyntaxException("Not a number of notices (line=%d, found=%s)".formatted(line, count));
        }
    }

    private Optional<String> optionalBlock(String keyword) {
        return next.is(Kind.KEYWORD, keyword) ? Optional.of(block()) : Optional.empty();
    }

    private String block() {
        advance();
        return take(Kind.SQL, "SQL between braces");
    }

    private void expect(String keyword) {
        if (!next.is(Kind.KEYWORD, keyword)) {
            throw unexpected(keyword);
        }
        advance();
    }

    private String take(Kind kind, String what) {
        if (next.kind() != kind) {
            throw unexpected(what);
        }
        String taken = next.text();
        advance();
        return taken;
    }

    private SpecSyntaxException unexpected(String wanted) {
        return new SpecSyntaxException("Not what an isolation test has here (line=%d, expected=%s, found=%s)"
                .formatted(next.line(), wanted, next));
    }

    private void advance() {
        next = read();
    }

    private Token read() {
        skip();
        if (position == text.length()) {
            return new Token(Kind.END, "", line);
        }
        int at = line;
        char c = text.charAt(position);
        if (c == '{') {
            return new Token(Kind.SQL, sql(), at);
        }
        if (c == '"') {
            return new Token(Kind.NAME, quoted(), at);
        }
        if ("*(),".indexOf(c) >= 0) {
            position++;
            return new Token(Kind.SIGN, String.valueOf(c), at);
        }
        if (isDigit(c)) {
            return new Token(Kind.NUMBER, word(), at);
        }
        if (isLetter(c)) {
            String word = word();
            return new Token(KEYWORDS.contains(word) ? Kind.KEYWORD : Kind.NAME, word, at);
        }
        throw new SpecSyntaxException("Not a character of an isolation test (line=%d, found=%s)".formatted(line, c));
    }

    private void skip() {
        while (position < text.length()) {
            char c = text.charAt(position);
            if (c == '#') {
                while (position < text.length() && text.charAt(position) != '\n') {
                    position++;
                }
            } else if (c == '\n') {
                line++;
                position++;
            } else if (isSpace(c)) {
                position++;
            } else {
                return;
            }
        }
    }

    /** Spaces at the braces are no part of it, line breaks are. */
    private String sql() {
        int end = text.indexOf('}', position);
        if (end < 0) {
            throw new SpecSyntaxException("SQL does not end (line=" + line + ")");
        }
        int from = position + 1;
        int to = end;
        while (from < to && isSpace(text.charAt(from))) {
            from++;
        }
        while (to > from && isSpace(text.charAt(to - 1))) {
            to--;
        }
        position = end + 1;
        String sql = text.substring(from, to);
        line += (int) sql.chars().filter(c -> c == '\n').count();
        return sql;
    }

    private String quoted() {
        StringBuilder name = new StringBuilder();
        int i = position + 1;
        while (i < text.length() && text.charAt(i) != '\n') {
            if (text.charAt(i) != '"') {
                name.append(text.charAt(i++));
            } else if (i + 1 < text.length() && text.charAt(i + 1) == '"') {
                name.append('"');
                i += 2;
            } else {
                position = i + 1;
                return name.toString();
            }
        }
        throw new SpecSyntaxException("A name in quotes does not end (line=" + line + ")");
    }

    private String word() {
        int start = position;
        boolean number = isDigit(text.charAt(start));
        while (position < text.length()
                && (isDigit(text.charAt(position))
                        || (!number && (isLetter(text.charAt(position)) || text.charAt(position) == '$')))) {
            position++;
        }
        return text.substring(start, position);
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t' || c == '\r' || c == '\f';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
    }
}
