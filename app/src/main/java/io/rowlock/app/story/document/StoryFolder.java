package io.rowlock.app.story.document;

import io.rowlock.app.http.Malformed;
import io.rowlock.app.story.model.StoryPath;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A folder of documents. What is in it is read and written; what a link in it leads to is not, nor what is above it. Folders and
 * files whose names begin with a point are passed over, and so is what does not end in {@code .md}.
 *
 * <p>One thread at a time; whoever changes the folder meanwhile may have a file told as broken, and nothing worse.
 */
public final class StoryFolder {
    private static final String SUFFIX = ".md";

    private final Path folder;
    private final FolderLimits limits;

    /** A folder that is there. */
    public StoryFolder(Path folder, FolderLimits limits) {
        this.folder = folder;
        this.limits = limits;
    }

    /** Takes what is found. */
    public interface Found {
        void document(StoryDocument document);

        /** A file or folder that is not taken, and why. */
        void broken(String file, String why);
    }

    /**
     * Reads the documents, by their names.
     *
     * @throws IOException if the folder itself cannot be read
     */
    public void read(Found found) throws IOException {
        int[] left = {limits.filesMax()};
        read(folder, "", 1, left, found);
    }

    private void read(Path from, String prefix, int depth, int[] left, Found found) throws IOException {
        TreeMap<String, Path> entries = new TreeMap<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(from)) {
            all.forEach(each -> entries.put(each.getFileName().toString(), each));
        }
        for (var entry : entries.entrySet()) {
            String name = prefix + entry.getKey();
            Path path = entry.getValue();
            if (entry.getKey().startsWith(".")) {
                continue;
            }
            if (Files.isSymbolicLink(path)) {
                found.broken(name, "a link: what it leads to is not read");
            } else if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                readFolder(path, name, depth, left, found);
            } else if (entry.getKey().endsWith(SUFFIX) && Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
                if (left[0]-- <= 0) {
                    found.broken(name, "more than " + limits.filesMax() + " documents");
                    return;
                }
                readDocument(path, name, found);
            } else if (entry.getKey().endsWith(SUFFIX)) {
                found.broken(name, "no file that can be read; a name that this locale does not know is one of these");
            }
        }
    }

    private void readFolder(Path path, String name, int depth, int[] left, Found found) {
        if (depth >= limits.depthMax()) {
            found.broken(name, "more than " + limits.depthMax() + " folders deep");
            return;
        }
        try {
            read(path, name + "/", depth + 1, left, found);
        } catch (IOException unreadable) {
            found.broken(name, "cannot be read: " + unreadable.getClass().getSimpleName());
        }
    }

    private void readDocument(Path path, String name, Found found) {
        try {
            StoryPath story = new StoryPath(name);
            Optional<String> content = content(path);
            if (content.isEmpty()) {
                found.broken(name, "more than " + limits.bytesMax() + " bytes");
            } else if (content.get().indexOf('\0') >= 0) {
                found.broken(name, "no text");
            } else {
                found.document(new StoryDocument(story, content.get()));
            }
        } catch (Malformed noPath) {
            found.broken(name, "no path that can be kept");
        } catch (CharacterCodingException notUtf8) {
            found.broken(name, "no UTF-8");
        } catch (IOException unreadable) {
            found.broken(name, "cannot be read: " + unreadable.getClass().getSimpleName());
        }
    }

    /** Empty if it is too large, whatever its size was a moment ago. */
    private Optional<String> content(Path path) throws IOException {
        try (InputStream in = Files.newInputStream(path, LinkOption.NOFOLLOW_LINKS)) {
            byte[] bytes = in.readNBytes(limits.bytesMax() + 1);
            if (bytes.length > limits.bytesMax()) {
                return Optional.empty();
            }
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        }
    }

    /**
     * Writes a document to its place; what is there is replaced at once or not at all.
     *
     * @param broken told why if it cannot be written
     * @return whether it was written: it was not there, or was another
     */
    public boolean write(StoryDocument document, Consumer<String> broken) {
        try {
            Path target = folder;
            List<String> names = List.of(document.path().text().split("/", -1));
            for (String name : names.subList(0, names.size() - 1)) {
                target = target.resolve(name);
                if (Files.isSymbolicLink(target)) {
                    broken.accept("a link on the way: nothing is written through it");
                    return false;
                }
                if (!Files.isDirectory(target)) {
                    Files.createDirectory(target);
                }
            }
            return write(target, names.get(names.size() - 1), document.content(), broken);
        } catch (InvalidPathException noName) {
            broken.accept("no name that this file system and locale know");
        } catch (IOException failed) {
            broken.accept("cannot be written: " + failed.getClass().getSimpleName());
        }
        return false;
    }

    private static boolean write(Path in, String name, String content, Consumer<String> broken) throws IOException {
        Path target = in.resolve(name);
        if (Files.isSymbolicLink(target) || Files.isDirectory(target)) {
            broken.accept("a link or a folder is in its place");
            return false;
        }
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        if (Files.exists(target) && Files.size(target) == bytes.length) {
            byte[] there = Files.readAllBytes(target);
            if (java.util.Arrays.equals(there, bytes)) {
                return false;
            }
        }
        Path part = Files.createTempFile(in, ".story-", ".part");
        try {
            try (FileChannel out = FileChannel.open(part, StandardOpenOption.WRITE)) {
                ByteBuffer all = ByteBuffer.wrap(bytes);
                while (all.hasRemaining()) {
                    int unused = out.write(all);
                }
                out.force(true);
            }
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
        return true;
    }
}
