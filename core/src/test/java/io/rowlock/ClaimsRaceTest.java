package io.rowlock;

import static io.rowlock.Jobs.QUEUE;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.claim.Claim;
import io.rowlock.claim.Claims;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.lab.Budget;
import io.rowlock.lab.Exploration;
import io.rowlock.lab.Lab;
import io.rowlock.lab.Outcome;
import io.rowlock.lab.Scenario;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;

/**
 * Two workers at one queue under every interleaving of their statements, each a node of its own. What one writes by hand gives one item to
 * both, or completes it twice; the queue does neither.
 */
class ClaimsRaceTest {

    @BeforeEach
    void jobs(Database database) {
        Jobs.create(database);
    }

    private static List<String> jobs(Database database, int jobs) {
        String time = database.engine() == Engine.SQLITE ? "'2026-01-01T00:00:00.000000Z'" : "'2026-01-01 00:00:00'";
        String rows = jobs == 1 ? "" : ", (2, " + time + ", 'NEW', 0, 0)";
        return List.of(
                "DELETE FROM jobs",
                "INSERT INTO jobs (id, due_at, status, urgency, done) VALUES (1, " + time + ", 'NEW', 0, 0)" + rows);
    }

    private static Scenario scenario(String name, Database database, int jobs) {
        return Scenario.named(database.engine() + ": " + name)
                .reset(jobs(database, jobs).toArray(String[]::new))
                .state("SELECT id, done, claim_state, claim_attempts FROM jobs ORDER BY id")
                .contention(thrown -> thrown instanceof RetriesExhausted || thrown instanceof LockTimeout);
    }

    // ---- taking

    /** Looks for an item that nobody has, then notes that it is taken. */
    @Databases
    void lookingFirstAndNotingLaterGivesAnItemToBoth(Database database) {
        try (Lab lab = Lab.on(database.dataSource())) {
            Callable<String> naive = () -> {
                try (Connection connection = lab.dataSource().getConnection();
                        Statement statement = connection.createStatement()) {
                    String id;
                    try (ResultSet row = statement.executeQuery(
                            "SELECT id FROM jobs WHERE claim_until = 0 ORDER BY due_at, id LIMIT 1")) {
                        if (!row.next()) {
                            return "nothing";
                        }
                        id = row.getString(1);
                    }
                    statement.executeUpdate(
                            "UPDATE jobs SET claim_until = 9, claim_attempts = claim_attempts + 1 WHERE id = " + id);
                    return "job " + id;
                }
            };
            Exploration found = lab.explore(
                    scenario("look and note", database, 2)
                            .actor(naive)
                            .actor(naive)
                            .invariant("no item is taken by two", ClaimsRaceTest::takenTwice),
                    Budget.standard().untilViolation());
            assertThat(found.witness()).as("%s", found).isPresent();
        }
    }

    @Databases
    void aTakeGivesAnItemToOne(Database database) {
        try (Lab lab = Lab.on(database.dataSource())) {
            Callable<String> takes = () -> {
                List<Claim<Jobs.Job, Long>> taken =
                        rowlock(lab.dataSource()).claims(QUEUE).take(1);
                return taken.isEmpty() ? "nothing" : "job " + taken.get(0).key();
            };
            Exploration found = lab.explore(scenario("take", database, 2)
                    .actor(takes)
                    .actor(takes)
                    .invariant("no item is taken by two", ClaimsRaceTest::takenTwice));
            found.requireNoViolation();
            assertThat(found.schedules()).isGreaterThan(1);
        }
    }

    private static Optional<String> takenTwice(Connection connection, Outcome outcome) throws SQLException {
        return one(connection, "SELECT id FROM jobs WHERE claim_attempts > 1")
                .map(id -> "job " + id + " is taken twice");
    }

    // ---- completing

    /** A worker that had stalled and one that has taken its item since both write that it is done, with their effects. */
    @Databases
    void withoutTheTokenBothComplete(Database database) {
        try (Lab lab = Lab.on(database.dataSource())) {
            Callable<String> naive = () -> {
                try (Connection connection = lab.dataSource().getConnection();
                        Statement statement = connection.createStatement()) {
                    boolean open;
                    try (ResultSet row = statement.executeQuery("SELECT claim_state FROM jobs WHERE id = 1")) {
                        open = row.next() && row.getString(1).equals("OPEN");
                    }
                    if (open) {
                        statement.executeUpdate("UPDATE jobs SET done = done + 1, claim_state = 'DONE' WHERE id = 1");
                    }
                    return open ? "done" : "too late";
                }
            };
            Exploration found = lab.explore(
                    scenario("complete without a token", database, 1)
                            .actor(naive)
                            .actor(naive)
                            .invariant("completed once", ClaimsRaceTest::completedTwice),
                    Budget.standard().untilViolation());
            assertThat(found.witness()).as("%s", found).isPresent();
        }
    }

    /**
     * One takes the item, and its time is over at once; another takes it too. Both complete it, whenever they come to it: one
     * of them is refused, or comes when all is done.
     */
    @Databases
    void anItemThatRunsTwiceCompletesOnce(Database database) {
        try (Lab lab = Lab.on(database.dataSource())) {
            Callable<String> stalls = () -> {
                Rowlock rowlock = rowlock(lab.dataSource());
                Claims<Jobs.Job, Long> claims = rowlock.claims(QUEUE);
                List<Claim<Jobs.Job, Long>> taken = claims.take(1);
                if (taken.isEmpty()) {
                    return "nothing";
                }
                try (Connection connection = lab.dataSource().getConnection();
                        Statement statement = connection.createStatement()) {
                    statement.executeUpdate("UPDATE jobs SET claim_until = 1 WHERE id = 1");
                }
                try {
                    Jobs.complete(rowlock, claims, taken.get(0));
                    return "done";
                } catch (ClaimLost late) {
                    return "too late";
                }
            };
            Exploration found = lab.explore(scenario("complete", database, 1)
                    .actor(stalls)
                    .actor(stalls)
                    .invariant("completed once", ClaimsRaceTest::completedTwice));
            found.requireNoViolation();
            assertThat(found.outcomes()).as("ways in which it ends").hasSizeGreaterThan(1);
        }
    }

    private static Optional<String> completedTwice(Connection connection, Outcome outcome) throws SQLException {
        return one(connection, "SELECT done FROM jobs WHERE done <> 1").map(done -> "completed " + done + " times");
    }

    private static Optional<String> one(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
        }
    }

    private static Rowlock rowlock(DataSource dataSource) {
        Timing timing = new Timing(Clock.systemUTC(), System::nanoTime, nanos -> {}, new SplittableRandom(1));
        return Rowlock.on(dataSource).timing(timing).build();
    }
}
