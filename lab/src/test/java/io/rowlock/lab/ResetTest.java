package io.rowlock.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.sql.Connection;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** What is done in front of each run. */
class ResetTest {
    /** A wait of one second ends within two: InnoDB looks at waits once a second. */
    private static final int HELD_MILLIS = 2500;

    private static final String LOCK = "SELECT v FROM cell WHERE id = 1 FOR UPDATE";
    private static final String QUESTION = "SELECT v FROM cell WHERE id = 1";

    @Databases(Engine.MARIADB)
    void aStatementThatHasNoLockInTimeIsTriedAgain(Database database) throws Exception {
        database.execute("CREATE TABLE cell (id INT PRIMARY KEY, v INT NOT NULL)", "INSERT INTO cell VALUES (1, 5)");
        ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor();
        try (HikariDataSource impatient = impatient(database);
                Lab lab = Lab.on(impatient, LabOptions.standard());
                Connection holder = database.dataSource().getConnection()) {
            holder.setAutoCommit(false);
            assertThat(Sql.number(holder, LOCK)).isEqualTo(5);
            ScheduledFuture<?> released = later.schedule(
                    () -> {
                        holder.rollback();
                        return true;
                    },
                    HELD_MILLIS,
                    TimeUnit.MILLISECONDS);

            Exploration found = lab.explore(Scenario.named("one who reads")
                    .reset("UPDATE cell SET v = 7 WHERE id = 1")
                    .actor(() -> Sql.autocommit(lab.dataSource(), connection -> Sql.number(connection, QUESTION)))
                    .invariant("It begins with 7", (connection, outcome) -> {
                        int v = Sql.number(connection, QUESTION);
                        return v == 7 ? Optional.empty() : Optional.of("v is " + v);
                    }));

            released.get();
            assertThat(found.schedules()).isPositive();
            assertThat(found.violating()).isZero();
        } finally {
            later.shutdownNow();
        }
    }

    private static HikariDataSource impatient(Database database) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(database.url());
        config.setUsername(database.user());
        config.setPassword(database.password());
        config.setConnectionInitSql("SET SESSION innodb_lock_wait_timeout = 1");
        return new HikariDataSource(config);
    }
}
