package io.rowlock.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.engines.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run of races that is broken off leaves nothing behind. */
class RacesInterruptedTest {
    @TempDir
    Path folder;

    @TempDir
    Path temporary;

    @Test
    void itsDatabaseIsGone() {
        try (Child child = Child.start(
                folder, Map.of("JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=" + temporary), "races", "lottery-10")) {
            Eventually.until(
                    "the database is there",
                    Child.PATIENCE,
                    () -> !child.isAlive() || found().stream().anyMatch(file -> file.endsWith("rowlock.db")));
            assertThat(child.isAlive()).as(child.err()).isTrue();

            child.terminate();

            int exitCode = child.awaitEnd();
            assertThat(exitCode).isNotZero();
            assertThat(child.out()).isEmpty();
        }
        assertThat(found()).noneMatch(file -> file.toString().contains("rowlock-races-"));
    }

    /** Files come and go while they are looked for. */
    private List<Path> found() {
        try (Stream<Path> all = Files.walk(temporary)) {
            return all.toList();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (UncheckedIOException gone) {
            return List.of();
        }
    }
}
