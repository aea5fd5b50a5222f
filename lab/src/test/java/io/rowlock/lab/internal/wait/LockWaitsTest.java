package io.rowlock.lab.internal.wait;

import static io.rowlock.engines.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowlock.dialect.Engine;
import io.rowlock.dialect.EngineProfile;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;

@Databases({Engine.POSTGRESQL, Engine.MARIADB})
class LockWaitsTest {

    private static final int WARM_UP = 50;
    private static final int MEASURED = 200;

    @BeforeEach
    void twoRows(Database database) {
        if (database.engine() != Engine.SQLITE) {
            database.execute(
                    "DROP TABLE IF EXISTS account",
                    "CREATE TABLE account (id INT PRIMARY KEY, balance INT NOT NULL)",
                    "INSERT INTO account VALUES (1, 0), (2, 0)");
        }
    }

    private static LockWaits lockWaits(Database database) throws SQLException {
        try (Connection connection = database.dataSource().getConnection()) {
            return LockWaits.on(database.dataSource(), EngineProfile.read(connection));
        }
    }

    @Databases
    void whoWaitsForARowIsReportedUntilItHasTheRow(Database database) throws Exception {
        try (LockWaits waits = lockWaits(database);
                Lane holder = new Lane(database);
                Lane waiter = new Lane(database)) {
            long holding = waits.serverSession(holder.connection);
            long waiting = waits.serverSession(waiter.connection);
            holder.run("BEGIN", "UPDATE account SET balance = 1 WHERE id = 1");
            assertThat(waits.waiting(Set.of(holding, waiting))).isEmpty();

            CompletableFuture<Void> update = waiter.begin("UPDATE account SET balance = 2 WHERE id = 1");
            eventually(() -> assertThat(waits.isWaiting(waiting)).isTrue());
            assertThat(waits.waiting(Set.of(holding, waiting))).containsExactly(waiting);
            assertThat(waits.isWaiting(holding)).isFalse();

            holder.run("COMMIT");
            Lane.end(update);
            assertThat(waits.waiting(Set.of(holding, waiting))).isEmpty();
        }
    }

    /** Beside a session that does wait, so that a count of waiters alone would mistake one for the other. */
    @Databases
    void aSlowStatementIsNeverReported(Database database) throws Exception {
        boolean postgres = database.engine() == Engine.POSTGRESQL;
        try (LockWaits waits = lockWaits(database);
                Lane holder = new Lane(database);
                Lane waiter = new Lane(database);
                Lane sleeper = new Lane(database);
                Lane computer = new Lane(database)) {
            long waiting = waits.serverSession(waiter.connection);
            long sleeping = waits.serverSession(sleeper.connection);
            long computing = waits.serverSession(computer.connection);
            holder.run("BEGIN", "UPDATE account SET balance = 1 WHERE id = 1");
            sleeper.run("BEGIN", "UPDATE account SET balance = 1 WHERE id = 2");
            CompletableFuture<Void> update = waiter.begin("UPDATE account SET balance = 2 WHERE id = 1");
            CompletableFuture<Void> sleep = sleeper.begin(postgres ? "SELECT pg_sleep(0.7)" : "SELECT SLEEP(0.7)");
            CompletableFuture<Void> computation = computer.begin(
                    postgres
                            ? "SELECT count(*) FROM generate_series(1, 3000000) AS n WHERE n % 3 = 0"
                            : "SELECT BENCHMARK(3000000, SHA1('a'))");
            Set<Long> all = Set.of(waiting, sleeping, computing);
            while (!sleep.isDone() || !computation.isDone()) {
                assertThat(waits.waiting(all)).doesNotContain(sleeping, computing);
            }
            eventually(() -> assertThat(waits.waiting(all)).containsExactly(waiting));
            sleeper.run("COMMIT");
            holder.run("COMMIT");
            Lane.end(update);
        }
    }

    @Databases
    void allThatWaitAreReported(Database database) throws Exception {
        try (LockWaits waits = lockWaits(database);
                Lane holder = new Lane(database);
                Lane first = new Lane(database);
                Lane second = new Lane(database);
                Lane third = new Lane(database)) {
            Set<Long> sessions = Set.of(
                    waits.serverSession(first.connection),
                    waits.serverSession(second.connection),
                    waits.serverSession(third.connection));
            holder.run("BEGIN", "UPDATE account SET balance = 1");
            CompletableFuture<?> updates = CompletableFuture.allOf(
                    first.begin("UPDATE account SET balance = 2 WHERE id = 1"),
                    second.begin("UPDATE account SET balance = 3 WHERE id = 1"),
                    third.begin("UPDATE account SET balance = 4 WHERE id = 2"));
            eventually(() -> assertThat(waits.waiting(sessions)).isEqualTo(sessions));
            holder.run("COMMIT");
            updates.join();
            assertThat(waits.waiting(sessions)).isEmpty();
        }
    }

    @Databases
    void whoWaitsForATableIsReported(Database database) throws Exception {
        try (LockWaits waits = lockWaits(database);
                Lane reader = new Lane(database);
                Lane changer = new Lane(database)) {
            long changing = waits.serverSession(changer.connection);
            reader.run("BEGIN", "SELECT * FROM account");
            CompletableFuture<Void> change = changer.begin("ALTER TABLE account ADD COLUMN note INT");
            eventually(() -> assertThat(waits.isWaiting(changing)).isTrue());
            reader.run("COMMIT");
            Lane.end(change);
            assertThat(waits.isWaiting(changing)).isFalse();
        }
    }

    @Databases
    void whoWaitsForALockOfTheProgramsOwnIsReported(Database database) throws Exception {
        boolean postgres = database.engine() == Engine.POSTGRESQL;
        String take = postgres ? "SELECT pg_advisory_lock(77)" : "SELECT GET_LOCK('rowlock-77', 30)";
        String release = postgres ? "SELECT pg_advisory_unlock(77)" : "SELECT RELEASE_LOCK('rowlock-77')";
        try (LockWaits waits = lockWaits(database);
                Lane holder = new Lane(database);
                Lane waiter = new Lane(database)) {
            long waiting = waits.serverSession(waiter.connection);
            holder.run(take);
            CompletableFuture<Void> taken = waiter.begin(take);
            eventually(() -> assertThat(waits.isWaiting(waiting)).isTrue());
            holder.run(release);
            Lane.end(taken);
            waiter.run(release);
        }
    }

    @Databases
    void aSessionThatHasEndedDoesNotWait(Database database) throws Exception {
        try (LockWaits waits = lockWaits(database)) {
            long ended;
            try (Lane lane = new Lane(database)) {
                ended = waits.serverSession(lane.connection);
            }
            assertThat(waits.isWaiting(ended)).isFalse();
            assertThat(waits.waiting(Set.of())).isEmpty();
        }
    }

    @Databases(Engine.POSTGRESQL)
    void bothWaysOfPostgresSeeTheSame(Database database) throws Exception {
        try (Connection one = database.connect();
                Connection two = database.connect();
                Lane writer = new Lane(database);
                Lane deferrable = new Lane(database);
                Lane updater = new Lane(database)) {
            var byFunction = new PostgresLockWaits(one, true);
            var byPids = new PostgresLockWaits(two, false);
            long deferring = byPids.serverSession(deferrable.connection);
            long updating = byPids.serverSession(updater.connection);
            writer.run("BEGIN ISOLATION LEVEL SERIALIZABLE", "UPDATE account SET balance = 1 WHERE id = 1");
            deferrable.run("BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY DEFERRABLE");
            CompletableFuture<Void> read = deferrable.begin("SELECT * FROM account");
            CompletableFuture<Void> update = updater.begin("UPDATE account SET balance = 2 WHERE id = 1");
            Set<Long> sessions = Set.of(deferring, updating);
            eventually(() -> assertThat(byFunction.waiting(sessions)).isEqualTo(sessions));
            assertThat(byPids.waiting(sessions)).isEqualTo(sessions);
            writer.run("COMMIT");
            Lane.end(read);
            Lane.end(update);
            deferrable.run("COMMIT");
            assertThat(byPids.waiting(sessions)).isEmpty();
        }
    }

    @Databases(Engine.MARIADB)
    void theCopyOfMariaDbTellsTheSameLater(Database database) throws Exception {
        try (Connection connection = database.connect();
                Lane holder = new Lane(database);
                Lane waiter = new Lane(database)) {
            var waits = new MariaDbLockWaits(connection);
            long waiting = waits.serverSession(waiter.connection);
            holder.run("BEGIN", "UPDATE account SET balance = 1 WHERE id = 1");
            CompletableFuture<Void> update = waiter.begin("UPDATE account SET balance = 2 WHERE id = 1");
            eventually(() -> assertThat(waits.isWaiting(waiting)).isTrue());
            // Asked without pause: it is the pauses inside that let InnoDB renew its copy.
            eventually(() -> assertThat(waits.copiedWaiters()).contains(waiting));
            holder.run("COMMIT");
            Lane.end(update);
        }
    }

    @Databases(Engine.SQLITE)
    void onSqliteThereIsNobodyToAsk(Database database) throws Exception {
        try (Connection connection = database.dataSource().getConnection()) {
            EngineProfile profile = EngineProfile.read(connection);
            assertThatThrownBy(() -> LockWaits.on(database.dataSource(), profile))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("SqliteBusy");
        }
    }

    /** Prints how soon a wait is recognised, from before the statement is sent; the goal is 5 ms for 95 of 100. */
    @Databases
    void everyWaitIsRecognised(Database database) throws Exception {
        long[] micros = new long[MEASURED];
        try (LockWaits waits = lockWaits(database);
                Lane holder = new Lane(database);
                Lane waiter = new Lane(database)) {
            long waiting = waits.serverSession(waiter.connection);
            for (int i = -WARM_UP; i < MEASURED; i++) {
                holder.run("BEGIN", "UPDATE account SET balance = balance + 1 WHERE id = 1");
                long began = System.nanoTime();
                CompletableFuture<Void> update = waiter.begin("UPDATE account SET balance = 0 WHERE id = 1");
                while (!waits.isWaiting(waiting)) {
                    assertThat(update).isNotDone();
                }
                micros[Math.max(i, 0)] = (System.nanoTime() - began) / 1_000;
                holder.run("COMMIT");
                Lane.end(update);
            }
        }
        Arrays.sort(micros);
        System.out.printf(
                "%s waits recognised in ms: median %.1f, p95 %.1f, most %.1f%n",
                database.engine(),
                micros[MEASURED / 2] / 1e3,
                micros[MEASURED * 95 / 100] / 1e3,
                micros[MEASURED - 1] / 1e3);
    }
}
