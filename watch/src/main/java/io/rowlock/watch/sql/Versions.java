package io.rowlock.watch.sql;

import java.util.Set;

/** Columns that by their name count the changes of a row. */
final class Versions {

    private static final Set<String> NAMES = Set.of(
            "version", "lock_version", "row_version", "rowversion", "revision", "rev", "optlock", "opt_lock", "etag");

    private Versions() {}

    static boolean isVersion(String column) {
        return NAMES.contains(column) || column.endsWith("_version");
    }
}
