package io.rowlock.lab.junit;

import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** The servers that this build starts for its tests, as far as the build is not restricted to others. */
public final class EnginesRaceDatabases implements RaceDatabases {

    @Override
    public Set<Engine> engines() {
        String allowed =
                System.getProperty("rowlock.engines", "postgres,mariadb").toLowerCase(Locale.ROOT);
        Set<Engine> engines = EnumSet.noneOf(Engine.class);
        if (allowed.contains("postgres")) {
            engines.add(Engine.POSTGRESQL);
        }
        if (allowed.contains("mariadb")) {
            engines.add(Engine.MARIADB);
        }
        return engines;
    }

    @Override
    public RaceDatabase create(Engine engine) {
        Database database = Database.create(engine);
        return new RaceDatabase(database.dataSource(), database::close);
    }
}
