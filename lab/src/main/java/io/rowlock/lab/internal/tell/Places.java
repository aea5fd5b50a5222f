package io.rowlock.lab.internal.tell;

import io.rowlock.watch.trace.Access;
import io.rowlock.watch.trace.Predicate;
import io.rowlock.watch.trace.Predicate.Comparison;
import java.util.stream.Collectors;

/** Which rows an access means, in a few words. */
public final class Places {
    private static final int ROWS_MAX = 3;

    private Places() {}

    /** Such as {@code counter[1]}, {@code seat where room='blue'}. */
    public static String of(Access access) {
        if (access.keys().exact()
                && !access.keys().values().isEmpty()
                && access.keys().values().size() <= ROWS_MAX) {
            return access.table()
                    + access.keys().values().stream()
                            .map(key -> String.join(",", key))
                            .sorted()
                            .collect(Collectors.joining("][", "[", "]"));
        }
        if (access.mode() != Access.Mode.INSERT
                && access.predicate() instanceof Predicate.OneOf oneOf
                && oneOf.conjunctions().size() == 1) {
            return access.table() + " where "
                    + oneOf.conjunctions().get(0).comparisons().stream()
                            .map(Places::condition)
                            .collect(Collectors.joining(" and "));
        }
        return access.table();
    }

    private static String condition(Comparison comparison) {
        String values = comparison.values().stream().map(Shown::value).collect(Collectors.joining(", "));
        return comparison.column()
                + switch (comparison.operator()) {
                    case EQUAL -> "=" + values;
                    case NOT_EQUAL -> "<>" + values;
                    case LESS -> "<" + values;
                    case LESS_OR_EQUAL -> "<=" + values;
                    case GREATER -> ">" + values;
                    case GREATER_OR_EQUAL -> ">=" + values;
                    case IN -> " in (" + values + ")";
                    case BETWEEN -> " between " + values;
                    case LIKE -> " like " + values;
                    case IS_NULL -> " is null";
                    case IS_NOT_NULL -> " is not null";
                };
    }
}
