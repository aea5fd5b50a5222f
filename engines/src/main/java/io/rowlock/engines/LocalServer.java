package io.rowlock.engines;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A server in a folder of its own: {@code data}, {@code log}, {@code pid}, and {@code server.properties}, which tells how to
 * reach it, password included, and is therefore readable by this user alone. Whether it speaks SQL is its kind's business.
 */
final class LocalServer {

    static final String USER = "rowlock";

    /** What differs between one server program and another. */
    interface Kind {
        /** What messages call it. */
        String name();

        /**
         * Makes sure that this JVM could talk to such a server, before one is started in vain.
         *
         * @throws EngineUnavailable if it could not
         */
        void requireClient();

        Binaries binaries();

        /** Fills an empty folder with a new installation. */
        void initialise(Binaries binaries, Path data, String password, boolean durable) throws IOException;

        List<String> command(Binaries binaries, Path data, int port);

        /** Whether it answers; what it says or fails with instead is shown if it never does. */
        boolean answers(Reach reach) throws IOException, SQLException;

        /** The highest port that it can listen on. */
        default int portMax() {
            return 65_535;
        }

        /** The signal that ends the server after it has put its data in order. */
        String orderlyEnd();

        /** The signal that ends it at once, when its data is to be deleted anyway. */
        String quickEnd();

        /** Something in a folder of data that shows that it belongs to this kind of server. */
        String landmark();
    }

    /** How a server of ours is reached: on the loopback interface, by {@link #USER}. */
    record Reach(int port, String password) {}

    private static final Duration START_DEADLINE = Duration.ofSeconds(60);
    private static final Duration PREDECESSOR_DEADLINE = Duration.ofSeconds(20);
    /** Between finding a free port and listening on it somebody else may take it. */
    private static final int PORT_ATTEMPTS = 5;
    /** The system gives out the ports of a range, of which a server may be able to use a part. */
    private static final int FREE_PORT_TRIES = 1000;

    private final Path folder;
    private final Reach reach;
    private final Supervised process;
    private final @Nullable FileChannel claim;
    private final ReentrantLock closing = new ReentrantLock();
    private boolean closed;

    private LocalServer(Path folder, Reach reach, Supervised process, @Nullable FileChannel claim) {
        this.folder = folder;
        this.reach = reach;
        this.process = process;
        this.claim = claim;
    }

    /** Starts a server on a folder that the caller keeps; whatever is stored is there again after the next start. */
    static LocalServer startKeeping(Kind kind, Path givenFolder) {
        Path folder = givenFolder.toAbsolutePath();
        FileChannel claim = claim(folder);
        try {
            Optional<ProcessId> predecessor =
                    Supervised.program(folder).filter(p -> p.wasStartedWith(folder.toString()));
            if (predecessor.isPresent()
                    && !Eventually.await(
                            PREDECESSOR_DEADLINE, () -> !predecessor.get().isAlive())) {
                throw new EngineUnavailable("The folder is in use by a server that does not end (folder=%s, pid=%s)"
                        .formatted(folder, predecessor.get().pid()));
            }
            return start(kind, folder, ProcessId.current(), Supervised.Afterwards.KEEP_FOLDER, claim);
        } catch (RuntimeException e) {
            release(claim);
            throw e;
        }
    }

    /** Starts a server that lives as long as its owner, in a new folder that is deleted when the server ends. */
    static LocalServer startTemporary(Kind kind, ProcessId owner, Path folder) {
        return start(kind, folder, owner, Supervised.Afterwards.DELETE_FOLDER, null);
    }

    /** The server that was started in a folder by this process or another one, if it is still there. */
    static Optional<Reach> running(Path folder) {
        if (Supervised.program(folder).filter(ProcessId::isAlive).isEmpty()) {
            return Optional.empty();
        }
        Properties properties = properties(folder);
        return Optional.ofNullable(properties.getProperty("port"))
                .map(port -> new Reach(Integer.parseInt(port), properties.getProperty("password", "")));
    }

    private static LocalServer start(
            Kind kind, Path folder, ProcessId owner, Supervised.Afterwards afterwards, @Nullable FileChannel claim) {
        boolean keep = afterwards == Supervised.Afterwards.KEEP_FOLDER;
        try {
            Folders.createPrivate(folder);
            Properties properties = properties(folder);
            String password = properties.getProperty("password", newPassword());
            Binaries binaries = Optional.ofNullable(properties.getProperty("home"))
                    .map(home -> new Binaries(Path.of(home), Boolean.parseBoolean(properties.getProperty("unpacked"))))
                    .filter(known -> Files.isDirectory(known.home()))
                    .orElseGet(kind::binaries);
            Path data = folder.resolve("data");
            kind.requireClient();
            properties.setProperty("password", password);
            properties.setProperty("home", binaries.home().toString());
            properties.setProperty("unpacked", Boolean.toString(binaries.unpacked()));
            for (int attempt = 1; ; attempt++) {
                Folders.createPrivate(folder);
                if (!Files.exists(data.resolve(kind.landmark()))) {
                    initialise(kind, binaries, data, password, keep);
                }
                int port = freePort(kind.portMax());
                properties.remove("port");
                write(folder, properties);
                Supervised process = Supervised.start(
                        owner,
                        folder,
                        keep ? kind.orderlyEnd() : kind.quickEnd(),
                        afterwards,
                        kind.command(binaries, data, port));
                Reach reach = new Reach(port, password);
                Optional<String> failure = awaitReady(kind, reach, process);
                if (failure.isEmpty()) {
                    properties.setProperty("port", Integer.toString(port));
                    write(folder, properties);
                    return new LocalServer(folder, reach, process, claim);
                }
                process.stop();
                if (attempt == PORT_ATTEMPTS || !failure.get().contains("ddress already in use")) {
                    throw new EngineUnavailable("The server did not start (engine=%s, folder=%s, programs=%s)%n%s"
                            .formatted(kind.name(), folder, binaries.home(), failure.get()));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Beside its place and then renamed, so that a killed attempt is not taken for an installation. */
    private static void initialise(Kind kind, Binaries binaries, Path data, String password, boolean durable)
            throws IOException {
        if (Files.exists(data)) {
            throw new EngineUnavailable(
                    "The folder holds something else than data of this engine (engine=%s, folder=%s)"
                            .formatted(kind.name(), data));
        }
        Path draft = data.resolveSibling("data.new");
        Folders.delete(draft);
        Folders.createPrivate(draft);
        kind.initialise(binaries, draft, password, durable);
        Files.move(draft, data, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Empty once the server answers; what it printed, if it ended instead or is not ready in time. */
    private static Optional<String> awaitReady(Kind kind, Reach reach, Supervised process) {
        Exception[] last = new Exception[1];
        boolean[] ready = new boolean[1];
        Eventually.await(START_DEADLINE, () -> {
            if (process.isOver()) {
                return true;
            }
            if (process.program().isEmpty()) {
                return false;
            }
            try {
                ready[0] = kind.answers(reach);
            } catch (IOException | SQLException e) {
                last[0] = e;
            }
            return ready[0];
        });
        return ready[0]
                ? Optional.empty()
                : Optional.of("%s%n%s".formatted(last[0] == null ? "" : last[0].getMessage(), process.log()));
    }

    private static FileChannel claim(Path folder) {
        try {
            Folders.createPrivate(folder);
            FileChannel channel =
                    FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                if (channel.tryLock() != null) {
                    return channel;
                }
            } catch (OverlappingFileLockException e) {
                // Another server of this very process; the same answer.
            }
            channel.close();
            throw new EngineUnavailable("The folder is in use by another server (folder=" + folder + ")");
        } catch (IOException e) {
            throw new EngineUnavailable("The folder cannot be used for a server (folder=" + folder + ")", e);
        }
    }

    private static void release(@Nullable FileChannel claim) {
        try {
            if (claim != null) {
                claim.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Properties properties(Path folder) {
        Properties properties = new Properties();
        try {
            Path file = folder.resolve("server.properties");
            if (Files.exists(file)) {
                properties.load(new StringReader(Files.readString(file)));
            }
            return properties;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path folder, Properties properties) throws IOException {
        StringWriter text = new StringWriter();
        properties.store(text, null);
        Folders.write(folder.resolve("server.properties"), text.toString());
    }

    private static String newPassword() {
        return new BigInteger(128, new SecureRandom()).toString(Character.MAX_RADIX);
    }

    private static int freePort(int max) throws IOException {
        for (int tries = 0; tries < FREE_PORT_TRIES; tries++) {
            try (ServerSocket socket = new ServerSocket(0, 1, Address.loopback())) {
                if (socket.getLocalPort() <= max) {
                    return socket.getLocalPort();
                }
            }
        }
        throw new EngineUnavailable("No port is free (max=" + max + ")");
    }

    Reach reach() {
        return reach;
    }

    Path folder() {
        return folder;
    }

    long pid() {
        return Supervised.program(folder).map(ProcessId::pid).orElse(-1L);
    }

    void close() {
        closing.lock();
        try {
            if (!closed) {
                closed = true;
                process.stop();
                release(claim);
            }
        } finally {
            closing.unlock();
        }
    }
}
