package io.rowlock.app.serve;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A folder that goes with the command that made it, also when that is interrupted. */
public final class TemporaryFolder implements AutoCloseable {
    /** Whoever is interrupted may still make files while they are removed. */
    private static final int ATTEMPTS = 100;

    private final Path path;
    private final Thread atTheEnd;

    private TemporaryFolder(Path path) {
        this.path = path;
        this.atTheEnd = new Thread(this::remove, "temporary-folder-end");
    }

    /**
     * Makes one.
     *
     * @throws CannotStart if it cannot be made
     */
    public static TemporaryFolder named(String prefix) throws CannotStart {
        try {
            TemporaryFolder folder = new TemporaryFolder(Files.createTempDirectory(prefix));
            Runtime.getRuntime().addShutdownHook(folder.atTheEnd);
            return folder;
        } catch (IOException cannot) {
            throw new CannotStart("Cannot make a temporary folder: " + cannot.getMessage(), cannot);
        }
    }

    /** Where it is. */
    public Path path() {
        return path;
    }

    /** Removes it; what cannot be removed lies in the system's temporary folder, which is cleaned sooner or later. */
    @Override
    public void close() {
        remove();
        try {
            Runtime.getRuntime().removeShutdownHook(atTheEnd);
        } catch (IllegalStateException atTheEndAlready) {
            // Then it runs.
        }
    }

    private void remove() {
        for (int attempt = 0; attempt < ATTEMPTS && Files.exists(path); attempt++) {
            try (Stream<Path> all = Files.walk(path)) {
                List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
                for (Path each : deepestFirst) {
                    Files.deleteIfExists(each);
                }
            } catch (IOException | UncheckedIOException changedMeanwhile) {
                Thread.onSpinWait();
            }
        }
    }
}
