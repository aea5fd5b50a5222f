package io.rowlock.engines;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where servers, their programs and their data are kept, for this user alone. */
final class Folders {

    private Folders() {}

    /**
     * The folder of everything that outlives a JVM: {@code $XDG_CACHE_HOME/rowlock}, else {@code ~/.cache/rowlock}, else,
     * for users without a home, a folder of their own among the temporary files.
     */
    static Path cache() {
        Path wanted = Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                .filter(home -> !home.isBlank())
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache"))
                .resolve("rowlock");
        Path other = Path.of(System.getProperty("java.io.tmpdir"), "rowlock-" + System.getProperty("user.name"));
        try {
            return wanted.isAbsolute() ? createPrivate(wanted) : inOwnHands(other);
        } catch (FileSystemException e) {
            return inOwnHands(other);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Temporary folders are everybody's, so that one of our name may have been put there by somebody else. */
    private static Path inOwnHands(Path folder) {
        try {
            createPrivate(folder);
            Path probe = Files.createTempFile(folder, "owner", null);
            boolean ours = Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(probe));
            Files.delete(probe);
            if (!ours) {
                throw new AccessDeniedException(folder.toString(), null, "belongs to another user");
            }
            return folder;
        } catch (IOException e) {
            throw new EngineUnavailable(
                    "No folder to keep servers in (tried=%s). Set XDG_CACHE_HOME to a folder that this user may write."
                            .formatted(folder),
                    e);
        }
    }

    /** The folder a file lies in. */
    static Path of(Path file) {
        Path parent = file.toAbsolutePath().getParent();
        return parent == null ? file.toAbsolutePath() : parent;
    }

    static Path createPrivate(Path folder) throws IOException {
        Files.createDirectories(
                folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        if (!Files.isWritable(folder)) {
            throw new AccessDeniedException(folder.toString());
        }
        return folder;
    }

    static Path createTemporary(Path parent, String prefix) {
        try {
            return Files.createTempDirectory(createPrivate(parent), prefix);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes a file that only this user may read, all at once: a reader sees the old text or the new. */
    static void write(Path file, String text) throws IOException {
        Path draft = Files.createTempFile(of(file), ".new", null);
        Files.writeString(draft, text);
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Deletes a folder that somebody else may be writing to or deleting; whoever deletes it later finds what remains. */
    static void deleteIfPossible(Path folder) {
        try {
            delete(folder);
        } catch (UncheckedIOException e) {
            System.getLogger(Folders.class.getName())
                    .log(System.Logger.Level.DEBUG, "A folder could not be deleted yet (folder=" + folder + ")", e);
        }
    }

    /** Deletes a folder with all it holds. Somebody else may be deleting the same folder. */
    static void delete(Path folder) {
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                    if (e instanceof NoSuchFileException) {
                        return FileVisitResult.CONTINUE;
                    }
                    throw e;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException e) throws IOException {
                    Files.deleteIfExists(visited);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (NoSuchFileException e) {
            // Gone already, which is what was asked for.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
