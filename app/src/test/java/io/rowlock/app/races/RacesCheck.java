package io.rowlock.app.races;

import io.rowlock.RowlockTables;
import io.rowlock.app.Schema;
import io.rowlock.dialect.Isolation;
import io.rowlock.engines.Database;
import io.rowlock.lab.Budget;
import io.rowlock.lab.Run;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.assertj.core.api.SoftAssertions;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Runs races of a system on a database, and holds each to what it has to be. */
public final class RacesCheck {
    private final RaceSystem system;

    public RacesCheck(RaceSystem system) {
        this.system = system;
    }

    /** Those of its races. */
    public List<Race> races(Predicate<Race> which) {
        return system.races().stream().filter(which).toList();
    }

    /** Each of these is as it has to be, at the level that the engine's connections come with. */
    public void areAsTheyHaveToBe(Database database, Predicate<Race> which) throws SQLException {
        areAsTheyHaveToBe(run(database, races(which), Optional.empty()));
    }

    /** The same for forms without guards at each level: what is said of where they cannot show. */
    public void unguardedFormsAreAsTheyHaveToBeAtEachLevel(Database database, Predicate<Race> which)
            throws SQLException {
        List<Race> races = races(which.and(race -> race.form() != Form.GUARDED));
        for (Isolation level : Isolation.values()) {
            areAsTheyHaveToBe(run(database, races, Optional.of(level)));
        }
    }

    /** Runs them, on tables that are made if need be. */
    public static List<Verdict> run(Database database, List<Race> races, Optional<Isolation> level)
            throws SQLException {
        Schema.migrate(database);
        List<String> unused = RowlockTables.createMissing(database.dataSource());
        DataSource unpooled = new DriverManagerDataSource(database.url(), database.user(), database.password());
        return new RacesRun(database.engine(), database.dataSource(), unpooled, Budget.standard(), race -> {})
                .run(races, level);
    }

    private static void areAsTheyHaveToBe(List<Verdict> verdicts) {
        SoftAssertions all = new SoftAssertions();
        for (Verdict verdict : verdicts) {
            all.assertThat(verdict.is().asItHasToBe())
                    .as(
                            "%s %s on %s at %s is %s: %s%n%s",
                            verdict.race().id(),
                            verdict.race().form(),
                            verdict.engine(),
                            verdict.isolation(),
                            verdict.is(),
                            verdict.why(),
                            verdict.exploration()
                                    .witness()
                                    .map(RacesCheck::explained)
                                    .orElse(""))
                    .isTrue();
        }
        all.assertAll();
    }

    private static String explained(Run witness) {
        return witness.schedule() + "\n" + String.join("\n", witness.because().sentences()) + "\n" + witness.steps();
    }
}
