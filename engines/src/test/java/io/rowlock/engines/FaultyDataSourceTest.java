package io.rowlock.engines;

import static io.rowlock.engines.FaultyDataSource.Kind.COMMIT;
import static io.rowlock.engines.FaultyDataSource.Kind.ROLLBACK;
import static io.rowlock.engines.FaultyDataSource.Kind.STATEMENT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.rowlock.dialect.Engine;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;

class FaultyDataSourceTest {

    @BeforeEach
    void twoAccounts(Database database) {
        database.execute(
                "DROP TABLE IF EXISTS account",
                "CREATE TABLE account (id INT PRIMARY KEY, balance INT)",
                "INSERT INTO account VALUES (1, 100)",
                "INSERT INTO account VALUES (2, 100)");
    }

    @Databases
    void everyRequestIsAPoint(Database database) throws SQLException {
        FaultyDataSource faults = FaultyDataSource.around(database.dataSource());

        try (Connection connection = faults.getConnection();
                Statement statement = connection.createStatement();
                PreparedStatement prepared =
                        connection.prepareStatement("UPDATE account SET balance = ? WHERE id = ?")) {
            statement.execute("BEGIN");
            statement.executeUpdate("UPDATE account SET balance = 1");
            statement.execute("rollback");
            prepared.setInt(1, 7);
            prepared.setInt(2, 1);
            assertThat(prepared.executeUpdate()).isEqualTo(1);
            prepared.setInt(1, 8);
            prepared.setInt(2, 2);
            prepared.addBatch();
            assertThat(prepared.executeBatch()).hasSize(1);
            connection.setAutoCommit(false);
            statement.executeUpdate("UPDATE account SET balance = 9 WHERE id = 1");
            connection.setAutoCommit(true);
        }

        assertThat(faults.record())
                .extracting(FaultyDataSource.Point::kind)
                .containsExactly(STATEMENT, STATEMENT, ROLLBACK, STATEMENT, STATEMENT, STATEMENT, COMMIT);
        assertThat(faults.record()).extracting(FaultyDataSource.Point::number).containsExactly(1, 2, 3, 4, 5, 6, 7);
        assertThat(faults.record().get(3).sql()).isEqualTo("UPDATE account SET balance = ? WHERE id = ?");
        assertThat(balances(database)).containsExactly(9, 8);
    }

    /** What the class is for: no fault at any point, on either side of it, may lose or make money. */
    @Databases
    void noFaultAtAnyPointSplitsATransaction(Database database) throws SQLException {
        FaultyDataSource faults = FaultyDataSource.around(database.dataSource());
        transfer(faults);
        List<FaultyDataSource.Point> points = faults.record();
        assertThat(points)
                .extracting(FaultyDataSource.Point::kind)
                .containsExactly(STATEMENT, STATEMENT, STATEMENT, COMMIT);
        int moved = 10;

        for (FaultyDataSource.Point point : points) {
            for (When when : When.values()) {
                faults.reset();
                faults.cutAt(point.number(), when);
                assertThatThrownBy(() -> transfer(faults))
                        .isInstanceOf(SQLException.class)
                        .hasMessage("Injected cut (point=%d, when=%s, sql=%s)", point.number(), when, point.sql());
                if (point.kind() == COMMIT && when == When.AFTER) {
                    moved += 10;
                }
                int expected = moved;
                Eventually.eventually(
                        () -> assertThat(balances(database)).containsExactly(100 - expected, 100 + expected));
            }
        }
    }

    @Databases
    void aFailureBeforeNeverReachesTheDatabase(Database database) throws SQLException {
        FaultyDataSource faults = FaultyDataSource.around(database.dataSource());
        faults.failAt(1, When.BEFORE);
        try (Connection connection = faults.getConnection();
                Statement statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.executeUpdate("UPDATE account SET balance = 0"))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08006"));
            assertThat(balances(database)).containsExactly(100, 100);
            assertThat(statement.executeUpdate("UPDATE account SET balance = 1"))
                    .isEqualTo(2);
        }
    }

    @Databases
    void aFailureAfterLosesOnlyTheAnswer(Database database) throws SQLException {
        FaultyDataSource faults = FaultyDataSource.around(database.dataSource());
        faults.failAt(1, When.AFTER, () -> new SQLTransientException("lost"));
        try (Connection connection = faults.getConnection();
                Statement statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.executeUpdate("UPDATE account SET balance = 0"))
                    .isInstanceOf(SQLTransientException.class);
            assertThat(balances(database)).containsExactly(0, 0);
        }
    }

    @Databases
    void aStalledThreadStandsBeforeItsRequest(Database database) {
        FaultyDataSource faults = FaultyDataSource.around(database.dataSource());
        FaultyDataSource.Stall stall = faults.stallAt(4);
        CompletableFuture<Void> transfer = CompletableFuture.runAsync(() -> {
            try {
                transfer(faults);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });

        stall.awaitReached();
        assertThat(transfer).isNotDone();
        stall.release();
        Eventually.eventually(() -> assertThat(transfer).isCompleted());
        Eventually.eventually(() -> assertThat(balances(database)).containsExactly(90, 110));
    }

    @Databases(Engine.SQLITE)
    void aStallMayHaveALength(Database database) throws SQLException {
        FaultyDataSource faults = FaultyDataSource.around(database.dataSource());
        faults.stallAt(1, Duration.ofMillis(1));
        transfer(faults);
        assertThat(balances(database)).containsExactly(90, 110);
    }

    @Databases(Engine.SQLITE)
    void numbersBeginAgainAfterAReset(Database database) throws SQLException {
        FaultyDataSource faults = FaultyDataSource.around(database.dataSource());
        faults.failAt(3, When.BEFORE);
        faults.reset();
        transfer(faults);
        assertThat(faults.record()).hasSize(4);
        faults.reset();
        assertThat(faults.record()).isEmpty();
        assertThatThrownBy(() -> faults.failAt(0, When.BEFORE)).isInstanceOf(IllegalArgumentException.class);
    }

    @Databases
    void anOrdinaryDataSourceCanBeCutToo(Database database) throws SQLException {
        DataSource plain = database.dataSource().unwrap(HikariDataSource.class);
        FaultyDataSource faults = FaultyDataSource.around(plain);
        faults.cutAt(2, When.BEFORE);
        assertThatThrownBy(() -> transfer(faults)).hasMessageStartingWith("Injected cut");
        Eventually.eventually(() -> assertThat(balances(database)).containsExactly(100, 100));
    }

    /** As careful code does it: whatever happens, the transaction is over when the connection goes back. */
    private static void transfer(DataSource dataSource) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            try {
                statement.execute("BEGIN");
                statement.executeUpdate("UPDATE account SET balance = balance - 10 WHERE id = 1");
                statement.executeUpdate("UPDATE account SET balance = balance + 10 WHERE id = 2");
                statement.execute("COMMIT");
            } catch (SQLException e) {
                try {
                    statement.execute("ROLLBACK");
                } catch (SQLException second) {
                    e.addSuppressed(second);
                }
                throw e;
            }
        }
    }

    private static List<Integer> balances(Database database) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT balance FROM account ORDER BY id")) {
            List<Integer> balances = new ArrayList<>();
            while (rows.next()) {
                balances.add(rows.getInt(1));
            }
            return balances;
        }
    }
}
