package io.rowlock.watch.sql;

import io.rowlock.watch.trace.Predicate;
import io.rowlock.watch.trace.Predicate.Comparison;
import io.rowlock.watch.trace.Predicate.Conjunction;
import io.rowlock.watch.trace.Predicate.Operator;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A condition on the rows of one table in disjunctive form, values not bound yet. No conjunction at all is false; a conjunction
 * without comparisons is true. What is not understood is taken for true, so a condition never means fewer rows than it does.
 */
record Condition(List<List<Part>> anyOf) {

    /** More alternatives than this are taken for any row: a condition must not grow with the square of its text. */
    static final int CONJUNCTIONS_MAX = 64;

    static final Condition TRUE = new Condition(List.of(List.of()));
    static final Condition FALSE = new Condition(List.of());

    /** One comparison. */
    record Part(String column, Operator operator, List<Operand> operands) {}

    static Condition of(String column, Operator operator, List<Operand> operands) {
        boolean known = operands.stream().allMatch(Operand::isKnowable);
        return known ? new Condition(List.of(List.of(new Part(column, operator, operands)))) : TRUE;
    }

    boolean isFalse() {
        return anyOf.isEmpty();
    }

    Condition and(Condition other) {
        if ((long) anyOf.size() * other.anyOf.size() > CONJUNCTIONS_MAX) {
            return anyOf.size() <= other.anyOf.size() ? this : other;
        }
        List<List<Part>> all = new ArrayList<>();
        for (List<Part> left : anyOf) {
            for (List<Part> right : other.anyOf) {
                List<Part> both = new ArrayList<>(left);
                both.addAll(right);
                all.add(both);
            }
        }
        return new Condition(all);
    }

    Condition or(Condition other) {
        if (anyOf.size() + other.anyOf.size() > CONJUNCTIONS_MAX || isTrue() || other.isTrue()) {
            return TRUE;
        }
        List<List<Part>> all = new ArrayList<>(anyOf);
        all.addAll(other.anyOf);
        return new Condition(all);
    }

    private boolean isTrue() {
        return anyOf.stream().anyMatch(List::isEmpty);
    }

    /** The columns that every row's conjunction pins to given values. */
    Set<String> pinned() {
        Set<String> all = null;
        for (List<Part> conjunction : anyOf) {
            Set<String> here = conjunction.stream()
                    .filter(part -> part.operator() == Operator.EQUAL || part.operator() == Operator.IN)
                    .map(Part::column)
                    .collect(Collectors.toSet());
            if (all == null) {
                all = here;
            } else {
                all.retainAll(here);
            }
        }
        return all == null ? Set.of() : all;
    }

    /** All columns that are compared. */
    Set<String> columns() {
        return anyOf.stream().flatMap(List::stream).map(Part::column).collect(Collectors.toSet());
    }

    /** Without the conjunctions that compare with null, which no row fulfils. */
    Condition withoutNulls(List<@Nullable Object> values) {
        List<List<Part>> possible = anyOf.stream()
                .filter(conjunction -> conjunction.stream().noneMatch(part -> isNull(part, values)))
                .toList();
        return possible.size() == anyOf.size() ? this : new Condition(possible);
    }

    private static boolean isNull(Part part, List<@Nullable Object> values) {
        return part.operands().size() == 1
                && part.operands()
                        .get(0)
                        .bind(values)
                        .filter(known -> known.value() == null)
                        .isPresent();
    }

    Predicate bind(List<@Nullable Object> values) {
        List<Conjunction> conjunctions = new ArrayList<>();
        for (List<Part> parts : anyOf) {
            List<Comparison> comparisons = new ArrayList<>();
            for (Part part : parts) {
                bind(part, values).ifPresent(comparisons::add);
            }
            if (comparisons.isEmpty()) {
                return Predicate.any();
            }
            conjunctions.add(new Conjunction(comparisons));
        }
        return conjunctions.isEmpty() ? Predicate.any() : new Predicate.OneOf(conjunctions);
    }

    private static Optional<Comparison> bind(Part part, List<@Nullable Object> values) {
        List<@Nullable Object> bound = new ArrayList<>();
        for (Operand operand : part.operands()) {
            Optional<Operand.Known> known = operand.bind(values);
            if (known.isEmpty()) {
                return Optional.empty();
            }
            bound.add(known.get().value());
        }
        return Optional.of(new Comparison(part.column(), part.operator(), bound));
    }
}
