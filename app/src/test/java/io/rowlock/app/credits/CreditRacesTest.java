package io.rowlock.app.credits;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.RowlockTables;
import io.rowlock.app.Schema;
import io.rowlock.app.races.Form;
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
import io.rowlock.lab.LabOptions;
import io.rowlock.lab.Run;
import java.sql.SQLException;
import java.util.List;
import org.assertj.core.api.SoftAssertions;

/** The races of credits, each as it has to be on each engine. */
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

    /** What is said of where a form cannot show, at each level. */
    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void eachUnguardedFormIsAsItHasToBeAtEachLevel(Database database) {
        SoftAssertions softly = new SoftAssertions();
        for (Isolation level : Isolation.values()) {
            try (Lab lab = Lab.on(database.dataSource(), LabOptions.standard().withIsolation(level))) {
                Stand stand = new Stand(lab, database.dataSource());
                for (Race race : new CreditRaces().races()) {
                    if (race.form() != Form.GUARDED) {
                        isAsItHasToBe(softly, lab, stand, race, level);
                    }
                }
            }
        }
        softly.assertAll();
    }

    /** credits-3: with this switch the lock fails where the snapshot is old, and the units run again. */
    @Databases(Engine.MARIADB)
    void aLockThatKnowsOfTheSnapshotGrantsOnce(Database database) throws SQLException {
        Schema.migrate(database);
        List<String> created = RowlockTables.createMissing(database.dataSource());
        assertThat(created).isNotNull();
        LabOptions options = LabOptions.standard().withSessionSql("SET SESSION innodb_snapshot_isolation = ON");
        try (Lab lab = Lab.on(database.dataSource(), options)) {
            Stand stand = new Stand(lab, database.dataSource());
            List<Race> races = new CreditRaces()
                    .races().stream()
                            .filter(race -> race.id().equals("credits-1"))
                            .toList();

            List<Exploration> runs = races.stream()
                    .map(race -> lab.explore(race.scenario().apply(stand)))
                    .toList();

            assertThat(races).extracting(Race::form).containsExactly(Form.NAIVE, Form.GUARDED);
            runs.forEach(Exploration::requireNoViolation);
            assertThat(runs.get(0).contentions()).isPositive();
            assertThat(runs.get(1).contentions()).isZero();
        }
    }

    private static void isAsItHasToBe(SoftAssertions softly, Lab lab, Stand stand, Race race, Isolation level) {
        Exploration run = lab.explore(race.scenario().apply(stand), Budget.standard());
        Verdict verdict = Verdict.of(race, stand.engine(), level, run);
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
