package io.rowlock.engines;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;

/** While its tests run the turn is taken, so that no other class has it in any process. */
@Alone
class AloneTest {
    @Test
    void theTurnIsTakenWhileItRuns() throws IOException {
        Path file = Path.of(System.getProperty("java.io.tmpdir"), "rowlock-tests-alone.lock");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            assertThatThrownBy(channel::tryLock).isInstanceOf(OverlappingFileLockException.class);
        }
    }
}
