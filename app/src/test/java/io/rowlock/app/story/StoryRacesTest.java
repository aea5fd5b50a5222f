package io.rowlock.app.story;

import io.rowlock.app.races.RacesCheck;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.sql.SQLException;
import java.util.Set;

/** The races of stories, each as it has to be on each engine. */
class StoryRacesTest {
    private static final RacesCheck RACES = new RacesCheck(new StoryRaces());

    /** Those that differ from level to level; the others are about locks of a process. */
    private static final Set<String> BY_LEVEL = Set.of("story-1", "story-2", "story-8", "story-9");

    @Databases
    void eachRaceIsAsItHasToBe(Database database) throws SQLException {
        RACES.areAsTheyHaveToBe(database, race -> true);
    }

    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void eachUnguardedFormIsAsItHasToBeAtEachLevel(Database database) throws SQLException {
        RACES.unguardedFormsAreAsTheyHaveToBeAtEachLevel(database, race -> BY_LEVEL.contains(race.id()));
    }
}
