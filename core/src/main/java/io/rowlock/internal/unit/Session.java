package io.rowlock.internal.unit;

import io.rowlock.DatabaseFailure;
import io.rowlock.Interrupted;
import io.rowlock.LockTimeout;
import io.rowlock.RowlockException;
import io.rowlock.Unit;
import io.rowlock.dialect.Engine;
import io.rowlock.dialect.SqlFailure;
import io.rowlock.event.RowlockEvent.Cause;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One attempt's connection: borrowed when first needed, given back without a transaction whatever happened. Every statement
 * of a unit runs through {@link #run}, which keeps the deadline and remembers the first failure.
 *
 * <p>The connection stays in autocommit mode as the pool gave it; transactions begin and end by statement. So nothing
 * depends on what a driver makes of {@code setAutoCommit} (one begins a transaction at once and again after each commit,
 * another spends a round trip on it).
 */
final class Session implements Watchdog.Watched {
    /** How long after the deadline an answer is still read: a cancel takes its time, a broken network gives none. */
    private static final long GRACE_MILLIS = 2_000;

    /** How much later than that a read may end, so that the driver need not be told again at every statement. */
    private static final long SLACK_MILLIS = 1_000;

    /** The longest random pause between two asks for SQLite's write lock, each of which waits by itself. */
    private static final long BUSY_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** Why a running statement is to be cancelled when its time is up. */
    enum Limit {
        /** The unit's deadline. */
        DEADLINE,
        /** The wait that a lock was given. */
        LOCK_WAIT,
        /** A write that waits behind readers; it will close the gate next time. */
        STARVATION
    }

    /** What to do with a statement. */
    @FunctionalInterface
    interface StatementWork<R> {
        @Nullable
        R run(PreparedStatement statement) throws SQLException;
    }

    private final Shared shared;
    private final Unit options;
    private final long deadline;
    private @Nullable Connection connection;
    private boolean closed;
    private boolean restoreAutoCommit;
    private int networkTimeoutBefore;
    private long networkTimeout = -1;
    private boolean inTransaction;
    private @Nullable String afterwards;
    private @Nullable SqlFailure failure;
    private @Nullable Limit failedBy;

    private final ReentrantLock watch = new ReentrantLock();
    private volatile @Nullable Statement running;
    private volatile long cancelAt;
    private Limit limit = Limit.DEADLINE;
    private volatile boolean cancelled;
    private boolean everCancelled;
    private boolean cancelHangs;

    Session(Shared shared, Unit options, long deadline) {
        this.shared = shared;
        this.options = options;
        this.deadline = deadline;
    }

    Engine engine() {
        return shared.engine();
    }

    long nanosLeft() {
        return deadline - shared.nanoTime();
    }

    // ---- the connection

    Connection connection() {
        Connection known = connection;
        return known != null ? known : borrow();
    }

    private Connection borrow() {
        Flow flow = shared.flow();
        Connection borrowed;
        try {
            borrowed = shared.dataSource.getConnection();
        } catch (SQLException none) {
            throw noConnection(none, options.name());
        }
        connection = borrowed;
        shared.watchdog.add(this);
        try {
            if (!borrowed.getAutoCommit()) {
                flow.refuseManualCommit();
                borrowed.setAutoCommit(true);
                restoreAutoCommit = true;
            }
            if (flow.preparesConnections() && shared.isNew(borrowed)) {
                flow.prepare(borrowed, shared.settings);
            }
            limitReads(borrowed);
        } catch (SQLException failed) {
            throw failed(failed, false);
        }
        return borrowed;
    }

    /**
     * A statement whose answer never comes ends by the driver's own clock: from another thread nothing ends it for certain,
     * since a cancel goes the same way as the statement and one driver's abort waits for the read it is to end.
     */
    private void limitReads(Connection on) throws SQLException {
        if (!shared.flow().answersOverNetwork()) {
            return;
        }
        long wanted = Math.max(0, TimeUnit.NANOSECONDS.toMillis(nanosLeft())) + GRACE_MILLIS;
        if (networkTimeout < 0) {
            networkTimeoutBefore = on.getNetworkTimeout();
        } else if (networkTimeout - wanted < SLACK_MILLIS) {
            return;
        }
        on.setNetworkTimeout(Runnable::run, (int) Math.min(Integer.MAX_VALUE, wanted));
        networkTimeout = wanted;
    }

    static DatabaseFailure noConnection(SQLException none, String unit) {
        // Which engine it is may be unknown as yet; what tells a refusal from an absence is the same class of SQLSTATE.
        String state = none.getSQLState() == null ? "" : none.getSQLState();
        boolean refused = state.startsWith("28") || none.getErrorCode() == 1045 || none.getErrorCode() == 1698;
        SqlFailure.Kind kind = refused ? SqlFailure.Kind.ACCESS_DENIED : SqlFailure.Kind.NO_CONNECTION;
        return new DatabaseFailure(new SqlFailure(kind, SqlFailure.Undone.NOTHING, none), Map.of("unit", unit));
    }

    boolean inTransaction() {
        return inTransaction;
    }

    /** A flow has begun or ended the transaction with a statement of its own. */
    void inTransaction(boolean now) {
        inTransaction = now;
    }

    /** Has this statement run on the connection before it goes back, whatever happens until then. */
    void afterwards(String sql) {
        afterwards = sql;
    }

    /** Ends what is open and gives the connection back. Never throws. */
    void close() {
        closed = true;
        giveBack();
    }

    /** Ends what is open and gives the connection back; another is borrowed when one is needed again. Never throws. */
    void giveBack() {
        Connection borrowed = connection;
        if (borrowed == null) {
            return;
        }
        try {
            if (cancelHangs) {
                throw new SQLException("A cancel is still under way and may hit whoever has the connection next");
            }
            // After a failure too: it may have been the answer to a BEGIN that was lost, and not the BEGIN.
            if (inTransaction || failure != null) {
                rollback(borrowed);
            }
            if (everCancelled) {
                absorbLateCancel(borrowed);
            }
            if (afterwards != null) {
                try (Statement statement = borrowed.createStatement()) {
                    statement.execute(afterwards);
                }
            }
            if (restoreAutoCommit) {
                borrowed.setAutoCommit(false);
            }
            if (networkTimeout >= 0) {
                borrowed.setNetworkTimeout(Runnable::run, networkTimeoutBefore);
            }
        } catch (SQLException | RuntimeException broken) {
            cut(borrowed);
        } finally {
            shared.watchdog.remove(this);
            connection = null;
            networkTimeout = -1;
            cancelHangs = false;
            try {
                borrowed.close();
            } catch (SQLException | RuntimeException alreadyGone) {
                // The pool has what it needs to know: the connection is closed. HikariCP 7.0.2 meets a null of its own
                // where one broke
                // just now, and whoever has committed is not to be told of that.
            }
        }
    }

    private void rollback(Connection borrowed) throws SQLException {
        inTransaction = false;
        try (Statement statement = borrowed.createStatement()) {
            statement.execute("ROLLBACK");
        } catch (SQLException refused) {
            if (!shared.flow().saysNoTransaction(refused)) {
                throw refused;
            }
        }
        if (!borrowed.getAutoCommit()) {
            borrowed.setAutoCommit(true);
        }
    }

    /** A cancel that came too late for its statement may hit the next one: let that be one of ours. */
    private void absorbLateCancel(Connection borrowed) throws SQLException {
        try (Statement statement = borrowed.createStatement();
                ResultSet row = statement.executeQuery("SELECT 1")) {
            row.next();
        } catch (SQLException hit) {
            if (SqlFailure.of(engine(), hit).kind() != SqlFailure.Kind.CANCELLED) {
                throw hit;
            }
        }
    }

    /** A connection with a transaction that cannot be ended does not go back to the pool alive. */
    private static void cut(Connection borrowed) {
        try {
            borrowed.abort(Runnable::run);
        } catch (SQLException | AbstractMethodError cannot) {
            // close() follows; the pool tests what it gets.
        }
    }

    // ---- statements

    /** Runs a statement under the unit's deadline. */
    <R> @Nullable R run(String sql, boolean commits, StatementWork<R> work) {
        return run(sql, commits, Limit.DEADLINE, Long.MAX_VALUE, work);
    }

    /** Runs a statement that always has an answer. */
    <R> R get(String sql, StatementWork<R> work) {
        return Objects.requireNonNull(run(sql, false, work));
    }

    /** Runs a statement with a limit of its own, if that comes before the deadline. */
    <R> @Nullable R run(String sql, boolean commits, Limit own, long nanosMax, StatementWork<R> work) {
        requireUsable();
        Connection on = connection();
        boolean done = false;
        try {
            limitReads(on);
            PreparedStatement statement = on.prepareStatement(sql);
            try {
                begin(statement, own, nanosMax);
                R result = work.run(statement);
                done = true;
                return result;
            } finally {
                end();
                closeQuietly(statement, done);
            }
        } catch (SQLException thrown) {
            throw failed(thrown, commits);
        }
    }

    /**
     * Runs a statement without values and, where the engine answers that its lock is taken, again until the unit's deadline:
     * nothing has happened yet, so this is waiting and not an attempt.
     */
    void executeWaiting(String sql) {
        requireUsable();
        Connection on = connection();
        while (true) {
            try (Statement statement = on.createStatement()) {
                begin(statement, Limit.DEADLINE, Long.MAX_VALUE);
                statement.execute(sql);
                return;
            } catch (SQLException thrown) {
                if (SqlFailure.of(engine(), thrown).kind() != SqlFailure.Kind.BUSY || nanosLeft() <= 0) {
                    throw failed(thrown, false);
                }
            } finally {
                end();
            }
            pause();
        }
    }

    private void pause() {
        try {
            shared.timing.sleeper().sleep(shared.timing.random().nextLong(BUSY_PAUSE_NANOS));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new Interrupted(Map.of("unit", options.name()), interrupted);
        }
    }

    /** What a statement did is done: that closing it failed must not turn a commit into a doubt. */
    private static void closeQuietly(PreparedStatement statement, boolean done) throws SQLException {
        try {
            statement.close();
        } catch (SQLException failed) {
            if (!done) {
                throw failed;
            }
        }
    }

    /** Runs a statement without values. */
    void execute(String sql, boolean commits) {
        run(sql, commits, statement -> statement.execute());
    }

    void begin(Statement statement, Limit own, long nanosMax) {
        long now = shared.nanoTime();
        long left = deadline - now;
        boolean deadlineFirst = nanosMax >= left;
        limit = deadlineFirst && own != Limit.LOCK_WAIT ? Limit.DEADLINE : own;
        cancelled = false;
        cancelAt = now + Math.max(0, deadlineFirst ? left : nanosMax);
        running = statement;
    }

    /**
     * The statement is over; a cancel that is under way for it is waited for, so that it cannot hit the next one. One that
     * hangs is not: nothing more runs on a connection that answers nobody.
     */
    void end() {
        running = null;
        if (!cancelled) {
            return;
        }
        boolean over = false;
        boolean interrupted = Thread.interrupted();
        try {
            over = watch.tryLock(GRACE_MILLIS / 4, TimeUnit.MILLISECONDS);
        } catch (InterruptedException again) {
            interrupted = true;
        }
        if (over) {
            watch.unlock();
        } else {
            cancelHangs = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void look(long now) {
        Statement late = running;
        if (late == null || now - cancelAt < 0 || !watch.tryLock()) {
            return;
        }
        try {
            if (running != late) {
                return;
            }
            if (!cancelled) {
                cancelled = true;
                everCancelled = true;
                // A cancel opens a connection of its own, for which nobody else is to wait.
                Thread cancel = new Thread(() -> cancel(late), "rowlock-cancel");
                cancel.setDaemon(true);
                cancel.start();
            }
        } finally {
            watch.unlock();
        }
    }

    private void cancel(Statement late) {
        watch.lock();
        try {
            if (running == late) {
                late.cancel();
            }
        } catch (SQLException | RuntimeException cannot) {
            // Then the read ends by the network's limit.
        } finally {
            watch.unlock();
        }
    }

    // ---- failures

    /** The failure that ended the transaction, if one did. */
    @Nullable
    SqlFailure failure() {
        return failure;
    }

    /** A savepoint was rolled back, and with it what failed. */
    void forgive() {
        failure = null;
        failedBy = null;
    }

    /** What was lent is useless once the connection is somebody else's. */
    void requireOpen() {
        if (closed) {
            throw new IllegalStateException(
                    "The unit has ended (unit=" + options.name() + "): use its connection inside the body only");
        }
    }

    /** Nothing runs on after a failure; a body that swallowed it is told again. */
    void requireUsable() {
        SqlFailure earlier = failure;
        if (earlier != null) {
            throw thrown(earlier);
        }
    }

    /** Judges a failure, remembers the first, and makes what the body gets to see. */
    RowlockException failed(SQLException thrown, boolean commits) {
        SqlFailure verdict = SqlFailure.of(engine(), thrown);
        return thrown(remember(commits ? verdict.duringCommit() : verdict));
    }

    /** A statement of the body's own failed: the body gets to see what the driver threw, and the unit is doomed. */
    void remember(SQLException thrown) {
        remember(SqlFailure.of(engine(), thrown));
    }

    private SqlFailure remember(SqlFailure verdict) {
        if (failure == null) {
            failure = verdict;
            failedBy = cancelled && wasOurs(verdict) ? limit : null;
        }
        return verdict;
    }

    private static boolean wasOurs(SqlFailure verdict) {
        return switch (verdict.kind()) {
            case CANCELLED, CONNECTION_LOST, COMMIT_UNKNOWN, LOCK_TIMEOUT, BUSY -> true;
            default -> false;
        };
    }

    private RowlockException thrown(SqlFailure verdict) {
        Throwable signal = signalFor(verdict);
        if (signal instanceof RowlockException failure) {
            return failure;
        }
        throw (Error) signal;
    }

    /** The signal to run again, if the body threw because of a failure that may pass; its own failures are told already. */
    @Nullable
    RestartUnit restartFor(Throwable thrown) {
        return failure != null
                        && !(thrown instanceof RowlockException)
                        && signalFor(failure) instanceof RestartUnit again
                ? again
                : null;
    }

    /** What a failure means for the unit: {@link RestartUnit} if it runs again, else the exception its caller gets. */
    Throwable signalFor(SqlFailure verdict) {
        boolean cancelledByUs = failedBy != null && verdict.kind() == SqlFailure.Kind.CANCELLED;
        if ((failedBy == Limit.LOCK_WAIT && cancelledByUs) || verdict.kind() == SqlFailure.Kind.LOCK_TIMEOUT) {
            return options.retryLockTimeouts()
                    ? new RestartUnit(Cause.LOCK_TIMEOUT, null, verdict.error())
                    : new LockTimeout(Map.of("unit", options.name()), verdict.error());
        }
        if (cancelledByUs) {
            Cause cause = failedBy == Limit.STARVATION ? Cause.STARVED_WRITE : Cause.DEADLINE;
            return new RestartUnit(cause, null, verdict.error());
        }
        return verdict.mayPass()
                ? new RestartUnit(Cause.of(verdict), null, verdict.error())
                : new DatabaseFailure(verdict, Map.of("unit", options.name()));
    }
}
