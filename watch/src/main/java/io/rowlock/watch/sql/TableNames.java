package io.rowlock.watch.sql;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which names are tables of the program's. */
final class TableNames {

    private static final Set<String> ENGINES_OWN =
            Set.of("information_schema", "pg_catalog", "performance_schema", "mysql", "sys");

    private TableNames() {}

    /** The name as the trace has it, or null if the table is the engine's own. Both in lower case. */
    static @Nullable String of(String qualifier, String name, Schema schema) {
        boolean own = ENGINES_OWN.contains(qualifier)
                || name.equals("dual")
                || name.startsWith("sqlite_")
                || (name.startsWith("pg_") && schema.table(name).isEmpty());
        if (own) {
            return null;
        }
        boolean usual = qualifier.isEmpty()
                || qualifier.equals(schema.name())
                || (schema.name().isEmpty() && (qualifier.equals("public") || qualifier.equals("main")));
        return usual ? name : qualifier + "." + name;
    }
}
