package io.rowlock.companion;

import io.rowlock.Table;
import io.rowlock.Version;
import org.jspecify.annotations.Nullable;

/**
 * A row that a unit writes.
 *
 * @param version the row's version once the unit is committed; null if the row is deleted
 */
public record WrittenRow(
        Table<?, ?> table, Object key, @Nullable Version version) {}
