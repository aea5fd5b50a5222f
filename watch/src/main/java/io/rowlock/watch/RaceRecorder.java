package io.rowlock.watch;

import io.rowlock.dialect.EngineProfile;
import io.rowlock.watch.jdbc.ObservedDataSource;
import io.rowlock.watch.sql.Schema;
import io.rowlock.watch.sql.StatementAnalyzer;
import io.rowlock.watch.trace.Trace;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what a JDBC program does at its database, without changing what it does.
 *
 * <pre>{@code
 * RaceRecorder recorder = RaceRecorder.create();
 * DataSource recorded = recorder.wrap(dataSource);
 * recorder.unit("checkout", () -> shop.checkout(recorded));
 * Trace trace = recorder.trace();
 * }</pre>
 *
 * <p>A unit is what the program calls one thing: everything that the thread does until the body ends, over as many connections
 * and transactions as it likes. Work of other threads is not the unit's. A unit inside a unit belongs to the outer one.
 *
 * <p><b>Holds when</b> the program works through the wrapped data source, and all that is wrapped leads to one database.
 * <b>Breaks when</b> it goes around; see {@link ObservedDataSource}. Views, triggers and procedures are not seen through; see
 * {@link StatementAnalyzer}. A recorder that is full goes on counting what it drops.
 *
 * <p>Trace and schema are made when they are asked for, on a connection of their own. Safe for use by many threads.
 */
public final class RaceRecorder {

    private final RecorderOptions options;
    private final Recording recording;
    private final AtomicLong units = new AtomicLong();

    @SuppressWarnings("ThreadLocalUsage") // each recorder has units of its own, and they end with their bodies
    private final ThreadLocal<@Nullable RecordedUnit> current = new ThreadLocal<>();

    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable DataSource database;

    private RaceRecorder(RecorderOptions options) {
        this.options = options;
        this.recording = new Recording(options);
    }

    /** A recorder with {@link RecorderOptions#defaults()}. */
    public static RaceRecorder create() {
        return create(RecorderOptions.defaults());
    }

    /** A recorder that keeps what it is told to. */
    public static RaceRecorder create(RecorderOptions options) {
        return new RaceRecorder(options);
    }

    /** What it keeps. */
    public RecorderOptions options() {
        return options;
    }

    /** A data source that does what the given one does, and is recorded. Several may lead to one database, not to several. */
    public DataSource wrap(DataSource dataSource) {
        lock.lock();
        try {
            if (database == null) {
                database = dataSource;
            }
        } finally {
            lock.unlock();
        }
        return ObservedDataSource.observe(
                dataSource, new RecordingObserver(recording, options, units::incrementAndGet, current::get));
    }

    /** Runs the body as a unit of this name. */
    public void unit(String name, Runnable body) {
        boolean entered = enter(name);
        try {
            body.run();
        } finally {
            leave(entered);
        }
    }

    /**
     * Runs the body as a unit of this name.
     *
     * @throws Exception what the body throws
     */
    public <T extends @Nullable Object> T unit(String name, Callable<T> body) throws Exception {
        boolean entered = enter(name);
        try {
            return body.call();
        } finally {
            leave(entered);
        }
    }

    private boolean enter(String name) {
        if (current.get() != null) {
            return false;
        }
        current.set(new RecordedUnit(units.incrementAndGet(), name));
        return true;
    }

    private void leave(boolean entered) {
        if (entered) {
            current.remove();
        }
    }

    /**
     * What was recorded so far. What runs meanwhile may be in it half.
     *
     * @throws IllegalStateException if nothing was wrapped
     * @throws IllegalArgumentException if the engine is none that Rowlock knows
     * @throws SQLException if the database cannot be asked about itself
     */
    public Trace trace() throws SQLException {
        try (Connection connection = connect()) {
            EngineProfile profile = EngineProfile.read(connection);
            int level = connection.getTransactionIsolation();
            StatementAnalyzer analyzer = StatementAnalyzer.of(profile.engine(), Schema.read(connection));
            end(connection);
            return new TraceBuilder(profile, level, analyzer, recording.copy()).build();
        }
    }

    /**
     * The tables of the database as they are now.
     *
     * @throws IllegalStateException if nothing was wrapped
     * @throws SQLException if the database cannot be asked
     */
    public Schema schema() throws SQLException {
        try (Connection connection = connect()) {
            Schema schema = Schema.read(connection);
            end(connection);
            return schema;
        }
    }

    /** A pool that lends without autocommit is not left with a transaction open. */
    private static void end(Connection connection) throws SQLException {
        if (!connection.getAutoCommit()) {
            connection.rollback();
        }
    }

    private Connection connect() throws SQLException {
        DataSource known;
        lock.lock();
        try {
            known = database;
        } finally {
            lock.unlock();
        }
        if (known == null) {
            throw new IllegalStateException("Nothing was recorded: call wrap(dataSource) first");
        }
        return known.getConnection();
    }

    /** Forgets what was recorded. Connections that are lent go on being recorded; what they did before is gone. */
    public void clear() {
        recording.clear();
    }
}
