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
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;

class SessionCancelTest {

    @BeforeEach
    void oneRow(Database database) {
        database.execute(
                "DROP TABLE IF EXISTS account",
                "CREATE TABLE account (id INT PRIMARY KEY, balance INT NOT NULL)",
                "INSERT INTO account VALUES (1, 0)");
    }

    private static EngineProfile profile(Database database) throws SQLException {
        try (Connection connection = database.dataSource().getConnection()) {
            return EngineProfile.read(connection);
        }
    }

    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void aStatementThatWaitsIsCancelled(Database database) throws Exception {
        EngineProfile profile = profile(database);
        var cancel = new SessionCancel(database.dataSource(), profile);
        try (LockWaits waits = LockWaits.on(database.dataSource(), profile);
                Lane holder = new Lane(database);
                Lane waiter = new Lane(database)) {
            long waiting = waits.serverSession(waiter.connection);
            holder.run("BEGIN", "UPDATE account SET balance = 1");
            CompletableFuture<Void> update = waiter.begin("UPDATE account SET balance = 2");
            eventually(() -> assertThat(waits.isWaiting(waiting)).isTrue());
            cancel.cancelStatement(waiting);
            assertThat(Lane.failure(update).getSQLState()).isIn("57014", "70100");
            waiter.run("SELECT 1");
            holder.run("ROLLBACK");
        }
    }

    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void aSessionIsEndedAndItsLocksAreFreed(Database database) throws Exception {
        EngineProfile profile = profile(database);
        var cancel = new SessionCancel(database.dataSource(), profile);
        try (LockWaits waits = LockWaits.on(database.dataSource(), profile);
                Lane holder = new Lane(database);
                Lane waiter = new Lane(database)) {
            long holding = waits.serverSession(holder.connection);
            holder.run("BEGIN", "UPDATE account SET balance = 1");
            CompletableFuture<Void> update = waiter.begin("UPDATE account SET balance = 2");
            cancel.terminate(holding);
            Lane.end(update);
        }
    }

    @Databases(Engine.SQLITE)
    void aStatementOfSqliteIsInterrupted(Database database) throws Exception {
        EngineProfile profile = profile(database);
        var cancel = new SessionCancel(database.dataSource(), profile);
        try (Lane lane = new Lane(database)) {
            CompletableFuture<Void> endless = lane.begin(
                    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n");
            eventually(() -> {
                SessionCancel.interrupt(lane.connection);
                assertThat(endless).isDone();
            });
            assertThat(Lane.failure(endless).getMessage()).contains("SQLITE_INTERRUPT");
        }
        assertThatThrownBy(() -> cancel.cancelStatement(1)).hasMessageContaining("SessionCancel.interrupt");
        assertThatThrownBy(() -> cancel.terminate(1)).hasMessageContaining("SessionCancel.interrupt");
    }

    @Databases(Engine.POSTGRESQL)
    void whoLooksFirstIsTheVictimOfADeadlock(Database database) throws Exception {
        EngineProfile profile = profile(database);
        database.execute("INSERT INTO account VALUES (2, 0)");
        try (LockWaits waits = LockWaits.on(database.dataSource(), profile);
                Lane patient = new Lane(database);
                Lane quick = new Lane(database)) {
            patient.run("SET deadlock_timeout = '100s'");
            assertThat(DeadlockDetection.within(quick.connection, profile, Duration.ofMillis(10)))
                    .isTrue();
            patient.run("BEGIN", "UPDATE account SET balance = 1 WHERE id = 1");
            quick.run("BEGIN", "UPDATE account SET balance = 1 WHERE id = 2");
            long waiting = waits.serverSession(patient.connection);
            CompletableFuture<Void> second = patient.begin("UPDATE account SET balance = 1 WHERE id = 2");
            eventually(() -> assertThat(waits.waiting(Set.of(waiting))).isNotEmpty());
            CompletableFuture<Void> victim = quick.begin("UPDATE account SET balance = 1 WHERE id = 1");
            assertThat(Lane.failure(victim).getSQLState()).isEqualTo("40P01");
            quick.run("ROLLBACK");
            Lane.end(second);
            patient.run("ROLLBACK");
        }
    }

    @Databases(Engine.POSTGRESQL)
    void deadlockDetectionIsLeftAloneWhereItMayNotBeChanged(Database database) throws Exception {
        EngineProfile profile = profile(database);
        try (Lane lane = new Lane(database)) {
            lane.run("CREATE ROLE rl_plain", "SET ROLE rl_plain");
            assertThat(DeadlockDetection.within(lane.connection, profile, Duration.ofMillis(10)))
                    .isFalse();
            lane.connection.setAutoCommit(false);
            assertThatThrownBy(() -> DeadlockDetection.within(lane.connection, profile, Duration.ofMillis(10)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("setAutoCommit(true)");
            lane.connection.setAutoCommit(true);
            lane.run("RESET ROLE", "DROP ROLE rl_plain");
        }
    }
}
