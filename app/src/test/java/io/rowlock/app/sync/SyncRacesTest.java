package io.rowlock.app.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.RowlockTables;
import io.rowlock.app.Schema;
import io.rowlock.app.races.Form;
import io.rowlock.app.races.Race;
import io.rowlock.app.races.RacesRun;
import io.rowlock.app.races.Verdict;
import io.rowlock.dialect.Engine;
import io.rowlock.dialect.Isolation;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.lab.Budget;
import io.rowlock.lab.Run;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.assertj.core.api.SoftAssertions;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** The races of the sync, each as it has to be on each engine. */
class SyncRacesTest {
    @Databases
    void eachRaceIsAsItHasToBe(Database database) throws SQLException {
        withTables(database);
        areAsTheyHaveToBe(run(database, races(race -> true), Optional.empty()));
    }

    /** What is said of where a form cannot show, at each level. */
    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void eachUnguardedFormIsAsItHasToBeAtEachLevel(Database database) {
        for (Isolation level : Isolation.values()) {
            areAsTheyHaveToBe(run(database, races(race -> race.form() != Form.GUARDED), Optional.of(level)));
        }
    }

    private static void withTables(Database database) throws SQLException {
        Schema.migrate(database);
        List<String> created = RowlockTables.createMissing(database.dataSource());
        assertThat(created).isNotNull();
    }

    private static List<Race> races(Predicate<Race> which) {
        return new SyncRaces().races().stream().filter(which).toList();
    }

    private static List<Verdict> run(Database database, List<Race> races, Optional<Isolation> level) {
        DataSource unpooled = new DriverManagerDataSource(database.url(), database.user(), database.password());
        return new RacesRun(database.engine(), database.dataSource(), unpooled, Budget.standard(), race -> {})
                .run(races, level);
    }

    private static void areAsTheyHaveToBe(List<Verdict> verdicts) {
        SoftAssertions softly = new SoftAssertions();
        for (Verdict verdict : verdicts) {
            softly.assertThat(verdict.is().asItHasToBe())
                    .as(
                            "%s %s at %s: %s%n%s",
                            verdict.race().id(),
                            verdict.race().form(),
                            verdict.isolation(),
                            verdict.why(),
                            verdict.exploration()
                                    .witness()
                                    .map(SyncRacesTest::explained)
                                    .orElse(""))
                    .isTrue();
        }
        softly.assertAll();
    }

    private static String explained(Run witness) {
        return witness.schedule() + "\n" + String.join("\n", witness.because().sentences()) + "\n" + witness.steps();
    }
}
