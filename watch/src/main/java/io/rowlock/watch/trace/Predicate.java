package io.rowlock.watch.trace;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which rows a statement means: any of several conjunctions of comparisons, or all rows. */
public sealed interface Predicate {

    /** All rows, or a condition that was not understood. */
    record Any() implements Predicate {}

    /**
     * Rows that satisfy all comparisons of at least one conjunction.
     *
     * @param conjunctions one at least, none of them empty
     */
    record OneOf(List<Conjunction> conjunctions) implements Predicate {
        public OneOf {
            conjunctions = List.copyOf(conjunctions);
        }
    }

    /** Comparisons that must all hold. */
    record Conjunction(List<Comparison> comparisons) {
        public Conjunction {
            comparisons = List.copyOf(comparisons);
        }
    }

    /**
     * A column compared with a value.
     *
     * @param column in lower case
     * @param operator how
     * @param values one; several for {@link Operator#IN}, two for {@link Operator#BETWEEN}, none for the tests of null
     */
    record Comparison(String column, Operator operator, List<@Nullable Object> values) {
        public Comparison {
            values = java.util.Collections.unmodifiableList(new java.util.ArrayList<>(values));
        }
    }

    /** How a column is compared. */
    enum Operator {
        EQUAL,
        NOT_EQUAL,
        LESS,
        LESS_OR_EQUAL,
        GREATER,
        GREATER_OR_EQUAL,
        IN,
        BETWEEN,
        LIKE,
        IS_NULL,
        IS_NOT_NULL
    }

    /** All rows. */
    static Predicate any() {
        return new Any();
    }
}
