package io.rowlock.engines;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A test class that does not run beside another one of these, in whatever process: for crowds of threads, and for what has to
 * wait until threads have come somewhere.
 *
 * <p><b>Holds when</b> both run on one machine with the same {@code java.io.tmpdir}. <b>Breaks when</b> classes of one JVM run at
 * once: then the second is refused by the file system's lock.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@ExtendWith(Alone.Turn.class)
public @interface Alone {

    /** Takes the turn before the first test of a class, and gives it back after the last. */
    final class Turn implements BeforeAllCallback {
        private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(Alone.class);

        /** JUnit makes one for each class. */
        public Turn() {}

        @Override
        public void beforeAll(ExtensionContext context) {
            ExtensionContext.Store store = context.getStore(NAMESPACE);
            store.put("turn", take());
        }

        private static Held take() {
            Path file = Path.of(System.getProperty("java.io.tmpdir"), "rowlock-tests-alone.lock");
            try {
                FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                return new Held(channel, channel.lock());
            } catch (IOException failed) {
                throw new UncheckedIOException("No turn can be taken (file=" + file + ")", failed);
            }
        }
    }

    /** A turn; JUnit closes it with its context. */
    record Held(FileChannel channel, FileLock lock) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            // The lock goes with it. The file stays, for whoever waits for it.
            channel.close();
        }
    }
}
