package io.rowlock.lab.matrix;

import io.rowlock.lab.LabOptions;
import java.util.Objects;
import javax.sql.DataSource;

/**
 * Where a scenario is run: a column of a {@link Matrix}.
 *
 * @param name of the column, such as {@code MariaDB REPEATABLE READ}
 * @param database of the lab's own while it works; it holds the tables that the scenarios need
 * @param options the level, and a switch of the session if there is one
 */
public record Place(String name, DataSource database, LabOptions options) {
    public Place {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(database, "database");
        Objects.requireNonNull(options, "options");
    }
}
