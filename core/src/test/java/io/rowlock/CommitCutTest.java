package io.rowlock;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.OtherProcess.Count;
import io.rowlock.OtherProcess.Halt;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.engines.Eventually;
import io.rowlock.engines.TcpProxy;
import io.rowlock.engines.When;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/**
 * The connection breaks around the commit. Whoever is told that a unit succeeded finds it stored; nothing is applied twice;
 * whoever is told that the outcome is unknown finds all of it or nothing; whoever is told anything else finds nothing.
 */
class CommitCutTest {
    /** For each of four shapes: well over a hundred cuts on either side of the commit, per engine. */
    private static final int TIMES = 30;
    /** Cuts at random moments, of which only some meet the commit. */
    private static final int TIMES_ANY_MOMENT = 30;

    private static final int KILLS = 4;

    /** The units of which the last request is cut: each adds one to row 1, and all but the first also to row 2. */
    private enum Shape {
        SINGLE_STATEMENT,
        ONE_MESSAGE,
        WITH_A_LOCK,
        WITH_A_SAVEPOINT;

        void stage(Tx tx) {
            switch (this) {
                case SINGLE_STATEMENT -> addOne(tx, 1);
                case ONE_MESSAGE -> {
                    addOne(tx, 1);
                    addOne(tx, 2);
                }
                case WITH_A_LOCK -> {
                    Row<Count> unused =
                            tx.update(tx.lock(OtherProcess.COUNTS, 1L).orElseThrow(), Count::plusOne);
                    addOne(tx, 2);
                }
                case WITH_A_SAVEPOINT -> {
                    tx.savepoint(inner -> {
                        addOne(inner, 2);
                        return null;
                    });
                    addOne(tx, 1);
                }
            }
        }
    }

    private static void addOne(Tx tx, long id) {
        Row<Count> unused = tx.update(tx.read(OtherProcess.COUNTS, id).orElseThrow(), Count::plusOne);
    }

    /** What the caller was told. */
    private enum Told {
        SUCCESS,
        UNKNOWN,
        FAILURE
    }

    private record State(long one, long two) {}

    // ---- cut by a proxy

    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void aCommitCutBeforeItArrivesIsNeverASuccess(Database database) throws Exception {
        try (Scene scene = new Scene(database)) {
            for (Shape shape : Shape.values()) {
                for (int i = 0; i < TIMES; i++) {
                    scene.prepare(shape);
                    State before = scene.settled();
                    Told told = scene.run(shape, () -> scene.cutNextRequest(When.BEFORE));
                    assertThat(told).as("%s", shape).isEqualTo(Told.UNKNOWN);
                    assertThat(scene.settled()).as("%s", shape).isEqualTo(before);
                }
            }
        }
    }

    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void aCommitCutAfterItArrivedIsNeverAppliedTwice(Database database) throws Exception {
        try (Scene scene = new Scene(database)) {
            for (Shape shape : Shape.values()) {
                for (int i = 0; i < TIMES; i++) {
                    scene.prepare(shape);
                    State before = scene.settled();
                    Told told = scene.run(shape, () -> scene.cutNextRequest(When.AFTER));
                    assertThat(told).as("%s", shape).isEqualTo(Told.UNKNOWN);
                    assertThat(scene.settled()).as("%s", shape).isEqualTo(after(shape, before));
                }
            }
        }
    }

    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void aCutBeforeAnythingWasSentStoresNothing(Database database) throws Exception {
        try (Scene scene = new Scene(database)) {
            for (Shape shape : Shape.values()) {
                scene.prepare(shape);
                State before = scene.settled();
                scene.cutFirstRequest();
                Told told = scene.run(shape, () -> {});
                assertThat(told).as("%s", shape).isEqualTo(Told.FAILURE);
                assertThat(scene.settled()).as("%s", shape).isEqualTo(before);
            }
        }
    }

    /** At any moment: in a read, at the lock, on the way to the server, in its commit, on the way back. */
    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void aCutAtAnyMomentLeavesAllOrNothing(Database database) throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Map<Told, Integer> counts = new EnumMap<>(Told.class);
        ExecutorService cutter = Executors.newSingleThreadExecutor();
        try (Scene scene = new Scene(database)) {
            for (Shape shape : Shape.values()) {
                for (int i = 0; i < TIMES_ANY_MOMENT; i++) {
                    State before = scene.settled();
                    long delay = random.nextLong(TimeUnit.MILLISECONDS.toNanos(3));
                    Future<?> cut = cutter.submit(() -> {
                        TimeUnit.NANOSECONDS.sleep(delay);
                        scene.proxy.cutAll();
                        return null;
                    });
                    Told told = scene.run(shape, () -> {});
                    cut.get();
                    counts.merge(told, 1, Integer::sum);
                    State stored = scene.settled();
                    State done = after(shape, before);
                    String how = "%s told=%s seed=%d".formatted(shape, told, seed);
                    switch (told) {
                        case SUCCESS -> assertThat(stored).as(how).isEqualTo(done);
                        case FAILURE -> assertThat(stored).as(how).isEqualTo(before);
                        case UNKNOWN -> assertThat(stored).as(how).isIn(before, done);
                    }
                }
            }
        } finally {
            cutter.shutdownNow();
        }
        System.out.printf("%s cuts at any moment: %s%n", database.engine(), counts);
    }

    private static State after(Shape shape, State before) {
        return new State(before.one + 1, before.two + (shape == Shape.SINGLE_STATEMENT ? 0 : 1));
    }

    /** A database behind a proxy, and a view of it from beside the proxy. */
    private static final class Scene implements AutoCloseable {
        private final Database database;
        private final TcpProxy proxy;
        private final Rowlock rowlock;
        private final Connection beside;
        private final long othersBefore;

        Scene(Database database) throws SQLException {
            this.database = database;
            database.execute(OtherProcess.DDL.toArray(String[]::new));
            this.proxy = database.newProxy();
            DataSource through = database.newDataSourceThrough(proxy);
            this.rowlock = Rowlock.on(through).build();
            this.beside = database.connect();
            this.othersBefore = others();
        }

        /** A connection on which the shape's statements are prepared, so that the next request is the commit. */
        void prepare(Shape shape) {
            assertThat(run(shape, () -> {})).isEqualTo(Told.SUCCESS);
        }

        Told run(Shape shape, Runnable atTheEnd) {
            try {
                rowlock.transact(tx -> {
                    shape.stage(tx);
                    atTheEnd.run();
                    return null;
                });
                return Told.SUCCESS;
            } catch (CommitOutcomeUnknown unknown) {
                return Told.UNKNOWN;
            } catch (DatabaseFailure failure) {
                return Told.FAILURE;
            }
        }

        void cutNextRequest(When when) {
            proxy.mostRecentSender().orElseThrow().cutNextRequest(when);
        }

        void cutFirstRequest() {
            proxy.cutNextRequest(When.BEFORE);
        }

        /** What is stored when the server has noticed that its client is gone. */
        State settled() {
            Eventually.eventually(() ->
                    assertThat(others() - othersBefore).isEqualTo(proxy.links().size()));
            return new State(
                    number("SELECT amount FROM counts WHERE id = 1"), number("SELECT amount FROM counts WHERE id = 2"));
        }

        private long others() {
            return number(
                    database.engine() == Engine.POSTGRESQL
                            ? "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database()"
                            : "SELECT COUNT(*) FROM information_schema.processlist WHERE db = DATABASE()");
        }

        private long number(String sql) {
            try (Statement statement = beside.createStatement();
                    ResultSet row = statement.executeQuery(sql)) {
                assertThat(row.next()).isTrue();
                return row.getLong(1);
            } catch (SQLException failed) {
                throw new AssertionError(failed);
            }
        }

        @Override
        public void close() throws SQLException {
            beside.close();
        }
    }

    // ---- killed in the middle, on SQLite

    @Databases(Engine.SQLITE)
    void aProcessThatEndsBeforeItsCommitHasStoredNothing(Database database) throws Exception {
        for (int kill = 1; kill <= KILLS; kill++) {
            int told = countUntilItEnds(database, Halt.BEFORE_COMMIT, kill);
            assertThat(told).isEqualTo(kill - 1);
            assertThat(stored(database)).isEqualTo(new State(kill - 1, kill - 1));
        }
    }

    @Databases(Engine.SQLITE)
    void aProcessThatEndsAfterItsCommitHasStoredAll(Database database) throws Exception {
        for (int kill = 1; kill <= KILLS; kill++) {
            int told = countUntilItEnds(database, Halt.AFTER_COMMIT, kill);
            assertThat(told).isEqualTo(kill - 1);
            assertThat(stored(database)).isEqualTo(new State(kill, kill));
        }
    }

    private static int countUntilItEnds(Database database, Halt halt, int at) throws InterruptedException {
        database.execute(OtherProcess.DDL.toArray(String[]::new));
        try (OtherProcess other = OtherProcess.start(database.url(), 1, 1_000, halt, at)) {
            int told = other.awaitTold(Integer.MAX_VALUE);
            assertThat(other.awaitEnd()).isEqualTo(7);
            return told;
        }
    }

    @Databases(Engine.SQLITE)
    void aProcessKilledAtAnyMomentHasStoredWhatItTold(Database database) throws Exception {
        for (int kill = 0; kill < 2 * KILLS; kill++) {
            database.execute(OtherProcess.DDL.toArray(String[]::new));
            try (OtherProcess other = OtherProcess.start(database.url(), 1, Integer.MAX_VALUE, Halt.NEVER, 0)) {
                int told = other.awaitTold(5 + 3 * kill);
                other.kill();
                told += other.awaitTold(Integer.MAX_VALUE);
                assertThat(other.awaitEnd()).isNotZero();
                State stored = stored(database);
                assertThat(stored.one).isEqualTo(stored.two);
                assertThat(stored.one).isBetween((long) told, told + 1L);
            }
        }
    }

    private static State stored(Database database) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT amount FROM counts ORDER BY id")) {
            assertThat(rows.next()).isTrue();
            long one = rows.getLong(1);
            assertThat(rows.next()).isTrue();
            return new State(one, rows.getLong(1));
        }
    }
}
