package io.rowlock.app.mastery;

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
import java.util.Set;
import java.util.function.Predicate;
import org.assertj.core.api.SoftAssertions;

/** The races of learners, each as it has to be on each engine. */
class MasteryRacesTest {
    /** On servers a guarded race has many more schedules; all of them are run by {@code ./rowlock races --system mastery --engine all}. */
    private static final Set<String> GUARDED_ON_SERVERS = Set.of("mastery-1");

    @Databases
    void eachRaceIsAsItHasToBe(Database database) throws SQLException {
        areAsTheyHaveToBe(run(
                database,
                race -> database.engine() == Engine.SQLITE
                        || race.form() != Form.GUARDED
                        || GUARDED_ON_SERVERS.contains(race.id()),
                Optional.empty()));
    }

    /** Those that differ from level to level; the others are about locks of a process. */
    private static final Set<String> BY_LEVEL = Set.of("mastery-1", "mastery-11", "mastery-12");

    /** What is said of where a form cannot show, at each level. */
    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void eachUnguardedFormIsAsItHasToBeAtEachLevel(Database database) throws SQLException {
        for (Isolation level : Isolation.values()) {
            areAsTheyHaveToBe(run(
                    database, race -> race.form() != Form.GUARDED && BY_LEVEL.contains(race.id()), Optional.of(level)));
        }
    }

    private static List<Verdict> run(Database database, Predicate<Race> which, Optional<Isolation> level)
            throws SQLException {
        Schema.migrate(database);
        List<String> unused = RowlockTables.createMissing(database.dataSource());
        return new RacesRun(
                        database.engine(), database.dataSource(), database.dataSource(), Budget.standard(), race -> {})
                .run(new MasteryRaces().races().stream().filter(which).toList(), level);
    }

    private static void areAsTheyHaveToBe(List<Verdict> verdicts) {
        SoftAssertions all = new SoftAssertions();
        for (Verdict verdict : verdicts) {
            all.assertThat(verdict.is().asItHasToBe())
                    .as(
                            "%s %s on %s at %s: %s %s, %s schedules, shortest witness %s",
                            verdict.race().id(),
                            verdict.race().form(),
                            verdict.engine(),
                            verdict.isolation(),
                            verdict.is(),
                            verdict.why(),
                            verdict.exploration().schedules(),
                            verdict.exploration()
                                    .witness()
                                    .map(Run::schedule)
                                    .map(Object::toString)
                                    .orElse("-"))
                    .isTrue();
        }
        all.assertAll();
    }
}
