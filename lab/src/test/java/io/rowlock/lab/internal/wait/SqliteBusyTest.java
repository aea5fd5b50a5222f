package io.rowlock.lab.internal.wait;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;

@Databases(Engine.SQLITE)
class SqliteBusyTest {

    private final AtomicInteger calls = new AtomicInteger();

    @BeforeEach
    void oneRow(Database database) {
        database.execute(
                "DROP TABLE IF EXISTS account",
                "CREATE TABLE account (id INT PRIMARY KEY, balance INT NOT NULL)",
                "INSERT INTO account VALUES (1, 0)");
    }

    @Databases
    void aStatementIsHeldUntilTheCallbackLetsItTryAgain(Database database) throws Exception {
        var busy = new CountDownLatch(1);
        var committed = new CountDownLatch(1);
        try (Lane holder = new Lane(database);
                Lane waiter = new Lane(database)) {
            SqliteBusy.install(waiter.connection, times -> {
                busy.countDown();
                return await(committed);
            });
            holder.run("BEGIN IMMEDIATE", "UPDATE account SET balance = 1");
            CompletableFuture<Void> update = waiter.begin("UPDATE account SET balance = balance + 1");
            assertThat(await(busy)).isTrue();
            assertThat(update).isNotDone();
            holder.run("COMMIT");
            committed.countDown();
            Lane.end(update);
        }
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Databases
    void givingUpIsBusyAndSoIsAFailureOfTheCallback(Database database) throws Exception {
        try (Lane holder = new Lane(database);
                Lane waiter = new Lane(database)) {
            holder.run("BEGIN IMMEDIATE");
            SqliteBusy.install(waiter.connection, times -> calls.incrementAndGet() < 3);
            assertThatThrownBy(() -> waiter.run("BEGIN IMMEDIATE")).hasMessageContaining("SQLITE_BUSY");
            assertThat(calls).hasValue(3);
            SqliteBusy.install(waiter.connection, times -> {
                throw new IllegalStateException("a mistake of ours");
            });
            assertThatThrownBy(() -> waiter.run("BEGIN IMMEDIATE")).hasMessageContaining("SQLITE_BUSY");
            holder.run("ROLLBACK");
        }
    }

    @Databases
    void aBusyTimeoutTakesItsPlaceUntilItIsReinstalled(Database database) throws Exception {
        try (Lane holder = new Lane(database);
                Lane waiter = new Lane(database)) {
            holder.run("BEGIN IMMEDIATE");
            SqliteBusy busy = SqliteBusy.install(waiter.connection, times -> {
                calls.incrementAndGet();
                return false;
            });
            waiter.run("PRAGMA busy_timeout = 1");
            assertThatThrownBy(() -> waiter.run("BEGIN IMMEDIATE")).hasMessageContaining("SQLITE_BUSY");
            assertThat(calls).hasValue(0);
            busy.reinstall();
            assertThatThrownBy(() -> waiter.run("BEGIN IMMEDIATE")).hasMessageContaining("SQLITE_BUSY");
            assertThat(calls).hasValue(1);
            busy.remove();
            assertThatThrownBy(() -> waiter.run("BEGIN IMMEDIATE")).hasMessageContaining("SQLITE_BUSY");
            assertThat(calls).hasValue(1);
            holder.run("ROLLBACK");
        }
    }

    @Databases
    void anOldSnapshotIsRefusedWithoutACall(Database database) throws Exception {
        try (Lane other = new Lane(database);
                Lane reader = new Lane(database)) {
            SqliteBusy.install(reader.connection, times -> {
                calls.incrementAndGet();
                return true;
            });
            reader.run("BEGIN", "SELECT * FROM account");
            other.run("UPDATE account SET balance = 1");
            assertThatThrownBy(() -> reader.run("UPDATE account SET balance = 2"))
                    .hasMessageContaining("SQLITE_BUSY_SNAPSHOT");
            assertThat(calls).hasValue(0);
            reader.run("ROLLBACK");
        }
    }
}
