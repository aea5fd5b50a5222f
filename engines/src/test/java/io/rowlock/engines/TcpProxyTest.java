package io.rowlock.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowlock.dialect.Engine;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;

@Databases({Engine.POSTGRESQL, Engine.MARIADB})
class TcpProxyTest {

    @BeforeEach
    void anAccount(Database database) {
        database.execute(
                "DROP TABLE IF EXISTS account",
                "CREATE TABLE account (id INT PRIMARY KEY, balance INT)",
                "INSERT INTO account VALUES (1, 100)");
    }

    @Databases
    void trafficPassesUnchanged(Database database) throws SQLException {
        TcpProxy proxy = database.newProxy();
        String large = "x".repeat(300_000);
        try (Connection connection = database.newDataSourceThrough(proxy).getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT '" + large + "'")) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getString(1)).isEqualTo(large);
        }
        assertThat(proxy.accepted()).isEqualTo(1);
        assertThat(proxy.cuts()).isZero();
    }

    @Databases
    void aRequestThatIsCutBeforeNeverHappens(Database database) throws SQLException {
        TcpProxy proxy = database.newProxy();
        try (Connection connection = database.newDataSourceThrough(proxy).getConnection()) {
            proxy.cutNextRequest(When.BEFORE);
            assertThatThrownBy(() -> withdraw(connection)).isInstanceOf(SQLException.class);
        }
        assertThat(proxy.cuts()).isEqualTo(1);
        assertThat(balance(database)).isEqualTo(100);
    }

    @Databases
    void aRequestThatIsCutAfterHasHappened(Database database) throws SQLException {
        TcpProxy proxy = database.newProxy();
        try (Connection connection = database.newDataSourceThrough(proxy).getConnection()) {
            proxy.cutNextRequest(When.AFTER);
            assertThatThrownBy(() -> withdraw(connection)).isInstanceOf(SQLException.class);
        }
        assertThat(proxy.cuts()).isEqualTo(1);
        assertThat(balance(database)).isEqualTo(90);
    }

    @Databases
    void aCommitThatIsCutAfterIsStored(Database database) throws SQLException {
        TcpProxy proxy = database.newProxy();
        try (Connection connection = database.newDataSourceThrough(proxy).getConnection()) {
            connection.setAutoCommit(false);
            withdraw(connection);
            proxy.mostRecentSender().orElseThrow().cutNextRequest(When.AFTER);
            assertThatThrownBy(connection::commit).isInstanceOf(SQLException.class);
        }
        assertThat(balance(database)).isEqualTo(90);
    }

    @Databases
    void aCommitThatIsCutBeforeIsNotStored(Database database) throws SQLException {
        TcpProxy proxy = database.newProxy();
        try (Connection connection = database.newDataSourceThrough(proxy).getConnection()) {
            connection.setAutoCommit(false);
            withdraw(connection);
            proxy.mostRecentSender().orElseThrow().cutNextRequest(When.BEFORE);
            assertThatThrownBy(connection::commit).isInstanceOf(SQLException.class);
        }
        assertThat(balance(database)).isEqualTo(100);
    }

    /** Wherever its first connection breaks, a pool makes another. */
    @Databases
    void aPoolRecoversFromAnyBreakOfItsFirstConnection(Database database) throws SQLException {
        for (int at = 1; ; at++) {
            TcpProxy proxy = database.newProxy();
            DataSource pool = database.newDataSourceThrough(proxy);
            proxy.cutRequest(at);
            try (Connection connection = pool.getConnection()) {
                withdraw(connection);
            } catch (SQLException cut) {
                assertThat(proxy.cuts()).as("request %d", at).isEqualTo(1);
            }
            if (proxy.cuts() == 0) {
                assertThat(at).as("places it can break at").isGreaterThan(3);
                return;
            }
            try (Connection connection = pool.getConnection()) {
                withdraw(connection);
            }
        }
    }

    @Databases
    void onlyOneOfTwoConnectionsIsCut(Database database) throws SQLException {
        TcpProxy proxy = database.newProxy();
        DataSource dataSource = database.newDataSourceThrough(proxy);
        try (Connection first = dataSource.getConnection();
                Connection second = dataSource.getConnection()) {
            withdraw(first);
            TcpProxy.Link link = proxy.mostRecentSender().orElseThrow();
            link.cutNextRequest(When.BEFORE);
            withdraw(second);
            assertThatThrownBy(() -> withdraw(first)).isInstanceOf(SQLException.class);
            assertThat(link.isOpen()).isFalse();
            proxy.cutNextRequest(When.BEFORE);
            assertThatThrownBy(() -> withdraw(second)).isInstanceOf(SQLException.class);
        }
        assertThat(proxy.cuts()).isEqualTo(2);
        assertThat(balance(database)).isEqualTo(80);
    }

    @Databases
    void aStalledRequestGoesOnWhenTrafficResumes(Database database) throws Exception {
        TcpProxy proxy = database.newProxy();
        try (Connection connection = database.newDataSourceThrough(proxy).getConnection()) {
            withdraw(connection);
            int before = proxy.requests();
            proxy.stall();
            CompletableFuture<Void> withdrawal = CompletableFuture.runAsync(() -> {
                try {
                    withdraw(connection);
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            Eventually.until("the request arrives", Eventually.DEADLINE, () -> proxy.requests() > before);
            assertThat(balance(database)).isEqualTo(90);
            assertThat(withdrawal).isNotDone();
            proxy.resume();
            Eventually.eventually(() -> assertThat(withdrawal).isCompleted());
        }
        assertThat(balance(database)).isEqualTo(80);
    }

    @Databases
    void aDelayedRequestStillHappens(Database database) throws SQLException {
        TcpProxy proxy = database.newProxy();
        try (Connection connection = database.newDataSourceThrough(proxy).getConnection()) {
            proxy.delay(Duration.ofMillis(20));
            withdraw(connection);
        }
        assertThat(balance(database)).isEqualTo(90);
    }

    @Databases
    void newConnectionsAreRejectedWhileOpenOnesGoOn(Database database) throws SQLException {
        TcpProxy proxy = database.newProxy();
        DataSource dataSource = database.newDataSourceThrough(proxy);
        try (Connection connection = dataSource.getConnection()) {
            proxy.rejectNew(true);
            withdraw(connection);
            assertThatThrownBy(() -> DriverManager.getConnection(
                            database.url(proxy.host(), proxy.port()), database.properties()))
                    .isInstanceOf(SQLException.class);
            assertThat(proxy.rejected()).isPositive();
            proxy.rejectNew(false);
            try (Connection another = dataSource.getConnection()) {
                withdraw(another);
            }
        }
        assertThat(balance(database)).isEqualTo(80);
    }

    @Databases
    void closingItCutsEverything(Database database) throws SQLException {
        TcpProxy proxy = database.newProxy();
        try (Connection connection = database.newDataSourceThrough(proxy).getConnection()) {
            withdraw(connection);
            proxy.close();
            assertThatThrownBy(() -> withdraw(connection)).isInstanceOf(SQLException.class);
        }
        assertThat(proxy.links()).isEmpty();
    }

    @Databases(Engine.SQLITE)
    void aFileHasNoNetwork(Database database) {
        assertThatThrownBy(database::newProxy).isInstanceOf(IllegalStateException.class);
    }

    private static void withdraw(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("UPDATE account SET balance = balance - 10 WHERE id = 1");
        }
    }

    private static int balance(Database database) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT balance FROM account WHERE id = 1")) {
            rows.next();
            return rows.getInt(1);
        }
    }
}
