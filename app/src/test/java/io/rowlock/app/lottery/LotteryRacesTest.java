package io.rowlock.app.lottery;

import io.rowlock.app.Schema;
import io.rowlock.app.races.Race;
import io.rowlock.app.races.Stand;
import io.rowlock.app.races.Verdict;
import io.rowlock.dialect.Isolation;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.lab.Budget;
import io.rowlock.lab.Exploration;
import io.rowlock.lab.Lab;
import io.rowlock.lab.LabOptions;
import org.assertj.core.api.SoftAssertions;

/** At each engine's default level: without guards each race shows the anomaly it is known for, with them it shows none. */
class LotteryRacesTest {
    @Databases
    void eachRaceIsAsItHasToBe(Database database) {
        Schema.migrate(database);
        Isolation level = level(database);
        SoftAssertions softly = new SoftAssertions();
        try (Lab lab = Lab.on(database.dataSource(), LabOptions.standard().withIsolation(level))) {
            Stand stand = new Stand(lab, database.dataSource());
            for (Race race : new LotteryRaces().races()) {
                Exploration run = lab.explore(race.scenario().apply(stand), Budget.standard());
                Verdict verdict = Verdict.of(race, stand.engine(), level, run);
                System.out.printf(
                        "%s %s %s %s %s %d+%d/%d %dms%n",
                        stand.engine(),
                        race.id(),
                        race.form(),
                        verdict.is(),
                        verdict.anomaly().map(Enum::name).orElse("-"),
                        run.schedules(),
                        run.cut(),
                        run.violating(),
                        run.took().toMillis());
                softly.assertThat(verdict.is().asItHasToBe())
                        .as("%s %s: %s %s", race.id(), race.form(), verdict, explained(run))
                        .isTrue();
                softly.assertThat(run.complete())
                        .as("%s %s is explored to its end", race.id(), race.form())
                        .isTrue();
            }
        }
        softly.assertAll();
    }

    private static Isolation level(Database database) {
        return switch (database.engine()) {
            case SQLITE -> Isolation.SERIALIZABLE;
            case POSTGRESQL -> Isolation.READ_COMMITTED;
            case MARIADB, MYSQL -> Isolation.REPEATABLE_READ;
        };
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
