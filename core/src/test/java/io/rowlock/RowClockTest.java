package io.rowlock;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.dialect.Engine;
import io.rowlock.dialect.RowClock;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;

/** The clock by which leases and claims run out. */
class RowClockTest {

    @Databases
    void itCountsFrom1970InBothUnits(Database database) throws SQLException {
        Engine engine = database.engine();
        long[] clock = numbers(database, "SELECT " + RowClock.micros(engine) + ", " + RowClock.millis(engine));
        assertThat(Instant.ofEpochMilli(clock[1])).isAfter(Instant.parse("2020-01-01T00:00:00Z"));
        assertThat(clock[1] - clock[0] / 1000).isBetween(-5_000L, 5_000L);
    }

    /** What it read before a wait inside the statement is not what it reads after. */
    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void itGoesOnInsideAStatementAndInsideATransaction(Database database) throws SQLException {
        Engine engine = database.engine();
        String sleep = engine == Engine.POSTGRESQL ? "CASE WHEN pg_sleep(0.2) IS NULL THEN 0 ELSE 1 END" : "SLEEP(0.2)";
        long[] read = numbers(
                database,
                "SELECT " + RowClock.micros(engine) + ", " + sleep + ", " + RowClock.micros(engine) + ", "
                        + RowClock.millis(engine));
        assertThat(read[2] - read[0]).isGreaterThanOrEqualTo(150_000);
        assertThat(read[3] - read[0] / 1000).isGreaterThanOrEqualTo(150);
    }

    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void theSessionsTimeZoneDoesNotMoveIt(Database database) throws SQLException {
        Engine engine = database.engine();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    engine == Engine.POSTGRESQL ? "SET TIME ZONE 'Asia/Shanghai'" : "SET time_zone = '+08:00'");
            long there = one(statement, "SELECT " + RowClock.millis(engine));
            statement.execute(engine == Engine.POSTGRESQL ? "SET TIME ZONE 'UTC'" : "SET time_zone = '+00:00'");
            assertThat(one(statement, "SELECT " + RowClock.millis(engine)) - there)
                    .isBetween(0L, 60_000L);
        }
    }

    private static long one(Statement statement, String sql) throws SQLException {
        try (ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    @Databases
    void aServerWhoseClockStandsStillWouldBeTold(Database database) throws SQLException {
        String asked = RowClock.standsStill(database.engine());
        if (database.engine() == Engine.MARIADB) {
            assertThat(numbers(database, asked)).containsExactly(0);
            // NOW is what SYSDATE is on such a server.
            assertThat(numbers(database, asked.replace("SYSDATE(6)", "NOW(6)"))).containsExactly(1);
        } else {
            assertThat(asked).isEmpty();
        }
    }

    private static long[] numbers(Database database, String sql) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            assertThat(row.next()).isTrue();
            long[] numbers = new long[row.getMetaData().getColumnCount()];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = row.getLong(i + 1);
            }
            return numbers;
        }
    }
}
