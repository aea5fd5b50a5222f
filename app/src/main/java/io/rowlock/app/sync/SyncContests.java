package io.rowlock.app.sync;

import io.rowlock.RowlockBuilder;
import io.rowlock.Table;
import io.rowlock.app.compare.Contest;
import io.rowlock.app.compare.Form;
import io.rowlock.app.naive.NaiveSessions;
import io.rowlock.app.serve.CannotStart;
import io.rowlock.app.serve.Options;
import io.rowlock.app.sync.SyncTables.InstanceRow;
import io.rowlock.app.sync.remote.RemoteInstance;
import io.rowlock.app.sync.remote.RemoteSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;

/**
 * Sessions beside each other as they are mostly written and as the service runs them: each client syncs instances of its own, all on
 * one local database. Every question to an instance takes a stated time more in both forms, as if the network lay between; both
 * ask as many questions.
 */
public final class SyncContests implements AutoCloseable {
    private static final int INSTANCES = 8;
    private static final int ACCOUNTS = 6;
    private static final Duration SESSION_MAX = Duration.ofSeconds(60);

    private final int clients;
    private final Runnable remoteTrip;
    private final NaiveSessions naive;
    private final List<Path> files;
    private final SyncParts parts;

    /**
     * @param guarded begins a Rowlock on the database
     * @param naive the same without guards, on the same database
     * @param folder where the instances' files are made
     * @param clients how many clients there will be
     * @param remoteTrip what each question to an instance takes besides, see {@link #trip}; in the form without guards too
     */
    public SyncContests(RowlockBuilder guarded, NaiveSessions naive, Path folder, int clients, Runnable remoteTrip)
            throws CannotStart, IOException, SQLException {
        this.clients = clients;
        this.remoteTrip = remoteTrip;
        this.naive = naive;
        Path instances = Files.createDirectories(folder.resolve("instances"));
        List<Path> made = new ArrayList<>();
        for (int i = 1; i <= INSTANCES; i++) {
            made.add(file(instances.resolve("instance-" + i + ".db")));
        }
        files = List.copyOf(made);
        SyncOptions options = Options.of(
                "rowlock.sync",
                SyncOptions.class,
                Map.of("rowlock.sync.workers", "64", "rowlock.sync.sessions-at-once", Integer.toString(clients + 1)));
        parts = new SyncParts(
                guarded.order(SyncTables.ORDER.toArray(Table<?, ?>[]::new)).build(),
                options,
                folder,
                SyncListener.NONE,
                Map.of(),
                this::far);
    }

    /** Waits so long, as for an answer over a network. */
    public static Runnable trip(Duration length) {
        return () -> {
            long end = System.nanoTime() + length.toNanos();
            for (long left = length.toNanos(); left > 0; left = end - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
        };
    }

    /** The service asks one question for all accounts; it is to take as long as those that the other form asks. */
    private RemoteSource far(RemoteSource near) {
        return (instance, stop) -> {
            for (int i = 0; i <= ACCOUNTS; i++) {
                remoteTrip.run();
            }
            return near.read(instance, stop);
        };
    }

    private static Path file(Path path) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + path);
                Statement statement = connection.createStatement()) {
            for (int i = 1; i <= ACCOUNTS; i++) {
                statement.execute("CREATE TABLE IF NOT EXISTS table_" + i
                        + " (id INTEGER PRIMARY KEY, name TEXT, cents INTEGER)");
            }
        }
        return path;
    }

    /** All of them. */
    public List<Contest> all() {
        List<List<UUID>> mine =
                IntStream.range(0, clients).mapToObj(this::instances).toList();
        return List.of(new Contest(
                "sync " + INSTANCES + " instances of " + ACCOUNTS + " accounts each",
                List.of(
                        new Form(
                                "naive",
                                client -> naive.sync("client-" + client, files) == INSTANCES * ACCOUNTS,
                                () -> missing(naive::stored)),
                        new Form("guarded", client -> session(mine.get(client)), () -> missingGuarded(mine)))));
    }

    private List<UUID> instances(int client) {
        return files.stream()
                .map(file -> parts.instances
                        .register(
                                "client-" + client + "/" + file.getFileName(),
                                new RemoteInstance("jdbc:sqlite:" + file.getFileName(), null, null))
                        .fold(InstanceRow::id, refusal -> {
                            throw new IllegalStateException("Refused: " + refusal);
                        }))
                .toList();
    }

    private boolean session(List<UUID> instances) throws InterruptedException {
        SyncService.Begun begun = parts.service
                .sync(Optional.empty(), SyncType.MANUAL_BATCH, "compare", instances)
                .fold(done -> done, refusal -> {
                    throw new IllegalStateException("Refused: " + refusal);
                });
        begun.await(SESSION_MAX);
        SessionStatus status =
                parts.queries.session(begun.sessionId()).orElseThrow().session().sessionStatus();
        if (status != SessionStatus.COMPLETED) {
            throw new IllegalStateException("Not synced (session=" + begun.sessionId() + ", status=" + status + ")");
        }
        return true;
    }

    /** Accounts of clients that ever came to an end, which are not there. */
    private long missing(ToLongFunction<String> stored) {
        return IntStream.range(0, clients)
                .mapToLong(client -> stored.applyAsLong("client-" + client))
                .filter(there -> there != 0)
                .map(there -> (long) INSTANCES * ACCOUNTS - there)
                .sum();
    }

    private long missingGuarded(List<List<UUID>> mine) {
        return mine.stream()
                .flatMap(List::stream)
                .mapToLong(instance -> parts.queries
                        .accounts(instance, false, ACCOUNTS + 1)
                        .orElseThrow()
                        .size())
                .filter(there -> there != 0)
                .map(there -> ACCOUNTS - there)
                .sum();
    }

    @Override
    public void close() {
        parts.close();
    }
}
