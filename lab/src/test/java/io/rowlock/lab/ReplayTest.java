package io.rowlock.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowlock.dialect.Engine;
import io.rowlock.dialect.Isolation;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;

/** A schedule that was written down shows the same whenever it is run. */
class ReplayTest {
    private static final int TIMES = 1_000;

    /** Two finish the same course, without a lock and each statement by itself, so that it goes wrong on SQLite too. */
    private static final String WITNESS = "A1 B1 A2 A3 A4 B2 B3 B4";

    @BeforeEach
    void tables(Database database) {
        for (String table : Grants.TABLES) {
            database.execute(table.replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS"));
        }
    }

    @Databases
    void aWitnessIsTheSameAThousandTimes(Database database) {
        try (Lab lab = lab(database)) {
            Scenario twice = twice(lab);
            List<Run> runs = lab.replay(twice, Schedule.parse(WITNESS), TIMES);

            assertThat(runs).hasSize(TIMES).allSatisfy(run -> {
                assertThat(run.unresolved()).isEmpty();
                assertThat(run.schedule()).hasToString(WITNESS);
            });
            Set<Outcome> outcomes = runs.stream().map(Run::outcome).collect(Collectors.toSet());
            assertThat(outcomes)
                    .singleElement()
                    .satisfies(outcome -> assertThat(outcome.results())
                            .containsValue(new ActorResult.Returned("granted"))
                            .hasSize(2));
        }
    }

    @Databases(Engine.SQLITE)
    void aScheduleThatDoesNotFitIsTold(Database database) {
        try (Lab lab = lab(database)) {
            assertThatThrownBy(() -> lab.replay(twice(lab), Schedule.parse("A1 A9")))
                    .isInstanceOf(ScheduleMismatch.class)
                    .hasMessageContaining("A9")
                    .hasMessageContaining("A2");
            assertThatThrownBy(() -> Schedule.parse("A1 ?"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("?");
        }
    }

    private static Lab lab(Database database) {
        return Lab.on(database.dataSource(), LabOptions.standard().withIsolation(Isolation.READ_COMMITTED));
    }

    private static Scenario twice(Lab lab) {
        Grants grants = new Grants(lab.dataSource(), Grants.Variant.AUTOCOMMIT);
        return Scenario.named("a course that is finished twice")
                .reset(Grants.RESET)
                .actor(grants::finish)
                .actor(grants::finish)
                .state("SELECT amount FROM student_credit ORDER BY id")
                .invariant("one grant", (connection, outcome) -> {
                    try (Statement statement = connection.createStatement();
                            ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM ledger")) {
                        rows.next();
                        return rows.getInt(1) <= 1 ? Optional.empty() : Optional.of(rows.getInt(1) + " grants");
                    }
                });
    }
}
