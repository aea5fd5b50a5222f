package io.rowlock.watch.trace;

import java.util.List;
import java.util.Set;

/**
 * Which rows of a table were meant, by their keys.
 *
 * @param values the primary key of each, as text, one value for each of its columns
 * @param exact whether no other row can have been meant: the condition pins the key, or the answer showed all
 */
public record Keys(Set<List<String>> values, boolean exact) {
    private static final Keys UNKNOWN = new Keys(Set.of(), false);

    public Keys {
        values = Set.copyOf(values);
    }

    /** Any row may have been meant. */
    public static Keys unknown() {
        return UNKNOWN;
    }

    /** Whether a row can be in both. */
    public boolean mayMeet(Keys other) {
        return !exact || !other.exact || values.stream().anyMatch(other.values::contains);
    }
}
