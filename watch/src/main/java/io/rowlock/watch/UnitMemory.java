package io.rowlock.watch;

import io.rowlock.watch.sql.KeyText;
import io.rowlock.watch.trace.Row;
import io.rowlock.watch.trace.Value;
import io.rowlock.watch.trace.Value.Origin;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a run of a unit has read and made so far, to tell where its values come from. */
final class UnitMemory {

    /** Values that are remembered; a unit that reads more decides on sums of them. */
    private static final int VALUES_MAX = 100_000;

    private static final Origin EXTERNAL = new Origin.External();

    private final Map<String, Origin> origins = new HashMap<>();
    private final Map<String, Set<String>> columns = new HashMap<>();

    Value value(@Nullable Object value) {
        Origin origin = value != null && tells(value) ? origins.getOrDefault(KeyText.of(value), EXTERNAL) : EXTERNAL;
        return new Value(value, origin);
    }

    /** Whether this value was read from a column of this name. */
    boolean wasRead(String column, @Nullable Object value) {
        return value != null
                && tells(value)
                && columns.getOrDefault(KeyText.of(value), Set.of()).contains(column);
    }

    void read(long sequence, List<Row> rows) {
        for (Row row : rows) {
            for (int i = 0; i < row.values().size() && i < row.columns().size(); i++) {
                Object value = row.values().get(i);
                if (value != null && tells(value) && origins.size() < VALUES_MAX) {
                    String text = KeyText.of(value);
                    String column = row.columns().get(i);
                    if (!(origins.get(text) instanceof Origin.Generated)) {
                        origins.put(text, new Origin.Read(sequence, column));
                    }
                    columns.computeIfAbsent(text, t -> new HashSet<>()).add(column);
                }
            }
        }
    }

    void generated(long sequence, List<Row> keys) {
        for (Row row : keys) {
            for (Object value : row.values()) {
                if (value != null && tells(value) && origins.size() < VALUES_MAX) {
                    origins.put(KeyText.of(value), new Origin.Generated(sequence));
                }
            }
        }
    }

    /** Equal truth values say nothing of where they come from. */
    private static boolean tells(Object value) {
        return !(value instanceof Boolean);
    }
}
