package io.rowlock.engines;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** One at a time among all processes of this user and all threads of this one. The system frees it with its process. */
final class FileMutex {

    /** What is done alone. */
    @FunctionalInterface
    interface Work<T> {
        T run() throws IOException;
    }

    /** File locks belong to the process; its threads need a lock of their own. */
    private static final Object THREADS = new Object();

    private FileMutex() {}

    static <T> T alone(Path file, Work<T> work) {
        synchronized (THREADS) {
            try {
                Folders.createPrivate(Folders.of(file));
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                        FileLock lock = channel.lock()) {
                    assert lock.isValid();
                    return work.run();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
