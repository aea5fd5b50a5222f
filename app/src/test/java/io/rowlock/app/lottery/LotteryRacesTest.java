package io.rowlock.app.lottery;

import io.rowlock.app.races.RacesCheck;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.sql.SQLException;

/** At each engine's default level: without guards each race shows the anomaly it is known for, with them it shows none. */
class LotteryRacesTest {
    @Databases
    void eachRaceIsAsItHasToBe(Database database) throws SQLException {
        new RacesCheck(new LotteryRaces()).areAsTheyHaveToBe(database, race -> true);
    }
}
