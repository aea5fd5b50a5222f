package io.rowlock.app.sync;

import io.rowlock.Key;
import io.rowlock.Row;
import io.rowlock.Rowlock;
import io.rowlock.Unit;
import io.rowlock.app.sql.Sql;
import io.rowlock.app.sync.SyncTables.InstanceRow;
import io.rowlock.app.sync.remote.RemoteInstance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A few SQLite files to sync, made in the folder that instances are looked for in. Their ids are fixed, so that examples can name them. */
final class SyncSamples {
    static final UUID SHOP = id(2001);

    /** The name of the server that was started for the service, and of its password. */
    static final String OWN_SERVER = "own-server";

    private static final Logger LOG = LoggerFactory.getLogger(SyncSamples.class);
    private static final Unit LOAD = Unit.named("sync-samples");
    private static final Key ONCE = Key.of("sync-samples");

    /** Tables by the names of the files. */
    private static final Map<String, List<String>> FILES = new LinkedHashMap<>(Map.of(
            "shop",
            List.of(
                    "CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT)",
                    "CREATE TABLE purchase (id INTEGER PRIMARY KEY, customer_id INTEGER, total_cents INTEGER)",
                    "CREATE VIEW best_customer AS SELECT customer_id, SUM(total_cents) AS cents FROM purchase GROUP BY customer_id"),
            "warehouse",
            List.of(
                    "CREATE TABLE item (sku TEXT PRIMARY KEY, pieces INTEGER)",
                    "CREATE TABLE movement (id INTEGER PRIMARY KEY, sku TEXT, pieces INTEGER)"),
            "archive",
            List.of("CREATE TABLE invoice_2024 (id INTEGER PRIMARY KEY, cents INTEGER)")));

    private final Rowlock rowlock;
    private final Path folder;

    /** @param folder the first of those in which files may be read */
    SyncSamples(Rowlock rowlock, Path folder) {
        this.rowlock = rowlock;
        this.folder = folder;
    }

    /** Makes the files, and takes them in where there are no instances. Safe to call from several nodes at once. */
    void loadIfEmpty() {
        boolean empty = rowlock.read(
                LOAD,
                tx -> Sql.query(tx, row -> true, "SELECT 1 FROM instances LIMIT 1")
                        .isEmpty());
        if (!empty) {
            return;
        }
        try {
            Files.createDirectories(folder);
            for (Map.Entry<String, List<String>> file : FILES.entrySet()) {
                make(folder.resolve(file.getKey() + ".db"), file.getValue());
            }
        } catch (IOException | SQLException cannot) {
            LOG.warn("No sample instances are made (folder={})", folder, cannot);
            return;
        }
        rowlock.transact(LOAD, tx -> {
            tx.guard(ONCE);
            if (Sql.query(tx, row -> true, "SELECT 1 FROM instances LIMIT 1").isEmpty()) {
                int number = 2001;
                for (String name : List.of("shop", "warehouse", "archive")) {
                    var unused = Instances.register(
                            tx, id(number++), name, new RemoteInstance("jdbc:sqlite:" + name + ".db", null, null));
                }
            }
            return true;
        });
    }

    /** The server that was started for the service is an instance too. It may be at another port after each start. */
    void takeIn(String url, @Nullable String user) {
        RemoteInstance remote = new RemoteInstance(url, user, OWN_SERVER);
        rowlock.transact(LOAD, tx -> {
            Optional<Row<InstanceRow>> there = tx.read(SyncTables.INSTANCES_BY_NAME, OWN_SERVER);
            if (there.isEmpty()) {
                return Instances.register(tx, tx.newId(OWN_SERVER), OWN_SERVER, remote);
            }
            InstanceRow row = there.get().value();
            return OWN_SERVER.equals(row.credential()) && !row.remote().equals(remote)
                    ? tx.update(there.get(), instance -> instance.at(remote, tx.now()))
                            .value()
                    : row;
        });
    }

    /** A file that is there is left as it is. */
    private static void make(Path file, List<String> tables) throws IOException, SQLException {
        if (Files.exists(file)) {
            return;
        }
        Path beside = Files.createTempFile(file.getParent(), ".sample-", ".db");
        try {
            try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + beside);
                    Statement statement = connection.createStatement()) {
                for (String sql : tables) {
                    statement.execute(sql);
                }
            }
            // Whole or not at all, whoever else makes it at the same time.
            Files.move(beside, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(beside);
        }
    }

    /** Lines to try: a session of the samples if they are there, else what makes the first instance. */
    List<String> commands(String url) {
        boolean there = rowlock.read(tx -> tx.peek(SyncTables.INSTANCES, SHOP).isPresent());
        if (!there) {
            return List.of("curl -s " + url + "/sync_sessions/api/statistics");
        }
        return List.of(
                "curl -s -X POST " + url + "/account-sync-optimized/sync-all",
                "curl -s " + url + "/api/sync/instances/" + SHOP + "/accounts");
    }

    private static UUID id(int number) {
        return UUID.fromString("00000000-0000-4000-8000-%012d".formatted(number));
    }
}
