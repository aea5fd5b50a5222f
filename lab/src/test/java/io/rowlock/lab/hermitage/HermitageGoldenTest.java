package io.rowlock.lab.hermitage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.engines.EngineUnavailable;
import io.rowlock.engines.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Every case at every level: whether the phenomenon happens, who waits, who fails, and which rows are seen. What is measured
 * is written down in this folder of resources, and in short in {@code docs/concepts/isolation.md};
 * {@code -Drowlock.golden.write=true} writes both.
 */
@Databases({Engine.POSTGRESQL, Engine.MARIADB})
class HermitageGoldenTest {

    private static final boolean WRITE = Boolean.getBoolean("rowlock.golden.write");
    private static final Path MODULE = Path.of("").toAbsolutePath();

    @Databases
    void everyCellIsAsWrittenDownAndEveryVerdictIsHermitages(Database database) throws IOException {
        HermitageReport report = HermitageRun.on(database.dataSource()).allLevels();
        assertThat(report.problems()).isEmpty();
        assertThat(report.cells())
                .filteredOn(cell -> !cell.asClaimed())
                .as("not as Hermitage claims")
                .isEmpty();
        assertThat(report.cells().stream().filter(cell -> cell.claimed().isPresent()))
                .hasSize(database.engine() == Engine.POSTGRESQL ? 20 : 25);

        Path golden = MODULE.resolve("src/test/resources/io/rowlock/lab/hermitage/"
                + database.engine().title() + ".txt");
        String measured = report.cells().stream()
                .map(cell -> "%s | %s | %s | %s%n"
                        .formatted(cell.level(), cell.title(), cell.verdict(), String.join(", ", cell.rows())))
                .collect(Collectors.joining());
        Path page = MODULE.resolveSibling("docs/concepts/isolation.md");
        String begin = "<!-- Hermitage on " + database.engine().title() + " -->\n";
        String end = "<!-- end of Hermitage on " + database.engine().title() + " -->";
        if (WRITE) {
            Files.writeString(golden, measured);
            String text = Files.readString(page);
            Files.writeString(
                    page,
                    text.substring(0, text.indexOf(begin) + begin.length())
                            + "\n" + report.markdown() + "\n"
                            + text.substring(text.indexOf(end)));
        }
        assertThat(measured).isEqualTo(Files.readString(golden));
        assertThat(Files.readString(page)).contains(begin + "\n" + report.markdown() + "\n" + end);
    }

    /** The newest that is tested, and an older one where it can be had. */
    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void releasesOfPostgresDoNotDiffer(int release) throws IOException {
        try (PostgresServer server = PostgresServer.startTemporary(release, Map.of())) {
            PGSimpleDataSource database = new PGSimpleDataSource();
            database.setUrl(server.url("postgres"));
            database.setUser(server.user());
            database.setPassword(server.password());

            HermitageReport report = HermitageRun.on(database).allLevels();

            assertThat(report.version()).startsWith(release + ".");
            assertThat(report.asClaimed()).isTrue();
            assertThat(Files.readString(MODULE.resolveSibling("docs/concepts/isolation.md")))
                    .contains(report.markdown());
        } catch (EngineUnavailable unavailable) {
            assumeTrue(false, unavailable.getMessage());
        }
    }

    @Databases
    void aDatabaseThatHasSuchATableIsLeftAlone(Database database) {
        database.execute("CREATE TABLE test (id INT PRIMARY KEY, value INT)", "INSERT INTO test VALUES (7, 7)");
        try {
            HermitageReport report = HermitageRun.on(database.dataSource()).allLevels();
            assertThat(report.problems())
                    .containsExactly("The database has a table named test already; use an empty one");
            assertThat(report.asClaimed()).isFalse();
            assertThat(report.cells()).isEmpty();
        } finally {
            database.execute("DROP TABLE test");
        }
    }

    @Databases(Engine.SQLITE)
    void sqliteIsRefused(Database database) {
        assertThat(HermitageRun.on(database.dataSource()).allLevels().problems())
                .isEqualTo(List.of("SQLite has one writer and no isolation levels; there is nothing to play"));
    }
}
