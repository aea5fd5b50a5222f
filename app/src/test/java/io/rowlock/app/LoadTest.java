package io.rowlock.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.engines.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The load as a user starts it: servers in processes of their own, killed while it lasts; the audit finds nothing. */
class LoadTest {
    @TempDir
    Path folder;

    /** Where the load keeps what it makes, and how its servers, which live for seconds, begin soonest. */
    private Child load(String system, String... options) {
        return Child.start(
                folder,
                Map.of("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Djava.io.tmpdir=" + folder),
                Stream.concat(Stream.of("load", system), Stream.of(options)).toArray(String[]::new));
    }

    /** The processes that serve; what else it starts for a moment is no Java. */
    private static List<ProcessHandle> servers(Child load) {
        return load.children().stream()
                .filter(process -> process.info()
                        .command()
                        .map(command -> command.endsWith("/java"))
                        .orElse(false))
                .toList();
    }

    private List<String> leftBehind() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(path -> path.getFileName().toString())
                    .filter(name -> name.startsWith("rowlock-load"))
                    .toList();
        }
    }

    /**
     * Due at fixed times, so that it lasts as long as the first kill needs. Each system on each engine is in {@code
     * KilledServersTest}, without the command.
     */
    @ParameterizedTest
    @CsvSource({
        "lottery, sqlite, 400, 16",
        "credits, postgres, 250, 8",
        "story, mariadb, 100, 8",
        "sync, sqlite, 120, 8"
    })
    void whatTwoServersAcknowledgeIsThereThoughOneIsKilled(
            String system, String engine, String operations, String clients) throws IOException {
        try (Child load = load(
                system,
                "--engine",
                engine,
                "--servers",
                "2",
                "--ops",
                operations,
                "--clients",
                clients,
                "--rate",
                "80/s",
                "--kill-every",
                "700ms",
                "--seed",
                "7",
                "--json")) {
            int exitCode = load.awaitEnd(Child.PATIENCE.multipliedBy(4));
            assertThat(exitCode).as("out: %s, err: %s", load.out(), load.err()).isZero();

            JsonNode report = new JsonMapper().readTree(load.out());
            assertThat(report.path("audit").asString()).isEqualTo("ok");
            assertThat(report.path("findings")).isEmpty();
            assertThat(report.path("operations").asString()).isEqualTo(operations);
            assertThat(report.path("kills").asInt()).isPositive();
            assertThat(report.path("failures")).isEmpty();
            assertThat(report.path("unanswered").asInt()).isZero();
            assertThat(report.path("leftOut")).isEmpty();
        }
        assertThat(leftBehind()).isEmpty();
    }

    /** Killed, it can end nobody: they notice. */
    @Test
    void itsServersEndAlsoWhenItIsKilled() {
        try (Child load = load("lottery", "--ops", "100000", "--clients", "2", "--rate", "1/s")) {
            Eventually.until(
                    "the server runs",
                    Child.PATIENCE,
                    () -> !load.isAlive() || servers(load).size() == 1);
            List<ProcessHandle> servers = servers(load);
            assertThat(servers).as("err: %s", load.err()).hasSize(1);

            load.kill();

            Eventually.until(
                    "the server has ended",
                    Child.PATIENCE,
                    () -> servers.stream().noneMatch(ProcessHandle::isAlive));
        }
    }

    @Test
    void itsServersEndWithItWhenItIsToldToEnd() throws IOException {
        try (Child load = load("lottery", "--servers", "2", "--ops", "100000", "--clients", "2", "--rate", "1/s")) {
            Eventually.until(
                    "both servers run",
                    Child.PATIENCE,
                    () -> !load.isAlive() || servers(load).size() == 2);
            List<ProcessHandle> servers = servers(load);
            assertThat(servers).as("err: %s", load.err()).hasSize(2);

            load.terminate();

            assertThat(load.awaitEnd()).isEqualTo(128 + 15);
            assertThat(servers).noneMatch(ProcessHandle::isAlive);
        }
        assertThat(leftBehind()).isEmpty();
    }

    @Test
    void aServiceThatIsNotThereIsToldInOneLine() {
        try (Child load = load("lottery", "--url", "http://127.0.0.1:1")) {
            assertThat(load.awaitEnd()).isEqualTo(1);
            assertThat(load.out()).isEmpty();
            assertThat(load.err().lines().filter(line -> line.startsWith("rowlock: ")))
                    .singleElement()
                    .asString()
                    .startsWith("rowlock: No lottery answers there");
        }
    }
}
