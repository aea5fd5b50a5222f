package io.rowlock.app;

import io.rowlock.engines.Database;
import org.flywaydb.core.Flyway;

/** The tables of all systems in a database of a test, without the service. */
public final class Schema {
    private Schema() {}

    /** Brings the tables up to date. */
    public static void migrate(Database database) {
        to(database, "latest");
    }

    /** Brings the tables to a version. */
    public static void to(Database database, String version) {
        Flyway.configure()
                .dataSource(database.dataSource())
                .locations("classpath:db/migration/" + folder(database))
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .target(version)
                .load()
                .migrate();
    }

    private static String folder(Database database) {
        return switch (database.engine()) {
            case SQLITE -> "sqlite";
            case POSTGRESQL -> "postgresql";
            default -> "mariadb";
        };
    }
}
