package io.rowlock.app.credits;

import io.rowlock.RowlockTables;
import io.rowlock.app.Schema;
import io.rowlock.app.races.Race;
import io.rowlock.app.races.Stand;
import io.rowlock.app.races.Verdict;
import io.rowlock.dialect.Engine;
import io.rowlock.dialect.Isolation;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.lab.Budget;
import io.rowlock.lab.Exploration;
import io.rowlock.lab.Lab;
import io.rowlock.lab.Run;
import java.sql.SQLException;
import java.util.List;
import org.assertj.core.api.SoftAssertions;

class CreditRacesTest {
    /** The level that connections come with. */
    private static Isolation defaultOf(Engine engine) {
        return switch (engine) {
            case SQLITE -> Isolation.SERIALIZABLE;
            case POSTGRESQL -> Isolation.READ_COMMITTED;
            case MARIADB, MYSQL -> Isolation.REPEATABLE_READ;
        };
    }

    @Databases
    void eachRaceIsAsItHasToBe(Database database) throws SQLException {
        Schema.migrate(database);
        List<String> created = RowlockTables.createMissing(database.dataSource());
        SoftAssertions softly = new SoftAssertions();
        softly.assertThat(created).isNotNull();
        try (Lab lab = Lab.on(database.dataSource())) {
            Stand stand = new Stand(lab, database.dataSource());
            for (Race race : new CreditRaces().races()) {
                isAsItHasToBe(softly, lab, stand, race, defaultOf(database.engine()));
            }
        }
        softly.assertAll();
    }

    private static void isAsItHasToBe(SoftAssertions softly, Lab lab, Stand stand, Race race, Isolation level) {
        Exploration run = lab.explore(race.scenario().apply(stand), Budget.standard());
        Verdict verdict = Verdict.of(race, stand.engine(), level, run);
        System.out.println("VERDICT " + stand.engine() + " " + level + " " + race.id() + " " + race.form() + " "
                + verdict.is() + " " + verdict.anomaly().map(Enum::name).orElse("-") + " schedules=" + run.schedules()
                + " violating=" + run.violating() + " lost=" + run.contentions() + " took="
                + run.took().toMillis()
                + " " + verdict.why());
        softly.assertThat(verdict.is().asItHasToBe())
                .as(
                        "%s %s: %s%n%s",
                        race.id(),
                        race.form(),
                        verdict.why(),
                        run.witness().map(CreditRacesTest::explained).orElse(""))
                .isTrue();
    }

    private static String explained(Run witness) {
        return witness.schedule() + "\n" + String.join("\n", witness.because().sentences()) + "\n" + witness.steps();
    }
}
