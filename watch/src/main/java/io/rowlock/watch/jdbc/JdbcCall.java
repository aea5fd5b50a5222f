package io.rowlock.watch.jdbc;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * SQL with what was bound to it.
 *
 * @param sql as the program wrote it
 * @param values of its parameters, in their order
 */
public record JdbcCall(String sql, List<@Nullable Object> values) {
    public JdbcCall {
        values = Collections.unmodifiableList(new ArrayList<>(values));
    }
}
