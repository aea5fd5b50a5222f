package io.rowlock.app.story;

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

/** The races of stories, each as it has to be on each engine. */
class StoryRacesTest {
    @Databases
    void eachRaceIsAsItHasToBe(Database database) throws SQLException {
        areAsTheyHaveToBe(run(database, race -> true, Optional.empty()));
    }

    /** Those that differ from level to level; the others are about locks of a process. */
    private static final Set<String> BY_LEVEL = Set.of("story-1", "story-2", "story-8", "story-9");

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
                .run(new StoryRaces().races().stream().filter(which).toList(), level);
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
