package io.rowlock.engines;

import static io.rowlock.engines.DatabasesSelectionTest.assumeWanted;
import static io.rowlock.engines.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowlock.dialect.Engine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who has which server, and what is left when processes are killed. Each process here is a JVM of its own. */
class SharedServersTest {

    @ParameterizedTest
    @EnumSource(names = {"POSTGRESQL", "MARIADB"})
    void twoForksOfOneBuildShareAServer(Engine engine) {
        assumeWanted(engine);
        try (Fork first = Fork.start(List.of(), "shared", engine.name());
                Fork second = Fork.start(List.of(), "shared", engine.name())) {
            Fork.Told toFirst = first.told();
            Fork.Told toSecond = second.told();
            assertThat(toSecond.pid()).isEqualTo(toFirst.pid()).isPositive();
            assertThat(toSecond.hostAndPort()).isEqualTo(toFirst.hostAndPort());
            assertThat(toSecond.url()).as("the database is its own").isNotEqualTo(toFirst.url());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"POSTGRESQL", "MARIADB", "SQLITE"})
    void aKilledBuildLeavesNothing(Engine engine) {
        assumeWanted(engine);
        try (Fork build = Fork.start(List.of(), "build", "shared", engine.name())) {
            Fork.Told told = build.told();
            assertThat(told.folder()).isDirectory();
            assertThat(Folders.of(told.folder()).toString())
                    .contains(Long.toString(build.handle().pid()));

            build.kill();

            eventually(() -> {
                assertThat(isAlive(told.pid())).isFalse();
                assertThat(told.folder()).doesNotExist();
            });
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"POSTGRESQL", "MARIADB"})
    void aKilledJvmLeavesNoServerOfItsOwn(Engine engine) {
        assumeWanted(engine);
        try (Fork fork = Fork.start(List.of(), "private", engine.name())) {
            Fork.Told told = fork.told();
            assertThat(isAlive(told.pid())).isTrue();

            fork.kill();

            eventually(() -> {
                assertThat(isAlive(told.pid())).isFalse();
                assertThat(told.folder()).doesNotExist();
            });
        }
    }

    @Test
    void aServerWhoseSupervisorWasKilledEndsWithItsOwner() {
        assumeWanted(Engine.POSTGRESQL);
        try (Fork fork = Fork.start(List.of(), "private", "POSTGRESQL")) {
            Fork.Told told = fork.told();
            ProcessHandle.of(told.pid())
                    .flatMap(ProcessHandle::parent)
                    .orElseThrow()
                    .destroyForcibly();

            fork.kill();

            eventually(Duration.ofSeconds(60), () -> {
                assertThat(isAlive(told.pid())).isFalse();
                assertThat(told.folder()).doesNotExist();
            });
        }
    }

    @Test
    void whatKilledSupervisorsLeftIsClearedByTheNextBuild() {
        assumeWanted(Engine.POSTGRESQL);
        try (Fork fork = Fork.start(List.of(), "private", "POSTGRESQL")) {
            Fork.Told told = fork.told();
            String run = Folders.of(told.folder()).toString();
            ProcessHandle.allProcesses()
                    .filter(process -> ProcessId.of(process.pid())
                            .filter(id -> id.wasStartedWith("rowlock-supervisor") && id.wasStartedWith(run))
                            .isPresent())
                    .forEach(ProcessHandle::destroyForcibly);
            fork.kill();
            eventually(() -> assertThat(fork.handle().isAlive()).isFalse());

            SharedServers.clearUp();

            // Another build of this user may have begun to clear up before us.
            eventually(() -> {
                assertThat(isAlive(told.pid())).isFalse();
                assertThat(told.folder()).doesNotExist();
            });
        }
    }

    @Test
    void aProcessThatGotTheNumberOfADeadServerIsNotTouched() throws IOException {
        Process innocent = new ProcessBuilder("sleep", "60").start();
        try {
            ProcessId process = ProcessId.of(innocent.pid()).orElseThrow();
            Path folder = Folders.cache().resolve("run/999999999-1/shared-postgresql-test");
            Folders.createPrivate(folder);
            Files.writeString(folder.resolve("pid"), process.pid() + " " + process.started());

            SharedServers.clearUp();

            assertThat(innocent.isAlive()).isTrue();
            assertThat(folder).doesNotExist();
        } finally {
            innocent.destroyForcibly();
        }
    }

    @Test
    void aServerNamedByUrlIsUsedAndNoneStarted() throws SQLException {
        assumeWanted(Engine.POSTGRESQL);
        try (PostgresServer server = PostgresServer.startTemporary(Map.of())) {
            List<String> options = List.of(
                    "-Drowlock.postgres.url=" + server.url("postgres"),
                    "-Drowlock.postgres.user=" + server.user(),
                    "-Drowlock.postgres.password=" + server.password());
            try (Fork fork = Fork.start(options, "shared", "POSTGRESQL")) {
                Fork.Told told = fork.told();
                assertThat(told.url()).startsWith("jdbc:postgresql://127.0.0.1:" + server.port() + "/rl_");
                try (Connection connection = DriverManager.getConnection(told.url(), told.user(), told.password())) {
                    assertThat(connection.isValid(1)).isTrue();
                }
            }
        }
    }

    @Test
    void aUrlOfAnotherKindIsRefused() {
        assertThatThrownBy(() -> Address.of(Engine.MARIADB, "jdbc:postgresql://somewhere/", "", ""))
                .isInstanceOf(EngineUnavailable.class)
                .hasMessageContaining("expected=jdbc:mariadb://HOST:PORT/");
    }

    @Test
    void aUrlKeepsItsParametersWhateverTheDatabase() {
        Address address = Address.of(Engine.POSTGRESQL, "jdbc:postgresql://a:1,b:2/x?ssl=true", "u", "p");
        assertThat(address.url("y")).isEqualTo("jdbc:postgresql://a:1,b:2/y?ssl=true");
        assertThat(address.host()).isEqualTo("a");
        assertThat(address.port()).isEqualTo(1);
        assertThat(Address.of(Engine.MARIADB, "jdbc:mariadb://db", "u", "p").port())
                .isEqualTo(3306);
    }

    @Test
    void anEngineThatCannotBeStartedIsNamed() {
        assertThatThrownBy(() -> Database.create(Engine.MYSQL))
                .isInstanceOf(EngineUnavailable.class)
                .hasMessageContaining("MYSQL");
    }

    private static boolean isAlive(long pid) {
        return ProcessId.of(pid).isPresent();
    }
}
