package io.rowlock.app.serve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A folder that goes with the command that made it. */
public final class TemporaryFolder implements AutoCloseable {
    private final Path path;

    private TemporaryFolder(Path path) {
        this.path = path;
    }

    /**
     * Makes one.
     *
     * @throws CannotStart if it cannot be made
     */
    public static TemporaryFolder named(String prefix) throws CannotStart {
        try {
            return new TemporaryFolder(Files.createTempDirectory(prefix));
        } catch (IOException cannot) {
            throw new CannotStart("Cannot make a temporary folder", cannot);
        }
    }

    /** Where it is. */
    public Path path() {
        return path;
    }

    /** Removes it; what cannot be removed lies in the system's temporary folder, which is cleaned sooner or later. */
    @Override
    public void close() {
        try (Stream<Path> all = Files.walk(path)) {
            all.sorted(Comparator.reverseOrder()).forEach(each -> each.toFile().delete());
        } catch (IOException cannot) {
            // See above.
        }
    }
}
