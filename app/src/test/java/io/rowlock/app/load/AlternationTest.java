package io.rowlock.app.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.app.RunningService;
import io.rowlock.app.load.Alternation.Plan;
import io.rowlock.app.load.Alternation.Turns;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Two loads in turns: what counts of them, and whose loss is whose. */
class AlternationTest {
    private static final Plan PLAN = new Plan(4, 100, 2, Duration.ofMillis(200), Duration.ofMillis(100), 7);
    private static final int USERS = 20;

    @Databases
    void eachHasItsTurnsAndTheLossOfOneIsNotThatOfTheOther(Database database) throws Exception {
        MasteryLoad naiveSystem = MasteryLoad.plain(USERS);
        MasteryLoad guardedSystem = MasteryLoad.plain(USERS);
        try (RunningService service = RunningService.on(database);
                Load naive = new Load(naiveSystem, List.of(service.url()), unused());
                Load guarded = new Load(guardedSystem, List.of(service.url()), unused())) {
            naive.prepare();
            guarded.prepare();
            Alternation alternation = new Alternation(naive, guarded, PLAN);
            alternation.run();

            assertThat(alternation.done()).isEqualTo(PLAN.requests()).isEqualTo(100);
            assertThat(Stream.of(alternation.naive(), alternation.guarded())).allSatisfy(AlternationTest::requireWhole);
        }
        try (Connection connection = database.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            MasteryBooks right = MasteryBooks.audit(connection, naiveSystem, guardedSystem);
            assertThat(right.findings()).isEmpty();
            assertThat(right.lostByCheck()).isEmpty();
            assertThat(right.acknowledged()).isPositive();
            connection.setAutoCommit(true);

            lose(connection, naiveSystem);
            connection.setAutoCommit(false);
            MasteryBooks lost = MasteryBooks.audit(connection, naiveSystem, guardedSystem);
            assertThat(lost.findings()).isEmpty();
            assertThat(lost.lostByCheck()).isEqualTo(Map.of("update-count", 1L));
            assertThat(lost.lost()).isEqualTo(1);
            connection.setAutoCommit(true);

            lose(connection, guardedSystem);
            connection.setAutoCommit(false);
            MasteryBooks wrong = MasteryBooks.audit(connection, naiveSystem, guardedSystem);
            assertThat(wrong.findings())
                    .singleElement()
                    .satisfies(line -> assertThat(line).startsWith("update-count: "));
            assertThat(wrong.lost()).isEqualTo(1);
            connection.setAutoCommit(true);
        }
    }

    private static Load.Plan unused() {
        return new Load.Plan(1, 0, null, 0);
    }

    private static void requireWhole(Turns turns) {
        assertThat(turns.all().operations()).isEqualTo(2 * 20);
        assertThat(turns.all().failures()).isEmpty();
        assertThat(turns.all().unanswered()).isZero();
        assertThat(turns.all().refused()).isZero();
        assertThat(turns.all().fallbacks()).isEmpty();
        assertThat(turns.all().replayed()).isZero();
        assertThat(turns.p99Millis()).hasSize(2);
        assertThat(turns.nanos()).isPositive();
    }

    private static void lose(Connection connection, MasteryLoad system) throws Exception {
        String user = system.promises().told().get(0).user();
        try (Statement statement = connection.createStatement()) {
            assertThat(statement.executeUpdate(
                            "UPDATE amas_user_models SET update_count = update_count + 1 WHERE user_id = '" + user
                                    + "'"))
                    .isEqualTo(1);
        }
    }
}
