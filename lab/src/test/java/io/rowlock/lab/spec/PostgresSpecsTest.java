package io.rowlock.lab.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rowlock.engines.EngineUnavailable;
import io.rowlock.engines.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * PostgreSQL's own isolation tests. They are not part of this project: {@code -Drowlock.specs=} names a folder with their
 * {@code specs} and {@code expected}, such as {@code src/test/isolation} of PostgreSQL's sources.
 */
class PostgresSpecsTest {

    private static final int RELEASE = 15;
    private static final int LATER = 18;
    private static final Map<String, String> SETTINGS = Map.of("max_prepared_transactions", "10", "fsync", "off");

    private static Path folder() {
        String folder = System.getProperty("rowlock.specs", "");
        assumeTrue(
                !folder.isBlank(),
                "PostgreSQL's isolation tests are not here; name their folder with -Drowlock.specs=FOLDER");
        assertThat(Path.of(folder)).as("rowlock.specs").matches(Files::isDirectory);
        return Path.of(folder);
    }

    private static SpecReport run(PostgresServer server, Path folder) {
        return SpecRun.on(server.url("postgres"), server.user(), server.password())
                .run(List.of(folder), result -> {});
    }

    @Test
    void theReleaseTheyWereWrittenForDoesWhatTheyExpect() {
        Path folder = folder();
        PostgresServer server;
        try {
            server = PostgresServer.startTemporary(RELEASE, SETTINGS);
        } catch (EngineUnavailable e) {
            assumeTrue(false, e.getMessage());
            return;
        }
        try (server) {
            SpecReport report = run(server, folder);
            System.out.print(report.text());
            assertThat(report.asExpected()).as(report.text()).isTrue();
            assertThat(report.permutations()).isPositive();
        }
    }

    @Test
    void theReleaseOfTheBuildPlaysThemTooAndEveryDifferenceIsListed() {
        Path folder = folder();
        try (PostgresServer server = PostgresServer.startTemporary(LATER, SETTINGS)) {
            SpecReport report = run(server, folder);
            System.out.print(report.text());
            assertThat(report.server()).startsWith("PostgreSQL " + LATER);
            assertThat(report.problems()).isEmpty();
            assertThat(report.results())
                    .allSatisfy(result -> assertThat(result.asExpected())
                            .isEqualTo(result.differences().isEmpty()));
            assertThat(report.matched()).isGreaterThan(report.permutations() * 9 / 10);
        }
    }
}
