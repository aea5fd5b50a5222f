package io.rowlock.app.lottery;

import io.rowlock.engines.Database;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/** The lottery's tables in a test's database, without the service. */
final class Migrated {
    private Migrated() {}

    /** Brings the database up to the newest version. */
    static void toNewest(Database database) {
        flyway(database).load().migrate();
    }

    /** Brings the database up to a version and no further. */
    static void to(Database database, String version) {
        flyway(database).target(version).load().migrate();
    }

    private static FluentConfiguration flyway(Database database) {
        return Flyway.configure()
                .dataSource(database.dataSource())
                .locations("classpath:db/migration/"
                        + switch (database.engine()) {
                            case SQLITE -> "sqlite";
                            case POSTGRESQL -> "postgresql";
                            case MARIADB, MYSQL -> "mariadb";
                        });
    }
}
