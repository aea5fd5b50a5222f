package io.rowlock.internal.unit;

import io.rowlock.View;
import io.rowlock.internal.table.TableDef;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Looking at many rows, in the order asked, a bounded number per statement. */
final class Peeks {
    private static final int KEYS_MAX = 500;

    private Peeks() {}

    static <T, K> Map<K, View<T>> all(Flow flow, Session session, TableDef<T, K> table, Collection<? extends K> ids) {
        List<K> keys = ids.stream().<K>map(id -> id).distinct().toList();
        Map<K, View<T>> found = new LinkedHashMap<>();
        for (int from = 0; from < keys.size(); from += KEYS_MAX) {
            List<K> part = keys.subList(from, Math.min(keys.size(), from + KEYS_MAX));
            flow.selectMany(session, table, part)
                    .forEach(row -> found.put(row.key(), new View<>(row.value(), row.version())));
        }
        Map<K, View<T>> ordered = new LinkedHashMap<>();
        for (K key : keys) {
            View<T> view = found.get(key);
            if (view != null) {
                ordered.put(key, view);
            }
        }
        return ordered;
    }
}
