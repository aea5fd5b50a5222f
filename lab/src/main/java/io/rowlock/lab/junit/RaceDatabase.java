package io.rowlock.lab.junit;

import java.util.Objects;
import javax.sql.DataSource;

/**
 * A database that belongs to one race test: empty, used by nobody else, and gone afterwards.
 *
 * @param dataSource gives connections to it, 16 at once at least
 * @param remove deletes it; all its connections are closed by then, but for those that {@code dataSource} keeps itself
 */
public record RaceDatabase(DataSource dataSource, Runnable remove) implements AutoCloseable {
    public RaceDatabase {
        Objects.requireNonNull(dataSource, "dataSource");
        Objects.requireNonNull(remove, "remove");
    }

    /** Deletes it. */
    @Override
    public void close() {
        remove.run();
    }
}
