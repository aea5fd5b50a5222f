package io.rowlock.app.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Instances for a load of the sync: files that are read at once, files that somebody holds most of the time, one that is not there,
 * a port on which nobody listens, and one that takes connections and never says a word. Used once; {@link #close} ends them.
 */
final class SyncTargets implements AutoCloseable {
    static final int QUICK = 16;
    static final int SLOW = 2;

    private static final int TABLES = 5;
    private static final long HELD_NANOS = TimeUnit.MILLISECONDS.toNanos(120);
    private static final long FREE_NANOS = TimeUnit.MILLISECONDS.toNanos(60);
    private static final int CONNECTIONS_KEPT = 50;

    private final Path folder;
    private final ServerSocket silent;
    private final Map<String, String> urls = new LinkedHashMap<>();
    private volatile boolean closed;

    private SyncTargets(Path folder, ServerSocket silent) {
        this.folder = folder;
        this.silent = silent;
    }

    static SyncTargets open() throws CannotLoad {
        try {
            SyncTargets targets = new SyncTargets(
                    Files.createTempDirectory("rowlock-load-sync-"),
                    new ServerSocket(0, CONNECTIONS_KEPT, InetAddress.getLoopbackAddress()));
            targets.make();
            return targets;
        } catch (IOException | SQLException failed) {
            throw new CannotLoad("The instances of the load cannot be made: " + failed.getMessage(), failed);
        }
    }

    private void make() throws SQLException {
        for (int i = 1; i <= QUICK; i++) {
            file("quick-" + i);
        }
        for (int i = 1; i <= SLOW; i++) {
            file("slow-" + i);
        }
        urls.put("gone", "jdbc:sqlite:gone.db");
        urls.put("refused", "jdbc:mariadb://127.0.0.1:1/none");
        urls.put("silent", "jdbc:postgresql://127.0.0.1:" + silent.getLocalPort() + "/none");
        thread("load-sync-holder", this::hold);
        thread("load-sync-silent", this::listen);
    }

    private static void thread(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void file(String name) throws SQLException {
        try (Connection connection = connect(name);
                Statement statement = connection.createStatement()) {
            for (int i = 1; i <= TABLES; i++) {
                statement.execute("CREATE TABLE table_" + i + " (id INTEGER PRIMARY KEY, name TEXT)");
            }
        }
        urls.put(name, "jdbc:sqlite:" + name + ".db");
    }

    private Connection connect(String name) throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve(name + ".db"));
    }

    /** Holds the slow files, and lets go of them for a moment, so that whoever reads them waits. */
    private void hold() {
        while (!closed) {
            for (int i = 1; i <= SLOW && !closed; i++) {
                try (Connection connection = connect("slow-" + i);
                        Statement statement = connection.createStatement()) {
                    statement.execute("BEGIN EXCLUSIVE");
                    LockSupport.parkNanos(HELD_NANOS);
                    statement.execute("ROLLBACK");
                } catch (SQLException busy) {
                    // Somebody reads it: the next time.
                }
                LockSupport.parkNanos(FREE_NANOS);
            }
        }
    }

    /** Takes connections and says nothing. */
    private void listen() {
        Deque<Socket> taken = new ArrayDeque<>();
        try {
            while (!closed) {
                taken.add(silent.accept());
                if (taken.size() > CONNECTIONS_KEPT) {
                    taken.remove().close();
                }
            }
        } catch (IOException ended) {
            // By close.
        }
        for (Socket socket : taken) {
            try {
                socket.close();
            } catch (IOException gone) {
                // It is.
            }
        }
    }

    Path folder() {
        return folder;
    }

    /** URLs by the names of the instances. */
    Map<String, String> urls() {
        return urls;
    }

    /** Whether an instance of this name answers. */
    static boolean isReachable(String name) {
        return name.contains("quick-") || name.contains("slow-");
    }

    @Override
    public void close() {
        closed = true;
        try {
            silent.close();
            try (Stream<Path> all = Files.walk(folder)) {
                List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
                for (Path path : deepestFirst) {
                    Files.deleteIfExists(path);
                }
            }
        } catch (IOException | java.io.UncheckedIOException changing) {
            // What lies in the system's temporary folder is cleaned sooner or later.
        }
    }
}
