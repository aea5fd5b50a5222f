package io.rowlock.app.lottery;

import io.rowlock.RowlockTables;
import io.rowlock.app.Schema;
import io.rowlock.app.races.RacesRun;
import io.rowlock.app.races.Verdict;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.lab.Budget;
import io.rowlock.lab.Exploration;
import java.sql.SQLException;
import java.util.Optional;
import org.assertj.core.api.SoftAssertions;

/** At each engine's default level: without guards each race shows the anomaly it is known for, with them it shows none. */
class LotteryRacesTest {
    @Databases
    void eachRaceIsAsItHasToBe(Database database) throws SQLException {
        Schema.migrate(database);
        RowlockTables.createMissing(database.dataSource());
        SoftAssertions softly = new SoftAssertions();
        for (Verdict verdict : new RacesRun(
                        database.engine(), database.dataSource(), database.dataSource(), Budget.standard(), race -> {})
                .run(new LotteryRaces().races(), Optional.empty())) {
            Exploration run = verdict.exploration();
            String name = verdict.race().id() + " " + verdict.race().form();
            softly.assertThat(verdict.is().asItHasToBe())
                    .as("%s is %s: %s %s", name, verdict.is(), verdict.why(), explained(run))
                    .isTrue();
        }
        softly.assertAll();
    }

    /** The timeline of what went wrong, if something did. */
    private static String explained(Exploration run) {
        try {
            run.requireNoViolation();
            return "";
        } catch (AssertionError wrong) {
            return String.valueOf(wrong.getMessage());
        }
    }
}
