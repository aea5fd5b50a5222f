package io.rowlock.companion;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A statement that runs in a unit's transaction and changes exactly one row.
 *
 * @param sql an INSERT, UPDATE or DELETE with {@code ?} for the values
 * @param values numbers, text, booleans, byte arrays, UUIDs, instants, enums, null
 */
public record Enclosed(String sql, List<@Nullable Object> values) {
    public Enclosed {
        values = Collections.unmodifiableList(new ArrayList<>(values));
    }
}
