package io.rowlock.app.mastery;

import io.rowlock.app.races.Form;
import io.rowlock.app.races.RacesCheck;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.sql.SQLException;
import java.util.Set;

/** The races of learners, each as it has to be on each engine. */
class MasteryRacesTest {
    private static final RacesCheck RACES = new RacesCheck(new MasteryRaces());

    /** On servers a guarded race has many more schedules; all of them are run by {@code ./rowlock races --system mastery --engine all}. */
    private static final Set<String> GUARDED_ON_SERVERS = Set.of("mastery-1", "mastery-4");

    /** Those that differ from level to level; the others are about locks of a process. */
    private static final Set<String> BY_LEVEL = Set.of("mastery-1", "mastery-11", "mastery-12");

    @Databases
    void eachRaceIsAsItHasToBe(Database database) throws SQLException {
        RACES.areAsTheyHaveToBe(
                database,
                race -> database.engine() == Engine.SQLITE
                        || race.form() != Form.GUARDED
                        || GUARDED_ON_SERVERS.contains(race.id()));
    }

    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void eachUnguardedFormIsAsItHasToBeAtEachLevel(Database database) throws SQLException {
        RACES.unguardedFormsAreAsTheyHaveToBeAtEachLevel(database, race -> BY_LEVEL.contains(race.id()));
    }
}
