package io.rowlock.internal.unit;

import io.rowlock.Key;
import io.rowlock.LockMode;
import io.rowlock.Version;
import io.rowlock.dialect.Engine;
import io.rowlock.dialect.EngineProfile;
import io.rowlock.dialect.Isolation;
import io.rowlock.event.RowlockEvent.Cause;
import io.rowlock.internal.table.TableDef;
import io.rowlock.internal.table.TableDef.Fetched;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * How a unit of work flows on one engine: when its transaction begins, how rows are locked, and how the flush gets there in
 * as few round trips as the engine allows. Everything that differs between engines inside a unit differs here. Immutable.
 */
abstract class Flow {
    /** How many steps one round trip carries at the most; a larger flush takes several, in one transaction. */
    static final int STEPS_MAX = 64;

    final EngineProfile profile;
    final Texts texts = new Texts();

    Flow(EngineProfile profile) {
        this.profile = profile;
    }

    final Engine engine() {
        return profile.engine();
    }

    // ---- connections

    /** Whether {@link #prepare} does anything here; if not, nobody remembers which connections are new. */
    boolean preparesConnections() {
        return false;
    }

    /** What a connection needs before a unit uses it for the first time. */
    void prepare(Connection connection, Settings settings) throws SQLException {}

    /** Whether an answer can get lost on its way, so that reading it needs a limit. */
    boolean answersOverNetwork() {
        return true;
    }

    /** Says what to write instead, on engines where a connection in manual commit mode does harm. */
    void refuseManualCommit() {}

    /** Whether this refusal of a ROLLBACK says that there was nothing to roll back. */
    boolean saysNoTransaction(SQLException refused) {
        return false;
    }

    /** The queue in which writers of this JVM stand before they begin, or null where the engine orders them. */
    @Nullable
    SqliteQueue queue() {
        return null;
    }

    // ---- transactions

    /** Whether reads of a unit at this level may run before its transaction begins: each sees its own moment anyway. */
    boolean readsBeforeBegin(Isolation level) {
        return level == Isolation.READ_COMMITTED;
    }

    /** Begins the transaction of a unit that may write. */
    abstract void begin(Session session, Isolation level);

    /** Begins a transaction that cannot write; at REPEATABLE READ and above it sees one moment. */
    abstract void beginReadOnly(Session session, Isolation level);

    /** Commits what is open and nothing else. */
    void commit(Session session) {
        session.execute("COMMIT", true);
        session.inTransaction(false);
    }

    // ---- reads

    /** Reads one row as it is now. */
    final <T, K> @Nullable Fetched<T, K> select(Session session, TableDef<T, K> table, K key) {
        return session.run(table.select(), false, statement -> {
            table.bindKey(statement, 1, key, engine());
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? table.fetch(rows, engine()) : null;
            }
        });
    }

    /** Reads many rows of a table in one statement. */
    final <T, K> List<Fetched<T, K>> selectMany(Session session, TableDef<T, K> table, List<K> keys) {
        return session.get(table.selectMany(keys.size()), statement -> {
            int index = 1;
            for (K key : keys) {
                index = table.bindKey(statement, index, key, engine());
            }
            List<Fetched<T, K>> found = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(table.fetch(rows, engine()));
                }
            }
            return found;
        });
    }

    /**
     * Checks in one plain statement, without a lock, that all of these are still as they were read.
     *
     * @return the first that is not, or null
     */
    final @Nullable Step validate(Session session, List<Step> checks) {
        for (int from = 0; from < checks.size(); from += STEPS_MAX) {
            List<Step> part = checks.subList(from, Math.min(checks.size(), from + STEPS_MAX));
            Step stale = validatePart(session, part);
            if (stale != null) {
                return stale;
            }
        }
        return null;
    }

    /** Which of the rows that these update or check is not as it was read, after a statement for all of them found one so. */
    final RestartUnit stale(Session session, List<Step> steps) {
        List<Step> checks = steps.stream()
                .map(step -> step.kind() == Step.Kind.UPDATE ? asCheck(step.entry()) : step)
                .toList();
        Step stale = validate(session, checks);
        return RestartUnit.changed((stale == null ? steps.get(0) : stale).entry());
    }

    /** A check of the row that a step updates. */
    static <T, K> Step asCheck(Entry<T, K> entry) {
        Version base = Objects.requireNonNull(entry.base);
        return new Step(
                Step.Kind.CHECK,
                entry,
                entry.table.selectAtVersion(),
                (statement, index, engine) -> entry.table.bindKeyAndVersion(statement, index, entry.key, base, engine));
    }

    private @Nullable Step validatePart(Session session, List<Step> checks) {
        StringBuilder sql = new StringBuilder("SELECT ");
        for (int i = 0; i < checks.size(); i++) {
            sql.append(i == 0 ? "" : ", ")
                    .append("(SELECT COUNT(*) FROM (")
                    .append(checks.get(i).sql())
                    .append(") c)");
        }
        return session.run(sql.toString(), false, statement -> {
            bindAll(statement, checks, 1);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                for (int i = 0; i < checks.size(); i++) {
                    int wanted = checks.get(i).kind() == Step.Kind.ABSENT ? 0 : 1;
                    if (row.getInt(i + 1) != wanted) {
                        return checks.get(i);
                    }
                }
                return null;
            }
        });
    }

    // ---- locks

    /**
     * What a locking read appends to a SELECT. Not waiting is skipping on every engine: NOWAIT itself is an error, which
     * ends a whole transaction on some.
     */
    String exclusive(LockMode.Kind mode) {
        return switch (mode) {
            case WAIT -> " FOR UPDATE";
            case NOWAIT, SKIP_LOCKED -> " FOR UPDATE SKIP LOCKED";
        };
    }

    /** What a read under a shared lock appends. */
    abstract String shared();

    /**
     * Locks rows in the order given, inside the transaction.
     *
     * @return a row for each, null where there was none to be had
     */
    <T, K> List<@Nullable Fetched<T, K>> lock(Session session, TableDef<T, K> table, List<K> keys, LockMode mode) {
        List<@Nullable Fetched<T, K>> rows = new ArrayList<>();
        for (K key : keys) {
            rows.add(session.run(
                    table.select() + exclusive(mode.kind()),
                    false,
                    Session.Limit.LOCK_WAIT,
                    waitNanos(mode),
                    statement -> {
                        table.bindKey(statement, 1, key, engine());
                        try (ResultSet row = statement.executeQuery()) {
                            return row.next() ? table.fetch(row, engine()) : null;
                        }
                    }));
        }
        return rows;
    }

    static long waitNanos(LockMode mode) {
        return mode.kind() == LockMode.Kind.WAIT ? mode.waitMax().toNanos() : Long.MAX_VALUE;
    }

    /** Whether the row exists, locked by somebody or not. */
    final <T, K> boolean exists(Session session, TableDef<T, K> table, K key) {
        return session.get(table.selectOne(), statement -> {
            table.bindKey(statement, 1, key, engine());
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next();
            }
        });
    }

    /** Makes the rows of guards that have none, in a commit of its own, where a row that is new would not do as a lock. */
    void makeGuards(Session session, Collection<Key> keys) {
        // A lock like any other.
    }

    /**
     * Takes a guard's row.
     *
     * @throws RestartUnit if it is to be {@linkplain #makeGuards made} first
     */
    void guard(Session session, Key key) {
        int taken = session.get(guardSql(), statement -> {
            statement.setBytes(1, key.bytes());
            return statement.executeUpdate();
        });
        if (taken == 0) {
            throw new RestartUnit(Cause.NEW_GUARD, null, null);
        }
    }

    abstract String guardSql();

    /** What a row is locked for before the body of a later attempt runs. */
    record Wanted(RowId row, TableDef<?, ?> table, boolean exclusive) {}

    /**
     * Takes everything that earlier attempts touched, in order, in few round trips, and begins a transaction first if there
     * is none.
     *
     * @return the rows, one for each wanted, null where there was none
     */
    List<@Nullable Fetched<?, ?>> beginLocked(
            Session session, Isolation level, SortedSet<Key> guards, List<Wanted> wanted) {
        return lockedStepwise(session, level, guards, wanted);
    }

    final List<@Nullable Fetched<?, ?>> lockedStepwise(
            Session session, Isolation level, SortedSet<Key> guards, List<Wanted> wanted) {
        if (!session.inTransaction()) {
            makeGuards(session, guards);
            begin(session, level);
        }
        guards.forEach(key -> guard(session, key));
        List<@Nullable Fetched<?, ?>> rows = new ArrayList<>();
        for (Wanted one : wanted) {
            rows.add(lockWanted(session, one));
        }
        return rows;
    }

    private @Nullable Fetched<?, ?> lockWanted(Session session, Wanted one) {
        return session.run(lockSql(one), false, statement -> {
            bindWanted(statement, 1, one);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? one.table().fetch(row, engine()) : null;
            }
        });
    }

    final String lockSql(Wanted one) {
        return one.table().select() + (one.exclusive() ? exclusiveForUpdate() : shared());
    }

    /** The lock that an update of non-key columns takes by itself. */
    String exclusiveForUpdate() {
        return exclusive(LockMode.Kind.WAIT);
    }

    @SuppressWarnings("unchecked")
    final int bindWanted(PreparedStatement statement, int index, Wanted one) throws SQLException {
        TableDef<Object, Object> table = (TableDef<Object, Object>) one.table();
        return table.bindKey(statement, index, one.row().key(), engine());
    }

    // ---- the flush

    /**
     * Carries out a flush and, if asked, the commit.
     *
     * @param steps in canonical order
     * @param commit whether the unit ends with it
     * @throws RestartUnit if a row is not as it was read; nothing of the flush stands then, or the transaction is doomed
     */
    abstract void flush(Session session, Shared shared, Isolation level, List<Step> steps, boolean commit);

    /** One step as a statement of its own, in autocommit or in the open transaction. */
    final void single(Session session, Step step, boolean commits, Session.Limit own, long nanosMax) {
        Integer changed = session.run(withLock(step), commits, own, nanosMax, statement -> {
            step.binder().bind(statement, 1, engine());
            if (step.writes()) {
                return statement.executeUpdate();
            }
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? 1 : 0;
            }
        });
        requireEffect(step, Objects.requireNonNull(changed));
    }

    private String withLock(Step step) {
        return switch (step.kind()) {
            case CHECK, FENCE -> step.sql() + shared();
            case CLAIM -> step.sql() + exclusive(LockMode.Kind.WAIT);
            default -> step.sql();
        };
    }

    /** A batch result of −2 ("success, count unknown") is no proof of anything. */
    private static void requireEffect(Step step, int changed) {
        switch (step.kind()) {
            case CHECK, CLAIM, UPDATE, DELETE, INSERT, MARK, FENCE, TIE, ENCLOSED -> {
                if (changed == Statement.SUCCESS_NO_INFO) {
                    throw new IllegalStateException("The driver does not say how many rows changed (row="
                            + step.entry().id + "): switch its batch rewriting off");
                }
                if (changed != 1) {
                    throw RestartUnit.changed(step.entry());
                }
            }
            case ABSENT -> {
                if (changed != 0) {
                    throw RestartUnit.changed(step.entry());
                }
            }
            case BURY -> {}
        }
    }

    /** Every step a statement of its own, and the commit another. */
    final void stepwise(Session session, Isolation level, List<Step> steps, boolean commit) {
        if (!session.inTransaction()) {
            if (commit && steps.size() == 1) {
                single(session, steps.get(0), true, Session.Limit.DEADLINE, Long.MAX_VALUE);
                return;
            }
            begin(session, level);
        }
        for (Step step : steps) {
            single(session, step, false, Session.Limit.DEADLINE, Long.MAX_VALUE);
        }
        if (commit) {
            commit(session);
        }
    }

    final int bindAll(PreparedStatement statement, List<Step> steps, int index) throws SQLException {
        int next = index;
        for (Step step : steps) {
            next = step.binder().bind(statement, next, engine());
        }
        return next;
    }

    /** What inserts a once-key, and does nothing if it is there: key, run, fingerprint, answer, milliseconds to keep. */
    abstract String markSql();

    /** The database's clock at this moment, in milliseconds since 1970. */
    abstract String nowMillis();

    /** What buries a deleted row's version. */
    abstract String burySql();
}
