package io.rowlock.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;

/** Gates that are no statements, crashes, and runs that come to no end. */
class GatesTest {
    private static final Budget SOON = Budget.standard().withStuckAfter(Duration.ofMillis(400));
    private static final String[] RESET = {"DELETE FROM counter", "INSERT INTO counter VALUES (1, 0), (2, 0), (3, 0)"};

    @BeforeEach
    void counters(Database database) {
        database.execute("DROP TABLE IF EXISTS counter", "CREATE TABLE counter (id INT PRIMARY KEY, n INT NOT NULL)");
    }

    private static int add(Connection connection, int id) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate("UPDATE counter SET n = n + 1 WHERE id = " + id);
        }
    }

    private static Scenario twoWhoAdd(Lab lab) {
        return Scenario.named("two who add")
                .reset(RESET)
                .actor(Sql.transaction(lab.dataSource(), connection -> add(connection, 1)))
                .actor(Sql.transaction(lab.dataSource(), connection -> add(connection, 1)));
    }

    // ---- steps that are none of a database

    @Databases(Engine.SQLITE)
    void actorsStopAtStepsThatAreNoneOfADatabase(Database database) {
        AtomicInteger cached = new AtomicInteger();
        try (Lab lab = Lab.on(database.dataSource())) {
            Scenario two = Scenario.named("two who add to what is cached")
                    .reset(connection -> cached.set(0))
                    .actor(() -> addTo(cached))
                    .actor(() -> addTo(cached))
                    .invariant(
                            "both count",
                            (connection, results) ->
                                    cached.get() == 2 ? Optional.empty() : Optional.of("it is " + cached.get()));
            Exploration found = lab.explore(two);

            assertThat(found.complete()).isTrue();
            assertThat(found.violating()).isEqualTo(4);
            assertThat(found.schedules()).isEqualTo(6);
            Schedule witness = found.witness().orElseThrow().schedule();
            assertThat(witness).hasToString("A{cache.get} B{cache.get} B{cache.put} A{cache.put}");
            assertThat(lab.replay(two, witness).violation()).contains("both count: it is 1");
            assertThat(addTo(cached)).as("a thread that is no actor passes").isEqualTo(2);
        }
    }

    /** What goes wrong beside the database is found though database and results are the same in each run. */
    @Databases(Engine.SQLITE)
    void whatNoOutcomeShowsIsFoundByAnInvariant(Database database) {
        AtomicInteger cached = new AtomicInteger();
        try (Lab lab = Lab.on(database.dataSource())) {
            Exploration found = lab.explore(Scenario.named("two who add to what is cached, and say nothing")
                    .reset(connection -> cached.set(0))
                    .actor(() -> String.valueOf(addTo(cached) > 0))
                    .actor(() -> String.valueOf(addTo(cached) > 0))
                    .invariant(
                            "both count",
                            (connection, results) ->
                                    cached.get() == 2 ? Optional.empty() : Optional.of("it is " + cached.get())));

            assertThat(found.outcomes()).hasSize(1);
            assertThat(found.schedules()).isEqualTo(6);
            assertThat(found.violating()).isEqualTo(4);
        }
    }

    private static int addTo(AtomicInteger cached) {
        Steps.pass("cache.get");
        int value = cached.get();
        Steps.pass("cache.put");
        cached.set(value + 1);
        return value + 1;
    }

    // ---- transactions that have failed

    /** PostgreSQL answers nothing in one, and yet it has to be left. */
    @Databases(Engine.POSTGRESQL)
    void aTransactionThatHasFailedIsLeftByAStatement(Database database) {
        try (Lab lab = Lab.on(database.dataSource())) {
            Callable<String> fails = () -> {
                try (Connection connection = lab.dataSource().getConnection();
                        Statement statement = connection.createStatement()) {
                    statement.execute("BEGIN");
                    assertThatThrownBy(() -> statement.execute("SELECT 1 / 0")).isInstanceOf(SQLException.class);
                    statement.execute("ROLLBACK");
                    return "added " + add(connection, 1);
                }
            };
            Exploration found = lab.explore(Scenario.named("one who fails and goes on")
                    .reset(RESET)
                    .actor(fails)
                    .actor(Sql.transaction(lab.dataSource(), connection -> add(connection, 2))));

            assertThat(found.complete()).isTrue();
            assertThat(found.outcomes())
                    .isNotEmpty()
                    .allSatisfy(outcome ->
                            assertThat(outcome.results().values()).contains(new ActorResult.Returned("added 1")));
        }
    }

    // ---- crashes

    @Databases
    void anActorCrashesInFrontOfEachOfItsSteps(Database database) {
        try (Lab lab = Lab.on(database.dataSource())) {
            Scenario mover = Scenario.named("one who takes and gives in two transactions, and one who looks elsewhere")
                    .reset(RESET)
                    .crashingActor(() -> {
                        int unused = Sql.transact(lab.dataSource(), connection -> add(connection, 1));
                        return Sql.transact(lab.dataSource(), connection -> add(connection, 2));
                    })
                    .actor(Sql.transaction(lab.dataSource(), connection -> add(connection, 3)))
                    .invariant("taken and given", (connection, results) -> {
                        int taken = Sql.number(connection, "SELECT n FROM counter WHERE id = 1");
                        int given = Sql.number(connection, "SELECT n FROM counter WHERE id = 2");
                        return taken == given ? Optional.empty() : Optional.of(taken + " and " + given);
                    });
            Exploration found = lab.explore(mover, Budget.standard().naive());

            assertThat(found.complete()).isTrue();
            Set<String> crashes = found.found().stream()
                    .map(each -> each.run().schedule().toString())
                    .filter(schedule -> schedule.contains("A!"))
                    .collect(Collectors.toSet());
            assertThat(crashes).isNotEmpty();
            Run witness = found.witness().orElseThrow();
            assertThat(witness.violation()).contains("taken and given: 1 and 0");
            assertThat(witness.anomaly()).contains(Anomaly.PARTIAL_COMMIT);
            assertThat(witness.outcome().results().get('A')).isInstanceOf(ActorResult.Crashed.class);
        }
    }

    // ---- runs that come to no end

    @Databases(Engine.SQLITE)
    void anActorThatWaitsForNobodyLeavesTheQuestionOpen(Database database) {
        CountDownLatch never = new CountDownLatch(1);
        try (Lab lab = Lab.on(database.dataSource())) {
            Exploration found = lab.explore(
                    Scenario.named("one who waits")
                            .reset(RESET)
                            .actor(Sql.transaction(lab.dataSource(), connection -> add(connection, 1)))
                            .actor(() -> {
                                never.await();
                                return null;
                            }),
                    SOON.withSchedules(2));
            assertOpen(found, "stands still");
            assertThat(lab.explore(twoWhoAdd(lab)).complete())
                    .as("the lab goes on")
                    .isTrue();
        }
    }

    @Databases(Engine.SQLITE)
    void anActorThatComputesForEverLeavesTheQuestionOpen(Database database) {
        AtomicBoolean end = new AtomicBoolean();
        try (Lab lab = Lab.on(database.dataSource())) {
            Exploration found = lab.explore(
                    Scenario.named("one who computes")
                            .reset(RESET)
                            .actor(Sql.transaction(lab.dataSource(), connection -> add(connection, 1)))
                            .actor(() -> {
                                while (!end.get()) {
                                    Thread.onSpinWait();
                                }
                                return null;
                            }),
                    SOON.withSchedules(1));
            assertOpen(found, "stands still");
        } finally {
            end.set(true);
        }
    }

    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void aLockThatIsHeldOutsideLeavesTheQuestionOpen(Database database) throws SQLException {
        try (Lab lab = Lab.on(database.dataSource());
                Connection outside = database.connect()) {
            Scenario two = Scenario.named("two who add, and a third whom nobody sees")
                    .reset("DELETE FROM counter WHERE id > 1")
                    .actor(Sql.transaction(lab.dataSource(), connection -> add(connection, 1)))
                    .actor(Sql.transaction(lab.dataSource(), connection -> add(connection, 1)));
            database.execute(RESET);
            outside.setAutoCommit(false);
            int unused = add(outside, 1);

            assertOpen(lab.explore(two, SOON.withSchedules(2)), "stands still");

            outside.rollback();
            assertThat(lab.explore(two.invariant("always", (connection, results) -> Optional.empty()))
                            .complete())
                    .as("the lab goes on")
                    .isTrue();
        }
    }

    private static void assertOpen(Exploration found, String why) {
        assertThat(found.complete()).isFalse();
        assertThat(found.unresolved()).isNotEmpty();
        assertThat(found.unresolved())
                .allSatisfy(run -> assertThat(run.unresolved())
                        .hasValueSatisfying(open -> assertThat(open).contains(why)));
        assertThat(found.violations()).isEmpty();
    }

    // ---- a circle of three

    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void aCircleOfThreeIsBrokenAndAnyVictimIsRight(Database database) {
        try (Lab lab = Lab.on(database.dataSource())) {
            Scenario three = Scenario.named("three in a circle").reset(RESET);
            for (int first = 1; first <= 3; first++) {
                int one = first;
                int next = first % 3 + 1;
                three = three.actor(Sql.transaction(lab.dataSource(), connection -> {
                    int unused = add(connection, one);
                    return add(connection, next);
                }));
            }
            Exploration found = lab.explore(three);

            assertThat(found.unresolved()).isEmpty();
            assertThat(found.complete()).isTrue();
            found.requireNoViolation();
            assertThat(found.contentions()).as("deadlocks").isPositive();
        }
    }
}
