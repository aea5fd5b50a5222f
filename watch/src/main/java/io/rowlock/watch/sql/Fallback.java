package io.rowlock.watch.sql;

import io.rowlock.watch.sql.Lexer.Kind;
import io.rowlock.watch.sql.Lexer.Token;
import io.rowlock.watch.trace.Access.Flag;
import io.rowlock.watch.trace.Access.Mode;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a statement that the parser refuses does, by its words alone: which tables are read, locked and written. Any row of
 * theirs may be meant.
 */
final class Fallback {

    private static final Set<String> AFTER_TABLES = Set.of(
            "where",
            "join",
            "inner",
            "left",
            "right",
            "full",
            "cross",
            "natural",
            "on",
            "using",
            "group",
            "order",
            "having",
            "limit",
            "union",
            "except",
            "intersect",
            "for",
            "window",
            "set",
            "returning",
            "values",
            "select");

    private final List<Token> tokens;
    private final Schema schema;
    private final Set<String> derived = new HashSet<>();
    private final List<AccessTemplate> accesses = new ArrayList<>();
    private int at;

    private Fallback(List<Token> tokens, Schema schema) {
        this.tokens = tokens;
        this.schema = schema;
    }

    static List<AccessTemplate> of(List<Token> tokens, Schema schema) {
        Fallback fallback = new Fallback(tokens, schema);
        fallback.findDerived();
        fallback.walk();
        return fallback.accesses;
    }

    /** What is named in a WITH clause is no table. */
    private void findDerived() {
        for (int i = 0; i + 2 < tokens.size(); i++) {
            boolean opens = tokens.get(i + 1).is("as")
                    && (tokens.get(i + 2).is("(") || tokens.get(i + 2).is("materialized"));
            String name = tokens.get(i).name();
            if (opens && name != null) {
                derived.add(name);
            }
        }
    }

    private void walk() {
        Mode reading = reading();
        Set<Flag> flags = flags();
        while (at < tokens.size()) {
            Token token = tokens.get(at++);
            if (token.is("update") && !follows("for", "key", "do", "duplicate", "on")) {
                skip("low_priority", "ignore", "only");
                table(Mode.UPDATE, Set.of());
            } else if (token.is("into")) {
                table(inserting(), Set.of());
            } else if (token.is("delete")) {
                delete();
            } else if (token.is("truncate")) {
                skip("table", "only");
                table(Mode.DELETE, Set.of());
            } else if (token.is("from") || token.is("join")) {
                do {
                    skip("only", "lateral", "(");
                    table(reading, flags);
                } while (isComma());
            }
        }
    }

    private Mode reading() {
        for (int i = 0; i + 1 < tokens.size(); i++) {
            if (tokens.get(i).is("for")) {
                Token next = tokens.get(i + 1);
                if (next.is("update") || next.is("no")) {
                    return Mode.LOCK_EXCLUSIVE;
                } else if (next.is("share") || next.is("key")) {
                    return Mode.LOCK_SHARED;
                }
            }
        }
        return Mode.READ;
    }

    private Set<Flag> flags() {
        Set<Flag> flags = EnumSet.noneOf(Flag.class);
        for (int i = 0; i < tokens.size(); i++) {
            if (tokens.get(i).is("nowait")) {
                flags.add(Flag.NO_WAIT);
            } else if (tokens.get(i).is("locked") && i > 0 && tokens.get(i - 1).is("skip")) {
                flags.add(Flag.SKIP_LOCKED);
            }
        }
        return flags;
    }

    private Mode inserting() {
        boolean replaces = false;
        boolean updates = false;
        for (int i = 0; i < tokens.size(); i++) {
            replaces |= tokens.get(i).is("replace") || tokens.get(i).is("merge");
            updates |= i > 0
                    && tokens.get(i).is("update")
                    && (tokens.get(i - 1).is("do") || tokens.get(i - 1).is("key"));
        }
        return replaces || updates ? Mode.UPSERT : Mode.INSERT;
    }

    private boolean follows(String... words) {
        for (String word : words) {
            if (at >= 2 && tokens.get(at - 2).is(word)) {
                return true;
            }
        }
        return false;
    }

    private boolean is(String word) {
        return at < tokens.size() && tokens.get(at).is(word);
    }

    private void skip(String... words) {
        boolean skipped = true;
        while (skipped) {
            skipped = false;
            for (String word : words) {
                if (is(word)) {
                    at++;
                    skipped = true;
                }
            }
        }
    }

    /** {@code DELETE FROM t}, or MariaDB's {@code DELETE t, u FROM ...}. */
    private void delete() {
        skip("low_priority", "quick", "ignore");
        if (is("from")) {
            at++;
            skip("only");
            table(Mode.DELETE, Set.of());
            return;
        }
        while (at < tokens.size() && !is("from")) {
            int before = at;
            table(Mode.DELETE, Set.of());
            at = Math.max(at, before + 1);
        }
    }

    /** Whether another table follows in the list, after an alias and whatever else is said of this one. */
    private boolean isComma() {
        for (int next = at; next < tokens.size(); next++) {
            Token token = tokens.get(next);
            if (token.is(",")) {
                at = next + 1;
                return true;
            }
            if (token.is("(") || token.is(")") || AFTER_TABLES.stream().anyMatch(token::is)) {
                return false;
            }
        }
        return false;
    }

    private void table(Mode mode, Set<Flag> flags) {
        String name = nameHere();
        if (name == null || name.equals("select") || name.equals("values")) {
            return;
        }
        at++;
        String qualifier = "";
        while (is(".") && at + 1 < tokens.size() && tokens.get(at + 1).name() != null) {
            qualifier = name;
            at++;
            name = String.valueOf(nameHere());
            at++;
        }
        boolean function = is("(") && mode != Mode.INSERT && mode != Mode.UPSERT;
        String table = TableNames.of(qualifier, name, schema);
        if (table != null && !function && !derived.contains(name)) {
            accesses.add(new AccessTemplate(table, mode, Set.of(), Condition.TRUE, List.of(), flags));
        }
    }

    private @Nullable String nameHere() {
        if (at >= tokens.size() || tokens.get(at).kind() == Kind.PARAMETER) {
            return null;
        }
        return tokens.get(at).name();
    }
}
