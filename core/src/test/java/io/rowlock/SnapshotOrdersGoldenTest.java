package io.rowlock;

import static io.rowlock.dialect.Engine.MARIADB;
import static io.rowlock.dialect.Engine.POSTGRESQL;
import static io.rowlock.dialect.Engine.SQLITE;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.dialect.Engine;
import io.rowlock.dialect.Isolation;
import io.rowlock.dialect.SqlFailure;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.engines.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.sqlite.BusyHandler;

/**
 * A request comes twice, and both mean to grant once: lock the credit, see whether access was granted, grant. Seven orders in
 * which the two can meet, on every isolation level of each engine. By plain JDBC some of them grant twice; through Rowlock
 * none does.
 *
 * <p>What is measured is the table of {@code docs/concepts/isolation.md}; {@code -Drowlock.golden.write=true} writes it.
 */
class SnapshotOrdersGoldenTest {

    /** What the second request does, and where the first comes in between. */
    private enum Order {
        A("begin; (first runs and commits); lock the credit; look", false, false, false, false, false),
        B("begin; lock the credit and wait for the first; look", false, false, true, false, false),
        C("look at any row; lock the credit and wait for the first; look", true, false, true, false, false),
        D("look at any row; (first runs and commits); lock the credit; look", true, false, false, false, false),
        E("begin with a snapshot; (first runs and commits); lock the credit; look", false, true, false, false, false),
        F("as C, with a look that locks", true, false, true, true, false),
        G("as C, but lock the row that is looked at", true, false, true, false, true);

        private final String words;
        private final boolean looksFirst;
        private final boolean snapshotFirst;
        private final boolean waits;
        private final boolean looksLocking;
        private final boolean locksAccess;

        Order(
                String words,
                boolean looksFirst,
                boolean snapshotFirst,
                boolean waits,
                boolean looksLocking,
                boolean locksAccess) {
            this.words = words;
            this.looksFirst = looksFirst;
            this.snapshotFirst = snapshotFirst;
            this.waits = waits;
            this.looksLocking = looksLocking;
            this.locksAccess = locksAccess;
        }
    }

    /** One way to begin a transaction. */
    private record Level(String title, Isolation isolation, boolean snapshotIsolation, String begin) {
        static Level of(Isolation isolation) {
            return new Level(isolation.sql(), isolation, false, "");
        }
    }

    private static List<Level> levels(Engine engine) {
        return switch (engine) {
            case POSTGRESQL -> Arrays.stream(Isolation.values()).map(Level::of).toList();
            case SQLITE ->
                List.of(
                        new Level("BEGIN DEFERRED", Isolation.READ_COMMITTED, false, "BEGIN"),
                        new Level("BEGIN IMMEDIATE", Isolation.READ_COMMITTED, false, "BEGIN IMMEDIATE"));
            default ->
                List.of(
                        Level.of(Isolation.READ_COMMITTED),
                        Level.of(Isolation.REPEATABLE_READ),
                        new Level("REPEATABLE READ, innodb_snapshot_isolation", Isolation.REPEATABLE_READ, true, ""),
                        Level.of(Isolation.SERIALIZABLE));
        };
    }

    /** What research measured, and what it left open; a letter for each order from A to G. */
    private static final Map<Engine, Map<String, List<String>>> EXPECTED = Map.of(
            POSTGRESQL,
                    Map.of(
                            "READ COMMITTED", List.of("once", "once", "once", "once", "–", "once", "once"),
                            "REPEATABLE READ", List.of("once", "40001", "40001", "40001", "–", "40001", "40001"),
                            "SERIALIZABLE", List.of("once", "40001", "40001", "40001", "–", "40001", "40001")),
            MARIADB,
                    Map.of(
                            "READ COMMITTED", List.of("once", "once", "once", "once", "once", "once", "once"),
                            "REPEATABLE READ",
                                    List.of("once", "once", "**twice**", "**twice**", "**twice**", "once", "**twice**"),
                            "REPEATABLE READ, innodb_snapshot_isolation",
                                    List.of("once", "once", "1020", "1020", "1020", "1020", "1020"),
                            "SERIALIZABLE", List.of("once", "once", "once", "once", "once", "once", "once")),
            SQLITE,
                    Map.of(
                            "BEGIN DEFERRED", List.of("once", "once", "BUSY", "BUSY_SNAPSHOT", "–", "BUSY", "BUSY"),
                            "BEGIN IMMEDIATE",
                                    List.of(
                                            "once (first waits)",
                                            "once (first waits)",
                                            "once (first waits)",
                                            "once (first waits)",
                                            "–",
                                            "once (first waits)",
                                            "once (first waits)")));

    private final ExecutorService firsts = Executors.newCachedThreadPool();

    @BeforeEach
    void tables(Database database) throws Exception {
        database.execute(
                "DROP TABLE IF EXISTS access",
                "DROP TABLE IF EXISTS credit",
                "DROP TABLE IF EXISTS other",
                "DROP TABLE IF EXISTS ledger",
                "CREATE TABLE access (id BIGINT PRIMARY KEY, status INT NOT NULL, version BIGINT DEFAULT 1 NOT NULL)",
                "CREATE TABLE credit (id BIGINT PRIMARY KEY, balance INT NOT NULL, version BIGINT DEFAULT 1 NOT NULL)",
                "CREATE TABLE other (id BIGINT PRIMARY KEY, n INT NOT NULL, version BIGINT DEFAULT 1 NOT NULL)",
                "CREATE TABLE ledger (id VARCHAR(36) PRIMARY KEY, version BIGINT DEFAULT 1 NOT NULL)",
                "INSERT INTO access (id, status) VALUES (1, 1)",
                "INSERT INTO credit (id, balance) VALUES (1, 0)",
                "INSERT INTO other (id, n) VALUES (1, 0)");
        RowlockTables.createMissing(database.dataSource());
    }

    private void again(Database database) {
        database.execute(
                "UPDATE access SET status = 1, version = 1",
                "UPDATE credit SET balance = 0, version = 1",
                "DELETE FROM ledger");
    }

    @Databases
    void plainJdbcGrantsTwiceWhereASnapshotIsOlderThanTheLock(Database database) throws Exception {
        Map<String, List<String>> measured = new LinkedHashMap<>();
        for (Level level : levels(database.engine())) {
            List<String> outcomes = new ArrayList<>();
            for (Order order : Order.values()) {
                again(database);
                outcomes.add(order == Order.E && database.engine() != MARIADB ? "–" : raw(database, level, order));
            }
            measured.put(level.title(), outcomes);
        }
        assertThat(measured).isEqualTo(EXPECTED.get(database.engine()));
        compareWithDocumentation(database.engine(), measured);
    }

    // ---- plain JDBC

    private String raw(Database database, Level level, Order order) throws Exception {
        try (Client first = new Client(database, level, order);
                Client second = new Client(database, level, order)) {
            String begun = begin(first, second, order);
            if (begun.isEmpty()) {
                begun = outcome(database, first, second);
            }
            return begun;
        }
    }

    /** Plays the order; whoever cannot go on is waited for where the order says so. */
    private String begin(Client first, Client second, Order order) throws Exception {
        second.begin();
        if (order.looksFirst) {
            second.lookAtOther();
        }
        Future<?> running;
        if (order.waits) {
            running = firsts.submit(first.doing(first::beginAndLock));
            awaitEndUnlessFileIsLocked(running, first);
            Future<?> locking = firsts.submit(second.doing(second::lock));
            awaitEndOrBlock(locking, second);
            if (running.isDone()) {
                running = firsts.submit(first.doing(first::decideAndCommit));
                awaitEndOrBlock(running, first);
            } else {
                // The second has what the first needs: it ends before the first goes on.
                locking.get(20, TimeUnit.SECONDS);
                second.attempt(second::decideAndCommit);
                running.get(20, TimeUnit.SECONDS);
                first.attempt(first::decideAndCommit);
                return "";
            }
            locking.get(20, TimeUnit.SECONDS);
        } else {
            running = firsts.submit(first.doing(() -> {
                first.beginAndLock();
                first.decideAndCommit();
            }));
            awaitEndUnlessFileIsLocked(running, first);
            second.attempt(second::lock);
        }
        second.attempt(second::decideAndCommit);
        running.get(20, TimeUnit.SECONDS);
        return "";
    }

    /** Where rows are locked nothing is in the first one's way here, whatever waits elsewhere for a moment. */
    private static void awaitEndUnlessFileIsLocked(Future<?> running, Client client) {
        boolean oneFile = client.database.engine() == SQLITE;
        Eventually.until(
                "the first has ended or waits",
                Eventually.DEADLINE,
                () -> running.isDone() || (oneFile && client.waits()));
    }

    private static void awaitEndOrBlock(Future<?> running, Client client) {
        Eventually.until("the step has ended or waits", Eventually.DEADLINE, () -> running.isDone() || client.waits());
    }

    private static String outcome(Database database, Client first, Client second) throws SQLException {
        int grants = count(database);
        if (grants == 2) {
            return "**twice**";
        }
        if (second.failure != null) {
            return name(database.engine(), second.failure);
        }
        if (first.failure != null) {
            return "first " + name(database.engine(), first.failure);
        }
        assertThat(grants).isEqualTo(1);
        return first.granted ? "once" : "once (first waits)";
    }

    private static String name(Engine engine, SQLException failure) {
        return switch (engine) {
            case POSTGRESQL -> failure.getSQLState();
            case SQLITE -> SqlFailure.of(engine, failure).kind().name();
            default -> Integer.toString(failure.getErrorCode());
        };
    }

    private static int count(Database database) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM ledger")) {
            row.next();
            return row.getInt(1);
        }
    }

    @FunctionalInterface
    private interface Step {
        void run() throws SQLException;
    }

    /** One of the two requests, by hand. */
    private static final class Client implements AutoCloseable {
        private final Database database;
        private final Level level;
        private final Order order;
        private final Connection connection;
        private final AtomicBoolean askedToWait = new AtomicBoolean();
        private volatile boolean granted;
        private volatile @Nullable SQLException failure;

        Client(Database database, Level level, Order order) throws SQLException {
            this.database = database;
            this.level = level;
            this.order = order;
            this.connection = DriverManager.getConnection(database.url(), database.properties());
            switch (database.engine()) {
                case SQLITE ->
                    BusyHandler.setHandler(connection, new BusyHandler() {
                        @Override
                        protected int callback(int invocations) {
                            askedToWait.set(true);
                            LockSupport.parkNanos(1_000_000);
                            return invocations < 20_000 ? 1 : 0;
                        }
                    });
                case POSTGRESQL ->
                    connection.setTransactionIsolation(level.isolation().jdbc());
                default -> {
                    connection.setTransactionIsolation(level.isolation().jdbc());
                    execute("SET SESSION innodb_snapshot_isolation = " + (level.snapshotIsolation() ? "ON" : "OFF"));
                }
            }
        }

        private void execute(String sql) throws SQLException {
            try (Statement statement = connection.createStatement()) {
                statement.execute(sql);
            }
        }

        private int ask(String sql) throws SQLException {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(sql)) {
                row.next();
                return row.getInt(1);
            }
        }

        void begin() throws SQLException {
            if (order.snapshotFirst) {
                execute("START TRANSACTION WITH CONSISTENT SNAPSHOT");
            } else {
                execute(level.begin().isEmpty() ? "BEGIN" : level.begin());
            }
        }

        void lookAtOther() throws SQLException {
            ask("SELECT n FROM other WHERE id = 1");
        }

        /** The first request is as its author meant it: no look before the lock. */
        void beginAndLock() throws SQLException {
            execute(level.begin().isEmpty() ? "BEGIN" : level.begin());
            lock();
        }

        void lock() throws SQLException {
            String table = order.locksAccess ? "access" : "credit";
            if (database.engine() == SQLITE) {
                execute("UPDATE " + table + " SET version = version WHERE id = 1");
            } else {
                ask("SELECT version FROM " + table + " WHERE id = 1 FOR UPDATE");
            }
        }

        void decideAndCommit() throws SQLException {
            String locking = order.looksLocking && database.engine() != SQLITE ? " FOR UPDATE" : "";
            if (ask("SELECT status FROM access WHERE id = 1" + locking) == 1) {
                execute("UPDATE access SET status = 4 WHERE id = 1");
                execute("UPDATE credit SET balance = balance + 10 WHERE id = 1");
                execute("INSERT INTO ledger (id) VALUES ('" + java.util.UUID.randomUUID() + "')");
                execute("COMMIT");
                granted = true;
            } else {
                execute("COMMIT");
            }
        }

        /** A step after a failed one is not made, as in a program that lets the exception through. */
        void attempt(Step step) {
            if (failure != null) {
                return;
            }
            try {
                step.run();
            } catch (SQLException thrown) {
                failure = thrown;
                try {
                    execute("ROLLBACK");
                } catch (SQLException alreadyOver) {
                    thrown.addSuppressed(alreadyOver);
                }
            }
        }

        Callable<@Nullable Void> doing(Step step) {
            return () -> {
                attempt(step);
                return null;
            };
        }

        boolean waits() {
            return database.engine() == SQLITE ? askedToWait.get() : someoneWaits(database);
        }

        @Override
        public void close() throws SQLException {
            connection.close();
        }
    }

    /** Whether a statement waits for a lock in this database. */
    private static boolean someoneWaits(Database database) {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            if (database.engine() == POSTGRESQL) {
                try (ResultSet row = statement.executeQuery("SELECT count(*) FROM pg_stat_activity"
                        + " WHERE datname = current_database() AND wait_event_type = 'Lock'")) {
                    return row.next() && row.getInt(1) > 0;
                }
            }
            try (ResultSet row = statement.executeQuery("SHOW ENGINE INNODB STATUS")) {
                return row.next()
                        && row.getString(3)
                                .lines()
                                .anyMatch(
                                        line -> line.contains("`" + database.name() + "`") && line.endsWith("waiting"));
            }
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    // ---- through Rowlock

    record Access(long id, int status, long version) {}

    record Credit(long id, int balance, long version) {}

    record Other(long id, int n, long version) {}

    record Grant(String id, long version) {}

    private static final Table<Access, Long> ACCESS =
            Table.of("access", Access.class).key("id", Long.class).build();
    private static final Table<Credit, Long> CREDIT =
            Table.of("credit", Credit.class).key("id", Long.class).build();
    private static final Table<Other, Long> OTHER =
            Table.of("other", Other.class).key("id", Long.class).build();
    private static final Table<Grant, String> LEDGER =
            Table.of("ledger", Grant.class).key("id", String.class).build();

    /** How the program means to protect itself. */
    private enum Protection {
        READ,
        LOCK,
        GUARD
    }

    @Databases
    void throughRowlockNoOrderGrantsTwice(Database database) throws Exception {
        List<String> wrong = new ArrayList<>();
        for (Level level : levels(database.engine())) {
            DataSource pool = database.dataSource(config -> {
                if (database.engine() == MARIADB) {
                    config.setConnectionInitSql(
                            "SET SESSION innodb_snapshot_isolation = " + (level.snapshotIsolation() ? "ON" : "OFF"));
                }
                return config;
            });
            for (boolean strict : new boolean[] {false, true}) {
                Rowlock rowlock =
                        Rowlock.on(pool).order(CREDIT, ACCESS).strict(strict).build();
                for (Order order : Order.values()) {
                    for (Protection protection : Protection.values()) {
                        again(database);
                        String problem = new Meeting(database, rowlock, level, order, protection, strict).run(firsts);
                        if (!problem.isEmpty()) {
                            wrong.add(level.title() + " " + order + " " + protection + (strict ? " strict: " : ": ")
                                    + problem);
                        }
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    /** The second request runs here, the first on a thread of its own, brought in between where the order says. */
    private record Meeting(
            Database database, Rowlock rowlock, Level level, Order order, Protection protection, boolean strict) {

        String run(ExecutorService firsts) throws Exception {
            AtomicReference<@Nullable Thread> thread = new AtomicReference<>();
            CountDownLatch firstHolds = new CountDownLatch(1);
            CountDownLatch mayGoOn = new CountDownLatch(1);
            Callable<Boolean> first = () -> {
                thread.set(Thread.currentThread());
                return request(null, () -> {
                    firstHolds.countDown();
                    if (order.waits) {
                        await(mayGoOn);
                    }
                });
            };
            List<Future<Boolean>> started = new ArrayList<>();
            AtomicBoolean locked = new AtomicBoolean();
            List<Future<?>> helpers = new ArrayList<>();
            boolean granted;
            String refused = "";
            try {
                granted = request(
                        () -> {
                            Future<Boolean> running = firsts.submit(first);
                            started.add(running);
                            until(() -> running.isDone()
                                    || (order.waits && firstHolds.getCount() == 0)
                                    || isStuck(thread.get()));
                            helpers.add(firsts.submit(() -> {
                                until(() -> locked.get() || isStuck(null));
                                mayGoOn.countDown();
                            }));
                        },
                        () -> {
                            locked.set(true);
                            if (!started.isEmpty()) {
                                Future<Boolean> running = started.get(0);
                                until(() -> running.isDone() || isStuck(thread.get()));
                            }
                        });
            } catch (IllegalStateException risk) {
                granted = false;
                refused = String.valueOf(risk.getMessage());
            } finally {
                locked.set(true);
                mayGoOn.countDown();
            }
            boolean firstGranted = false;
            try {
                firstGranted = started.get(0).get(30, TimeUnit.SECONDS);
            } catch (ExecutionException failed) {
                if (!(failed.getCause() instanceof IllegalStateException risk)) {
                    throw failed;
                }
                refused = String.valueOf(risk.getMessage());
            }
            for (Future<?> helper : helpers) {
                helper.get(30, TimeUnit.SECONDS);
            }
            return verdict(granted, firstGranted, refused);
        }

        private String verdict(boolean granted, boolean firstGranted, String refused) throws SQLException {
            int grants = count(database);
            boolean known = (granted ? 1 : 0) + (firstGranted ? 1 : 0) == grants;
            boolean mayRefuse = strict && refused.startsWith("Lock after the snapshot");
            int least = mayRefuse ? 0 : 1;
            if (grants > 1 || grants < least || !known || (!refused.isEmpty() && !mayRefuse)) {
                return "grants=" + grants + ", second=" + granted + ", first=" + firstGranted + ", refused=" + refused;
            }
            return "";
        }

        /** What both requests do; the choreography takes place in the first attempt only. */
        private boolean request(@Nullable Runnable beforeLock, Runnable afterLock) {
            Unit unit = Unit.named(order.name()).withIsolation(level.isolation());
            return rowlock.<Boolean, RuntimeException>transact(unit, tx -> {
                boolean second = beforeLock != null;
                if (second && order.looksFirst) {
                    assertThat(tx.peek(OTHER, 1L)).isPresent();
                }
                if (second && order.snapshotFirst) {
                    plainLook(tx.connection());
                }
                if (beforeLock != null && tx.attempt() == 1) {
                    beforeLock.run();
                }
                protect(tx);
                if (tx.attempt() == 1) {
                    afterLock.run();
                }
                Row<Access> access = (order.looksLocking ? tx.lock(ACCESS, 1L) : tx.read(ACCESS, 1L)).orElseThrow();
                if (access.value().status() != 1) {
                    return false;
                }
                Row<Credit> credit = tx.read(CREDIT, 1L).orElseThrow();
                tx.update(access, a -> new Access(a.id(), 4, a.version()));
                tx.update(credit, c -> new Credit(c.id(), c.balance() + 10, c.version()));
                tx.insert(LEDGER, new Grant(java.util.UUID.randomUUID().toString(), 0));
                return true;
            });
        }

        private void protect(Tx tx) {
            switch (protection) {
                case READ ->
                    assertThat((order.locksAccess ? tx.read(ACCESS, 1L) : tx.read(CREDIT, 1L)).isPresent())
                            .isTrue();
                case LOCK ->
                    assertThat((order.locksAccess ? tx.lock(ACCESS, 1L) : tx.lock(CREDIT, 1L)).isPresent())
                            .isTrue();
                case GUARD -> tx.guard(Key.of("grant", 1));
            }
        }

        private static void plainLook(Connection connection) {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT n FROM other WHERE id = 1")) {
                row.next();
            } catch (SQLException failed) {
                throw new IllegalStateException(failed);
            }
        }

        /** Waits for a lock in the database, or stands in a queue of this JVM. */
        private boolean isStuck(@Nullable Thread thread) {
            boolean queued = thread != null
                    && Arrays.stream(thread.getStackTrace())
                            .anyMatch(frame -> frame.getClassName().endsWith(".SqliteQueue")
                                    || frame.getClassName().endsWith(".Contention"));
            return queued || (database.engine() != SQLITE && someoneWaits(database));
        }

        private static void until(java.util.function.BooleanSupplier condition) {
            Eventually.until("the other goes on or waits", Eventually.DEADLINE, condition);
        }

        private static void await(CountDownLatch latch) {
            try {
                assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new AssertionError(interrupted);
            }
        }
    }

    // ---- the documentation

    private static void compareWithDocumentation(Engine engine, Map<String, List<String>> measured) throws IOException {
        Path page = Path.of("..", "docs", "concepts", "isolation.md");
        String section = section(measured);
        String begin = "<!-- measured on " + engine.title() + " -->\n";
        String end = "<!-- end of " + engine.title() + " -->";
        String text = Files.readString(page);
        int from = text.indexOf(begin) + begin.length();
        int to = text.indexOf(end);
        assertThat(to).as("marks of " + engine + " in " + page).isGreaterThanOrEqualTo(from);
        if (Boolean.getBoolean("rowlock.golden.write")) {
            Files.writeString(page, text.substring(0, from) + section + text.substring(to));
        } else {
            assertThat(text.substring(from, to))
                    .as("run with -Drowlock.golden.write=true if the engine has changed its mind")
                    .isEqualTo(section);
        }
    }

    private static String section(Map<String, List<String>> measured) {
        StringBuilder table = new StringBuilder("\n| | The second request |");
        measured.keySet().forEach(level -> table.append(' ').append(level).append(" |"));
        table.append("\n|---|---|").append("---|".repeat(measured.size())).append('\n');
        int number = 0;
        for (Order order : Order.values()) {
            int row = number++;
            table.append(measured.values().stream()
                    .map(outcomes -> outcomes.get(row))
                    .collect(Collectors.joining(" | ", "| " + order + " | " + order.words + " | ", " |\n")));
        }
        return table.append('\n').toString();
    }
}
