package io.rowlock.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.Key;
import io.rowlock.LeaseLost;
import io.rowlock.LockTimeout;
import io.rowlock.RetriesExhausted;
import io.rowlock.Rowlock;
import io.rowlock.RowlockTables;
import io.rowlock.Timing;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.lab.Budget;
import io.rowlock.lab.Exploration;
import io.rowlock.lab.Lab;
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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;

/**
 * A holder, and a process that takes the lease over and writes too, under every interleaving of their statements. Without a fence what the
 * second has written is lost; with one the first is refused, or comes before.
 */
class LeaseRaceTest {
    private static final Key KEY = Key.of("lab", "account");
    private static final LeaseOptions BY_HAND = LeaseOptions.defaults().withRenewal(Renewal.BY_HAND);

    @BeforeEach
    void account(Database database) throws SQLException {
        List<String> unused = RowlockTables.createMissing(database.dataSource());
        database.execute(
                "DROP TABLE IF EXISTS lease_lab",
                "CREATE TABLE lease_lab (id INT PRIMARY KEY, balance INT NOT NULL, commits INT NOT NULL)",
                "INSERT INTO lease_lab VALUES (1, 100, 0)");
        // So that there is a row; what it says is reset before each run.
        Acquired unusedAnswer = rowlock(database.dataSource()).leases().tryAcquire(KEY, BY_HAND);
    }

    private static Rowlock rowlock(DataSource dataSource) {
        Timing timing = new Timing(Clock.systemUTC(), System::nanoTime, nanos -> {}, new SplittableRandom(1));
        return Rowlock.on(dataSource).timing(timing).build();
    }

    private static Scenario scenario(Database database, Lab lab, @Nullable Fence fence) {
        Callable<String> holder = () -> addOne(rowlock(lab.dataSource()), lab.dataSource(), fence);
        Callable<String> next = () -> takeOver(lab.dataSource());
        return Scenario.named(database.engine() + ": add one under a lease, fence=" + fence)
                .reset(
                        "UPDATE rowlock_lease SET run_id = NULL, first_token = 1, token = 1, expires_at = 0",
                        "UPDATE lease_lab SET balance = 100, commits = 0")
                .state("SELECT balance, commits FROM lease_lab")
                .contention(thrown -> thrown instanceof RetriesExhausted || thrown instanceof LockTimeout)
                .actor(holder)
                .actor(next)
                .invariant("each commit is in the balance", (connection, outcome) -> lost(connection));
    }

    /** Reads under the lease, and writes what it makes of that. */
    private static String addOne(Rowlock rowlock, DataSource dataSource, @Nullable Fence fence) throws SQLException {
        if (!(rowlock.leases().tryAcquire(KEY, BY_HAND) instanceof Acquired.Granted granted)) {
            return "held by the other";
        }
        Lease lease = granted.lease();
        int balance;
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            balance = balance(statement);
        }
        try {
            rowlock.transact(tx -> {
                if (fence != null) {
                    tx.fence(lease, fence);
                }
                return tx.execute("UPDATE lease_lab SET balance = ?, commits = commits + 1 WHERE id = 1", balance + 1)
                        .one();
            });
            return "committed";
        } catch (LeaseLost refused) {
            return "refused";
        }
    }

    /** What another process does once the lease has expired, whenever that is. */
    private static String takeOver(DataSource dataSource) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("UPDATE rowlock_lease SET first_token = token + 1, token = token + 1,"
                    + " run_id = lease_key, expires_at = 9000000000000");
            int balance = balance(statement);
            statement.executeUpdate(
                    "UPDATE lease_lab SET balance = " + (balance + 1) + ", commits = commits + 1 WHERE id = 1");
            return "committed";
        }
    }

    private static int balance(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT balance FROM lease_lab WHERE id = 1")) {
            row.next();
            return row.getInt(1);
        }
    }

    private static Optional<String> lost(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT balance, commits FROM lease_lab WHERE balance <> 100 + commits")) {
            return row.next()
                    ? Optional.of("balance " + row.getInt(1) + " after " + row.getInt(2) + " commits")
                    : Optional.empty();
        }
    }

    @Databases
    void withoutAFenceACommitIsLost(Database database) {
        try (Lab lab = Lab.on(database.dataSource())) {
            Exploration found =
                    lab.explore(scenario(database, lab, null), Budget.standard().untilViolation());
            assertThat(found.witness()).as("%s", found).isPresent();
        }
    }

    @Databases
    void fencedNoneIs(Database database) {
        for (Fence fence : List.of(Fence.CHECK_AT_COMMIT, Fence.PIN)) {
            try (Lab lab = Lab.on(database.dataSource())) {
                Exploration found = lab.explore(scenario(database, lab, fence));
                found.requireNoViolation();
                assertThat(found.outcomes()).as("ways in which it ends").hasSizeGreaterThan(1);
            }
        }
    }
}
