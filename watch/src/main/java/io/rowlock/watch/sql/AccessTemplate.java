package io.rowlock.watch.sql;

import io.rowlock.watch.trace.Access;
import io.rowlock.watch.trace.Keys;
import io.rowlock.watch.trace.Predicate;
import io.rowlock.watch.trace.Predicate.Comparison;
import io.rowlock.watch.trace.Predicate.Conjunction;
import io.rowlock.watch.trace.Predicate.Operator;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An access whose values are not bound yet. */
record AccessTemplate(
        String table,
        Access.Mode mode,
        Set<String> columns,
        Condition condition,
        List<String> primaryKey,
        Set<Access.Flag> flags) {

    /** Keys that one access names; one that means more means any. A long IN list is the longest of them. */
    static final int KEYS_MAX = 1_000;

    /** The access, unless the values are such that no row is meant: nothing equals null. */
    Optional<Access> bind(List<@Nullable Object> values) {
        Condition possible = makesRows() ? condition : condition.withoutNulls(values);
        if (possible.isFalse()) {
            return Optional.empty();
        }
        Predicate predicate = possible.bind(values);
        return Optional.of(new Access(table, mode, columns, predicate, keys(predicate), flags));
    }

    private boolean makesRows() {
        return mode == Access.Mode.INSERT || mode == Access.Mode.UPSERT;
    }

    private Keys keys(Predicate predicate) {
        if (primaryKey.isEmpty() || !(predicate instanceof Predicate.OneOf oneOf)) {
            return Keys.unknown();
        }
        Set<List<String>> keys = new HashSet<>();
        for (Conjunction conjunction : oneOf.conjunctions()) {
            List<List<String>> here = keys(conjunction);
            keys.addAll(here);
            if (here.isEmpty() || keys.size() > KEYS_MAX) {
                return Keys.unknown();
            }
        }
        return new Keys(keys, true);
    }

    /** All keys that a conjunction allows, or none if it does not pin them. */
    private List<List<String>> keys(Conjunction conjunction) {
        List<List<String>> keys = List.of(List.of());
        for (String column : primaryKey) {
            List<String> allowed = allowed(conjunction, column);
            if ((long) keys.size() * allowed.size() > KEYS_MAX) {
                return List.of();
            }
            List<List<String>> longer = new ArrayList<>();
            for (List<String> key : keys) {
                for (String value : allowed) {
                    List<String> next = new ArrayList<>(key);
                    next.add(value);
                    longer.add(List.copyOf(next));
                }
            }
            keys = longer;
        }
        return keys;
    }

    private static List<String> allowed(Conjunction conjunction, String column) {
        for (Comparison comparison : conjunction.comparisons()) {
            boolean pins = comparison.operator() == Operator.EQUAL || comparison.operator() == Operator.IN;
            if (pins && comparison.column().equals(column)) {
                List<String> values = new ArrayList<>();
                for (Object value : comparison.values()) {
                    if (value != null) {
                        values.add(KeyText.of(value));
                    }
                }
                return values;
            }
        }
        return List.of();
    }
}
