package io.rowlock.internal.unit;

import io.rowlock.DatabaseFailure;
import io.rowlock.Interrupted;
import io.rowlock.LockTimeout;
import io.rowlock.Timing;
import io.rowlock.Unit;
import io.rowlock.dialect.Engine;
import io.rowlock.dialect.EngineProfile;
import io.rowlock.dialect.RowClock;
import io.rowlock.dialect.SqlFailure;
import io.rowlock.event.RowlockEvent;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * What guards that live outside of units do at the database: a few statements on a connection borrowed for them alone, in
 * autocommit or in one short transaction, never in a caller's. Each errand has a deadline and runs again within it when the
 * engine says that it may pass (deadlock, serialization, busy); nothing else is ever repeated here.
 *
 * <p>Safe for use by many threads.
 */
public final class Errands {
    private static final int ATTEMPTS_MAX = 20;
    private static final long PAUSE_FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long PAUSE_MAX_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** Begins a compound statement of MariaDB's; see {@link MariaDbFlow}, which knows why the comment. */
    public static final String COMPOUND = MariaDbFlow.COMPOUND;

    private final Shared shared;
    private final BooleanSupplier inUnit;
    private final AtomicBoolean clockRuns = new AtomicBoolean();

    Errands(Shared shared, BooleanSupplier inUnit) {
        this.shared = shared;
        this.inUnit = inUnit;
    }

    /** What an errand does; may run several times. */
    @FunctionalInterface
    public interface Errand<R> {
        /** Does it. */
        @Nullable
        R run(Statements statements);
    }

    /** What is done with one statement. */
    @FunctionalInterface
    public interface StatementWork<R> {
        /** Binds, executes, reads. */
        @Nullable
        R run(PreparedStatement statement) throws SQLException;
    }

    /** The statements of one errand, on one connection. */
    public static final class Statements {
        private final Session session;
        private final Shared shared;

        private Statements(Session session, Shared shared) {
            this.session = session;
            this.shared = shared;
        }

        /** Runs one statement that has an answer. */
        public <R> R run(String sql, StatementWork<R> work) {
            return Objects.requireNonNull(runOrNull(sql, work));
        }

        /** Runs one statement. */
        public <R> @Nullable R runOrNull(String sql, StatementWork<R> work) {
            return session.run(sql, false, work::run);
        }

        /** Begins a transaction that writes; on SQLite it waits for the file's write lock. */
        public void begin() {
            shared.flow().begin(session, io.rowlock.dialect.Isolation.READ_COMMITTED);
        }

        /** Commits it. What is not committed when the errand ends is undone. */
        public void commit() {
            shared.flow().commit(session);
        }
    }

    public Engine engine() {
        return shared.engine();
    }

    public EngineProfile profile() {
        return shared.flow().profile;
    }

    public Timing timing() {
        return shared.timing;
    }

    public long nanoTime() {
        return shared.nanoTime();
    }

    /** A random id. */
    public UUID newId() {
        return shared.newId();
    }

    /** Tells the listener, if there is one. */
    public void tell(Supplier<RowlockEvent> event) {
        shared.tell(event);
    }

    /** Tells the listener, and the log the first time. */
    public void warn(String about, String what, Supplier<RowlockEvent> event) {
        shared.warn(about, what, event);
    }

    /**
     * Asks the server once whether its {@linkplain RowClock clock} goes on while a statement waits.
     *
     * @throws IllegalStateException if it does not: what expires could be granted when it has expired already
     */
    public void requireRunningClock(Duration limit) {
        String asked = RowClock.standsStill(engine());
        if (asked.isEmpty() || clockRuns.get()) {
            return;
        }
        boolean stands = read(
                "row-clock",
                limit,
                statements -> statements.run(asked, statement -> {
                    try (ResultSet row = statement.executeQuery()) {
                        return row.next() && row.getInt(1) == 1;
                    }
                }));
        if (stands) {
            throw new IllegalStateException(
                    "This server's SYSDATE does not go on while a statement runs: start it without"
                            + " --sysdate-is-now, or leases and claims are cut short by every wait");
        }
        clockRuns.set(true);
    }

    /** Whether this thread is inside a unit of this Rowlock. */
    public boolean isInUnit() {
        return inUnit.getAsBoolean();
    }

    /** The pool, for the one connection that listens. */
    public DataSource dataSource() {
        return shared.dataSource;
    }

    /** Reads; on SQLite beside whoever writes. */
    public <R> R read(String name, Duration limit, Errand<R> errand) {
        return Objects.requireNonNull(readOrNull(name, limit, errand));
    }

    /** As {@link #read}, where there may be no answer. */
    public <R> @Nullable R readOrNull(String name, Duration limit, Errand<R> errand) {
        return run(name, limit, errand, null);
    }

    /** Writes; on SQLite in this JVM's queue of writers. */
    public <R> R write(String name, Duration limit, Errand<R> errand) {
        return Objects.requireNonNull(writeOrNull(name, limit, errand));
    }

    /** As {@link #write}, where there may be no answer. */
    public <R> @Nullable R writeOrNull(String name, Duration limit, Errand<R> errand) {
        return run(name, limit, errand, shared.flow().queue());
    }

    private <R> @Nullable R run(String name, Duration limit, Errand<R> errand, @Nullable SqliteQueue queue) {
        // A borrow from a pool and a driver's read may both end early when the thread is interrupted; who waits says so
        // itself, and what must be given back is given back.
        boolean interrupted = Thread.interrupted();
        try {
            return uninterrupted(name, limit, errand, queue);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private <R> @Nullable R uninterrupted(String name, Duration limit, Errand<R> errand, @Nullable SqliteQueue queue) {
        Unit options = Unit.named(name).withDeadline(limit);
        long deadline = shared.nanoTime() + limit.toNanos();
        for (int attempt = 1; ; attempt++) {
            try {
                return once(options, deadline, errand, queue);
            } catch (RestartUnit passing) {
                if (attempt == ATTEMPTS_MAX || deadline - shared.nanoTime() <= 0) {
                    Map<String, Object> facts = new LinkedHashMap<>();
                    facts.put("unit", name);
                    facts.put("attempts", attempt);
                    facts.put("reason", passing.reason());
                    throw new LockTimeout(facts, passing.getCause());
                }
                pause(name, attempt, deadline);
            }
        }
    }

    private <R> @Nullable R once(Unit options, long deadline, Errand<R> errand, @Nullable SqliteQueue queue) {
        boolean queued = queue != null && enter(options, deadline, queue);
        try {
            Session session = new Session(shared, options, deadline);
            try {
                return errand.run(new Statements(session, shared));
            } finally {
                session.close();
            }
        } finally {
            if (queued && queue != null) {
                queue.leave();
            }
        }
    }

    private boolean enter(Unit options, long deadline, SqliteQueue queue) {
        if (queue.isMine()) {
            return false;
        }
        try {
            if (queue.enter(Math.max(0, deadline - shared.nanoTime()))) {
                return true;
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new Interrupted(Map.of("unit", options.name()), interrupted);
        }
        throw new LockTimeout(Map.of("unit", options.name(), "reason", "other writers of this process"), null);
    }

    private void pause(String name, int attempt, long deadline) {
        long bound = Math.min(PAUSE_MAX_NANOS, PAUSE_FIRST_NANOS << Math.min(10, attempt - 1));
        long nanos = Math.min(shared.timing.random().nextLong(bound + 1), Math.max(0, deadline - shared.nanoTime()));
        try {
            shared.timing.sleeper().sleep(nanos);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new Interrupted(Map.of("unit", name), interrupted);
        }
    }

    /** Whether a failure of the world may be over by the time of the next try: the store is away, or slow. */
    public static boolean mayPass(DatabaseFailure failure) {
        return failure.kind() == SqlFailure.Kind.CONNECTION_LOST
                || failure.kind() == SqlFailure.Kind.NO_CONNECTION
                || failure.kind() == SqlFailure.Kind.COMMIT_UNKNOWN
                || failure.kind() == SqlFailure.Kind.CANCELLED;
    }
}
