package io.rowlock.watch.trace;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A row that the program fetched.
 *
 * @param columns the names of the answer's columns, in lower case
 * @param values their values
 */
public record Row(List<String> columns, List<@Nullable Object> values) {
    public Row {
        columns = List.copyOf(columns);
        values = Collections.unmodifiableList(new ArrayList<>(values));
    }
}
