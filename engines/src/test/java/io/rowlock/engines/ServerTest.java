package io.rowlock.engines;

import static io.rowlock.engines.DatabasesSelectionTest.assumeWanted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowlock.dialect.Engine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ServerTest {

    @TempDir
    Path temporary;

    @Test
    void aPostgresServerHasTheSettingsItWasGiven() {
        assumeWanted(Engine.POSTGRESQL);
        try (PostgresServer server =
                        PostgresServer.startTemporary(Map.of("deadlock_timeout", "10ms", "commit_delay", "2000"));
                Database database = Database.createOn(server)) {
            assertThat(database.settings())
                    .containsEntry("deadlock_timeout", "10ms")
                    .containsEntry("fsync", "on")
                    .containsEntry("synchronous_commit", "on")
                    .containsEntry("max_connections", "300");
        }
    }

    /** The one that the build brings, whatever else this machine has. */
    @Test
    void aCertainReleaseOfPostgresIsStarted() {
        assumeWanted(Engine.POSTGRESQL);
        try (PostgresServer server = PostgresServer.startTemporary(18, Map.of());
                Database database = Database.createOn(server)) {
            assertThat(database.settings().get("server_version")).startsWith("18.");
        }
        assertThatThrownBy(() -> PostgresServer.startTemporary(7, Map.of()))
                .isInstanceOf(EngineUnavailable.class)
                .hasMessageContaining("No PostgreSQL 7 was found")
                .hasMessageContaining("postgres-7");
    }

    /** By such names they keep their temporary tables, and they delete those of whoever ran before. */
    @Test
    void aMariaDbServerThatStartsDeletesNothingOfAnother() throws IOException {
        assumeWanted(Engine.MARIADB);
        Path another = Files.createTempFile("#sql-temptable-", ".MAI");
        try (MariaDbServer server = MariaDbServer.startTemporary(List.of())) {
            assertThat(server.url("")).isNotEmpty();
            assertThat(another).exists();
        } finally {
            Files.deleteIfExists(another);
        }
    }

    @Test
    void aMariaDbServerHasTheArgumentsItWasGiven() {
        assumeWanted(Engine.MARIADB);
        try (MariaDbServer server = MariaDbServer.startTemporary(
                        List.of("--log-bin", "--binlog-commit-wait-count=100", "--binlog-commit-wait-usec=2000"));
                Database database = Database.createOn(server)) {
            assertThat(database.settings())
                    .containsEntry("log_bin", "ON")
                    .containsEntry("innodb_flush_log_at_trx_commit", "1")
                    .containsEntry("max_connections", "300");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"POSTGRESQL", "MARIADB"})
    void aTemporaryServerLetsNobodyInAndLeavesNothing(Engine engine) {
        assumeWanted(engine);
        Server server = start(engine);
        assertThat(ProcessId.of(server.pid())).isPresent();
        assertThat(server.folder()).isDirectory();
        for (String user : List.of(server.user(), "root", "postgres", "")) {
            assertThatThrownBy(() -> DriverManager.getConnection(server.url("postgres"), user, ""))
                    .as("nobody gets in without the password")
                    .isInstanceOf(SQLException.class);
        }

        server.close();
        server.close();

        assertThat(ProcessId.of(server.pid())).isEmpty();
        assertThat(server.folder()).doesNotExist();
    }

    @ParameterizedTest
    @EnumSource(names = {"POSTGRESQL", "MARIADB"})
    void whatIsStoredInAKeptFolderIsThereAfterTheNextStart(Engine engine) throws SQLException {
        assumeWanted(engine);
        String password;
        try (Server server = start(engine, temporary)) {
            password = server.password();
            server.createDatabase("bank");
            server.createDatabase("bank");
            execute(
                    server,
                    "CREATE TABLE account (id INT PRIMARY KEY, balance INT)",
                    "INSERT INTO account VALUES (1, 100)");
            assertThatThrownBy(() -> start(engine, temporary))
                    .isInstanceOf(EngineUnavailable.class)
                    .hasMessageContaining("in use by another server");
            assertThatThrownBy(() -> server.createDatabase("x; DROP DATABASE y"))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        try (Server server = start(engine, temporary);
                Connection connection = connect(server);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT balance FROM account")) {
            assertThat(server.password()).isEqualTo(password);
            assertThat(rows.next()).isTrue();
            assertThat(rows.getInt(1)).isEqualTo(100);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"POSTGRESQL", "MARIADB"})
    void aFolderOfSomethingElseIsLeftAlone(Engine engine) throws IOException {
        assumeWanted(engine);
        Path precious = Files.createDirectories(temporary.resolve("data")).resolve("precious");
        Files.writeString(precious, "mine");
        assertThatThrownBy(() -> start(engine, temporary))
                .isInstanceOf(EngineUnavailable.class)
                .hasMessageContaining("holds something else");
        assertThat(precious).hasContent("mine");
    }

    @ParameterizedTest
    @EnumSource(names = {"POSTGRESQL", "MARIADB"})
    void aServerThatRefusesToStartTellsWhy(Engine engine) {
        assumeWanted(engine);
        assertThatThrownBy(() -> {
                    if (engine == Engine.POSTGRESQL) {
                        PostgresServer.startTemporary(Map.of("no_such_setting", "1"))
                                .close();
                    } else {
                        MariaDbServer.startTemporary(List.of("--no-such-setting"))
                                .close();
                    }
                })
                .isInstanceOf(EngineUnavailable.class)
                .hasMessageContaining("The server did not start (engine=" + engine)
                .hasMessageMatching("(?s).*no.such.setting.*");
    }

    private static Server start(Engine engine) {
        return engine == Engine.POSTGRESQL
                ? PostgresServer.startTemporary(Map.of())
                : MariaDbServer.startTemporary(List.of());
    }

    private static Server start(Engine engine, Path folder) {
        return engine == Engine.POSTGRESQL
                ? PostgresServer.start(folder, Map.of())
                : MariaDbServer.start(folder, List.of());
    }

    private static Connection connect(Server server) throws SQLException {
        return DriverManager.getConnection(server.url("bank"), server.user(), server.password());
    }

    private static void execute(Server server, String... statements) throws SQLException {
        try (Connection connection = connect(server);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
