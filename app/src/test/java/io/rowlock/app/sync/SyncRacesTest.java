package io.rowlock.app.sync;

import io.rowlock.app.races.RacesCheck;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.sql.SQLException;

/** The races of the sync, each as it has to be on each engine. */
class SyncRacesTest {
    private static final RacesCheck RACES = new RacesCheck(new SyncRaces());

    @Databases
    void eachRaceIsAsItHasToBe(Database database) throws SQLException {
        RACES.areAsTheyHaveToBe(database, race -> true);
    }

    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void eachUnguardedFormIsAsItHasToBeAtEachLevel(Database database) throws SQLException {
        RACES.unguardedFormsAreAsTheyHaveToBeAtEachLevel(database, race -> true);
    }
}
