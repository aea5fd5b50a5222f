package io.rowlock.lab.junit;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.lab.junit.Samples.Everywhere;
import io.rowlock.lab.junit.Samples.Kept;
import io.rowlock.lab.junit.Samples.OnMySql;
import io.rowlock.lab.junit.Samples.OnSqlite;
import io.rowlock.lab.junit.Samples.WithoutRace;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RaceTestTest {

    @Test
    void aRaceIsToldWithTheLineThatKeepsIt() {
        assertThat(Launched.run(OnSqlite.class, "broken").failure())
                .contains("two buyers of the last ticket")
                .contains("schedules go wrong")
                .contains("SELECT sold, total FROM ticket")
                .containsPattern("@Replay\\(value = \"A1 B1 [AB]2 [AB]2\", engines = Engine\\.SQLITE\\)");
    }

    @Test
    void codeWithoutARacePasses() {
        assertThat(Launched.run(OnSqlite.class, "fixed").results())
                .containsExactly(new Launched.Result("SQLITE", "SUCCESSFUL", ""));
    }

    @Test
    void codeThatIsKnownToBeBrokenMustBe() {
        assertThat(Launched.run(OnSqlite.class, "knownToBeBroken").statuses()).containsExactly("SUCCESSFUL");
        assertThat(Launched.run(OnSqlite.class, "notBrokenAtAll").failure())
                .contains("No schedule goes wrong (scenario=two buyers of the last ticket, schedules=");
    }

    @Test
    void whatCannotFailFails() {
        assertThat(Launched.run(OnSqlite.class, "checksNothing").failure()).contains("checks nothing cannot fail");
        assertThat(Launched.run(WithoutRace.class).failure())
                .contains("takes a Race")
                .contains("method=takesNothing");
        assertThat(Launched.run(OnSqlite.class, "goesPastTheLab").failure())
                .contains("An actor does nothing that can be seen")
                .contains("actors=[A, B]");
    }

    @Test
    void schedulesThatWereNotRunAreNoProofUnlessThatIsSaid() {
        assertThat(Launched.run(OnSqlite.class, "tooLittle").failure()).contains("The budget ended");
        Launched some = Launched.run(OnSqlite.class, "someIsEnough");
        assertThat(some.statuses()).containsExactly("SUCCESSFUL");
        assertThat(some.remarks()).singleElement().asString().contains("The budget ended", "schedules=1");
    }

    @Test
    void aKeptScheduleIsRunAgain() {
        assertThat(Launched.run(Kept.class, "wrong").failure())
                .contains("1 of 1 schedule goes wrong")
                .contains("@Replay(value = \"A1 B1 B2 A2\", engines = Engine.SQLITE)");
        assertThat(Launched.run(Kept.class, "right").statuses()).containsExactly("SUCCESSFUL");
    }

    @Test
    void aScheduleThatTheCodeNoLongerTakesGivesWayToAll() {
        Launched outlived = Launched.run(Kept.class, "outlived");
        assertThat(outlived.statuses()).containsExactly("SUCCESSFUL");
        assertThat(outlived.remarks()).singleElement().asString().contains("All schedules were run instead");

        assertThat(Launched.run(Kept.class, "outlivedAndWrong").failure())
                .containsPattern("value = \"A1 B1 [AB]2 [AB]2\"");
    }

    @Test
    void keptSchedulesComeBeforeTheOthers() {
        Launched together = Launched.run(Kept.class, "together");
        assertThat(together.names())
                .containsExactly(
                        "SQLITE SERIALIZABLE replay A1 B1 B2 A2",
                        "SQLITE SERIALIZABLE replay A1 A2 B1",
                        "SQLITE SERIALIZABLE");
        assertThat(together.statuses()).containsExactly("FAILED", "SUCCESSFUL", "FAILED");
    }

    @Test
    void aScheduleBelongsToOneScenario() {
        assertThat(Launched.run(Kept.class, "twoScenarios").failure()).contains("A schedule belongs to one scenario");
        assertThat(Launched.run(Kept.class, "noSchedule").failure()).contains("move=and");
    }

    @Test
    void eachEngineAndLevelIsATest() {
        assertThat(Launched.run(Everywhere.class, "fixed").results())
                .containsExactlyInAnyOrder(
                        passed("SQLITE READ_COMMITTED"),
                        passed("POSTGRESQL READ_COMMITTED"),
                        passed("POSTGRESQL SERIALIZABLE"),
                        passed("MARIADB READ_COMMITTED"),
                        passed("MARIADB SERIALIZABLE"));
    }

    private static Launched.Result passed(String name) {
        return new Launched.Result(name, "SUCCESSFUL", "");
    }

    @Test
    void testsMayRunAtTheSameTime() {
        Map<String, String> parallel = Map.of(
                "junit.jupiter.execution.parallel.enabled", "true",
                "junit.jupiter.execution.parallel.mode.default", "concurrent",
                "junit.jupiter.execution.parallel.config.strategy", "fixed",
                "junit.jupiter.execution.parallel.config.fixed.parallelism", "3");
        assertThat(Launched.run(parallel, OnSqlite.class, "fixed", "knownToBeBroken", "someIsEnough")
                        .statuses())
                .containsExactly("SUCCESSFUL", "SUCCESSFUL", "SUCCESSFUL");
        assertThat(Launched.run(parallel, Everywhere.class).results())
                .hasSize(10)
                .allSatisfy(result -> assertThat(result.message()).isEmpty());
    }

    @Test
    void anEngineThatIsNotThereFailsWithTheWaysToGetIt() {
        assertThat(Launched.run(OnMySql.class).failure())
                .contains("engine=MYSQL")
                .contains("rowlock.race.mysql.url", "ROWLOCK_RACE_MYSQL_URL", "ROWLOCK_RACE_MYSQL_PASSWORD")
                .contains("META-INF/services/io.rowlock.lab.junit.RaceDatabases");
    }

    @Test
    void aRunCanBeRestrictedToOtherEngines() {
        System.setProperty("rowlock.race.engines", "postgresql");
        try {
            assertThat(Launched.run(OnSqlite.class, "fixed").results())
                    .singleElement()
                    .satisfies(result -> {
                        assertThat(result.status()).isEqualTo("SKIPPED");
                        assertThat(result.message()).contains("rowlock.race.engines");
                    });
        } finally {
            System.clearProperty("rowlock.race.engines");
        }
    }
}
