package io.rowlock.watch.sql;

import io.rowlock.watch.trace.Access;
import io.rowlock.watch.trace.Keys;
import io.rowlock.watch.trace.Predicate;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Accesses as tests write them: {@code UPDATE t{a} [id=1] #1 SELF_REFERENCING}. */
final class AccessText {

    private AccessText() {}

    static List<String> of(Analysis analysis) {
        return analysis.accesses().stream().map(AccessText::of).toList();
    }

    static String of(Access access) {
        StringBuilder text = new StringBuilder(access.mode() + " " + access.table());
        text.append(access.columns().isEmpty() ? "{*}" : "{" + String.join(",", new TreeSet<>(access.columns())) + "}");
        text.append(' ').append(of(access.predicate()));
        Keys keys = access.keys();
        if (keys.exact()) {
            text.append(" #")
                    .append(new TreeSet<>(keys.values().stream()
                                    .map(key -> String.join("/", key))
                                    .toList())
                            .stream().collect(Collectors.joining(",")));
        }
        new TreeSet<>(access.flags()).forEach(flag -> text.append(' ').append(flag));
        return text.toString();
    }

    static String of(Predicate predicate) {
        if (predicate instanceof Predicate.OneOf oneOf) {
            return oneOf.conjunctions().stream()
                    .map(conjunction -> "["
                            + conjunction.comparisons().stream()
                                    .map(AccessText::of)
                                    .collect(Collectors.joining(" & "))
                            + "]")
                    .collect(Collectors.joining("|"));
        }
        return "any";
    }

    private static String of(Predicate.Comparison comparison) {
        String values = comparison.values().stream().map(String::valueOf).collect(Collectors.joining(","));
        return comparison.column()
                + switch (comparison.operator()) {
                    case EQUAL -> "=" + values;
                    case NOT_EQUAL -> "<>" + values;
                    case LESS -> "<" + values;
                    case LESS_OR_EQUAL -> "<=" + values;
                    case GREATER -> ">" + values;
                    case GREATER_OR_EQUAL -> ">=" + values;
                    case IN -> " in " + values;
                    case BETWEEN -> " between " + values;
                    case LIKE -> " like " + values;
                    case IS_NULL -> " is null";
                    case IS_NOT_NULL -> " is not null";
                };
    }
}
