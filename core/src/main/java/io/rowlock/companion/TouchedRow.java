package io.rowlock.companion;

import io.rowlock.Table;

/** A row that a unit is about to lock or to write. */
public record TouchedRow(Table<?, ?> table, Object key) {}
