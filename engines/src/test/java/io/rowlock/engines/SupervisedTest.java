package io.rowlock.engines;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The one who ends a program for its killed owner is late, and the next one has begun in the same folder. */
class SupervisedTest {
    /** Says that it was told to end, and ends when it may. */
    private static final String SLOW_TO_END =
            "trap 'touch told; while [ ! -e go ]; do sleep 0.02; done; exit 0' TERM; touch ready; while :; do sleep 0.02; done";

    @TempDir
    private Path folder;

    @Test
    void theNumberOfTheNextProgramStays() throws IOException {
        Process owner = new ProcessBuilder("sleep", "600").start();
        try {
            Supervised first = Supervised.start(
                    ProcessId.of(owner.pid()).orElseThrow(),
                    folder,
                    "TERM",
                    Supervised.Afterwards.KEEP_FOLDER,
                    List.of("sh", "-c", SLOW_TO_END));
            Eventually.until("it runs", Eventually.DEADLINE, () -> Files.exists(folder.resolve("ready")));
            owner.destroyForcibly();
            Eventually.until("it was told to end", Eventually.DEADLINE, () -> Files.exists(folder.resolve("told")));

            ProcessId next = ProcessId.current();
            Files.writeString(folder.resolve("pid"), next.pid() + " " + next.started());
            Files.createFile(folder.resolve("go"));

            Eventually.until("its supervisor has gone home", Eventually.DEADLINE, first::isOver);
            assertThat(Supervised.program(folder)).contains(next);
        } finally {
            owner.destroyForcibly();
        }
    }
}
