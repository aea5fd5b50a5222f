package io.rowlock.internal.unit;

import io.rowlock.Key;
import io.rowlock.LockMode;
import io.rowlock.dialect.EngineProfile;
import io.rowlock.dialect.Isolation;
import io.rowlock.dialect.RowClock;
import io.rowlock.internal.table.TableDef;
import io.rowlock.internal.table.TableDef.Fetched;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL: the flush is one message. Several statements in one {@code execute()} travel together and, outside of an
 * explicit transaction, are one implicit transaction that commits at their end: no BEGIN, no COMMIT, one round trip.
 *
 * <p>Each statement asserts its own effect, since nobody looks between them: it counts its rows and, if the number is
 * wrong, casts a text that is no number. The error (22P02) carries that text, and with it which step found its row changed.
 * {@code count(*)} keeps the planner from trying the cast beforehand.
 *
 * <p><b>Fairness.</b> FOR SHARE admits any number of checkers beside each other, so a writer can wait for ever while new
 * ones keep joining; {@code lock_timeout} does not end such a wait, because it waits for the members one by one. Therefore
 * each check passes a <em>gate</em> first, a shared advisory lock on the row's number; a writer that has had to wait closes
 * it (exclusive) for a second's worth of writes. Gates are heavyweight locks, which PostgreSQL queues fairly. All gates of a
 * flush are taken before any of its row locks, in the same order, and units that already hold row locks take none, so gates
 * add no deadlock. They decide nothing: a program that does not know them is still checked by FOR SHARE.
 */
final class PostgresFlow extends Flow {
    private static final Pattern STALE = Pattern.compile("rowlock:\\d+:(\\d+)");

    static final String FOR_SHARE = " FOR SHARE";
    /** The lock that an update of non-key columns takes by itself. */
    static final String FOR_UPDATE = " FOR NO KEY UPDATE";

    /** A write that waits longer than this for a row is cancelled and tries again behind a closed gate. */
    private static final long STARVED_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    /** A write that took longer than this closes the gate the next time. */
    private static final long SLOW_NANOS = TimeUnit.MILLISECONDS.toNanos(15);

    PostgresFlow(EngineProfile profile) {
        super(profile);
    }

    @Override
    void begin(Session session, Isolation level) {
        session.execute(beginSql(level), false);
        session.inTransaction(true);
    }

    private static String beginSql(Isolation level) {
        return "BEGIN ISOLATION LEVEL " + level.sql();
    }

    @Override
    void beginReadOnly(Session session, Isolation level) {
        session.execute(beginSql(level) + " READ ONLY", false);
        session.inTransaction(true);
    }

    /**
     * COMMIT of a transaction that failed answers normally and stores nothing. A statement in front, in the same message,
     * fails there and tells.
     */
    @Override
    void commit(Session session) {
        session.execute("SELECT 1;COMMIT", true);
        session.inTransaction(false);
    }

    @Override
    String exclusiveForUpdate() {
        return FOR_UPDATE;
    }

    @Override
    String shared() {
        return FOR_SHARE;
    }

    @Override
    String guardSql() {
        return """
                INSERT INTO rowlock_guard AS g (guard_key, version) VALUES (?, 1)
                ON CONFLICT (guard_key) DO UPDATE SET version = g.version + 1""";
    }

    @Override
    String markSql() {
        return """
                INSERT INTO rowlock_once (once_key, run_id, fingerprint, answer, answered_at, expires_at)
                VALUES (?, ?, ?, ?, %1$s, %1$s + ?) ON CONFLICT DO NOTHING""".formatted(nowMillis());
    }

    @Override
    String nowMillis() {
        return RowClock.millis(engine());
    }

    @Override
    String burySql() {
        return """
                INSERT INTO rowlock_tombstone (row_key, version) VALUES (?, ?)
                ON CONFLICT (row_key) DO UPDATE SET version = excluded.version""";
    }

    // ---- locks, many in one message

    @Override
    <T, K> List<@Nullable Fetched<T, K>> lock(Session session, TableDef<T, K> table, List<K> keys, LockMode mode) {
        List<@Nullable Fetched<T, K>> found = new ArrayList<>();
        String one = table.select() + exclusive(mode.kind());
        for (int from = 0; from < keys.size(); from += STEPS_MAX) {
            List<K> part = keys.subList(from, Math.min(keys.size(), from + STEPS_MAX));
            String sql = String.join(";", java.util.Collections.nCopies(part.size(), one));
            session.run(sql, false, Session.Limit.LOCK_WAIT, waitNanos(mode), statement -> {
                int index = 1;
                for (K key : part) {
                    index = table.bindKey(statement, index, key, engine());
                }
                Results results = new Results(statement);
                for (int i = 0; i < part.size(); i++) {
                    found.add(results.row(table));
                }
                return null;
            });
        }
        return found;
    }

    @Override
    List<@Nullable Fetched<?, ?>> beginLocked(
            Session session, Isolation level, SortedSet<Key> guards, List<Wanted> wanted) {
        if (guards.size() + wanted.size() > STEPS_MAX) {
            return lockedStepwise(session, level, guards, wanted);
        }
        List<String> statements = new ArrayList<>();
        if (!session.inTransaction()) {
            statements.add(beginSql(level));
        }
        if (!wanted.isEmpty()) {
            statements.add(gates(wanted.stream().map(Wanted::exclusive).toList()));
        }
        guards.forEach(key -> statements.add(guardSql()));
        wanted.forEach(one -> statements.add(lockSql(one)));
        if (statements.isEmpty()) {
            return List.of();
        }
        session.inTransaction(true);
        return session.get(String.join(";", statements), statement -> {
            int index = 1;
            for (Wanted one : wanted) {
                statement.setLong(index++, one.row().gate());
            }
            for (Key key : guards) {
                statement.setBytes(index++, key.bytes());
            }
            for (Wanted one : wanted) {
                index = bindWanted(statement, index, one);
            }
            Results results = new Results(statement);
            if (!wanted.isEmpty()) {
                results.skipRows();
            }
            List<@Nullable Fetched<?, ?>> rows = new ArrayList<>();
            for (Wanted one : wanted) {
                rows.add(results.row(one.table()));
            }
            return rows;
        });
    }

    private static String gates(List<Boolean> closed) {
        StringBuilder sql = new StringBuilder();
        for (boolean close : closed) {
            sql.append(sql.isEmpty() ? "SELECT " : ", ").append(gate(close));
        }
        return sql.toString();
    }

    static String gate(boolean close) {
        return close ? "pg_advisory_xact_lock(?)" : "pg_advisory_xact_lock_shared(?)";
    }

    /** The results of a composite statement, one after another; what answers no rows is passed over. */
    private static final class Results {
        private final PreparedStatement statement;
        private boolean rows;

        Results(PreparedStatement statement) throws SQLException {
            this.statement = statement;
            this.rows = statement.execute();
            passCounts();
        }

        private void passCounts() throws SQLException {
            while (!rows && statement.getUpdateCount() != -1) {
                rows = statement.getMoreResults();
            }
        }

        void skipRows() throws SQLException {
            rows = statement.getMoreResults();
            passCounts();
        }

        <T, K> @Nullable Fetched<T, K> row(TableDef<T, K> table) throws SQLException {
            Fetched<T, K> found;
            try (ResultSet row = statement.getResultSet()) {
                found = row.next() ? table.fetch(row, io.rowlock.dialect.Engine.POSTGRESQL) : null;
            }
            skipRows();
            return found;
        }
    }

    // ---- the flush

    /** A flush and the gates that belong in front of it. */
    private record Gated(List<RowId> rows, List<Boolean> closed, boolean writesUngated) {
        private static final Gated NONE = new Gated(List.of(), List.of(), true);

        /** Inside a transaction; once-keys by themselves wait for whoever has them, and no gate would make that shorter. */
        static Gated within(List<Step> steps) {
            boolean onlyMarks = steps.stream().allMatch(step -> step.kind() == Step.Kind.MARK);
            return onlyMarks ? new Gated(List.of(), List.of(), false) : NONE;
        }

        static Gated of(List<Step> steps, Shared shared) {
            if (shared.hotRows.isEmpty() && steps.size() == 1 && steps.get(0).kind() == Step.Kind.UPDATE) {
                return NONE;
            }
            long now = shared.nanoTime();
            List<RowId> rows = new ArrayList<>();
            List<Boolean> closed = new ArrayList<>();
            boolean ungated = false;
            for (Step step : steps) {
                RowId row = step.entry().id;
                boolean last = !rows.isEmpty() && rows.get(rows.size() - 1).equals(row);
                switch (step.kind()) {
                    case CHECK -> {
                        if (!last) {
                            rows.add(row);
                            closed.add(false);
                        }
                    }
                    case UPDATE, CLAIM, TIE -> {
                        if (!shared.hotRows.isHot(row, now)) {
                            ungated = true;
                        } else if (!last) {
                            rows.add(row);
                            closed.add(true);
                        }
                    }
                    case DELETE -> {
                        if (!shared.hotRows.isHot(row, now)) {
                            ungated = true;
                        } else if (!rows.contains(row)) {
                            // Not claimed before: it is all there is to do.
                            rows.add(row);
                            closed.add(true);
                        }
                    }
                    case ABSENT, INSERT, BURY, MARK, FENCE, ENCLOSED -> {}
                }
            }
            return new Gated(rows, closed, ungated);
        }
    }

    @Override
    void flush(Session session, Shared shared, Isolation level, List<Step> steps, boolean commit) {
        if (steps.isEmpty()) {
            if (commit && session.inTransaction()) {
                commit(session);
            }
            return;
        }
        // Whoever holds row locks already must not wait at a gate: its keeper may be waiting for those.
        Gated gated = session.inTransaction() ? Gated.within(steps) : Gated.of(steps, shared);
        long began = shared.nanoTime();
        try {
            if (commit && !session.inTransaction() && steps.size() == 1 && gated.rows.isEmpty()) {
                single(session, steps.get(0), true, Session.Limit.STARVATION, starvation(gated));
            } else if (commit && !session.inTransaction() && PostgresUpdate.fits(steps)) {
                updateWithChecks(session, steps, gated);
            } else if (steps.size() <= STEPS_MAX) {
                message(session, steps, gated, commit);
            } else {
                messages(session, level, steps, gated, commit);
            }
        } finally {
            if (gated.writesUngated && shared.nanoTime() - began > SLOW_NANOS) {
                markWritten(steps, shared);
            }
        }
    }

    private void updateWithChecks(Session session, List<Step> steps, Gated gated) {
        PostgresUpdate one = PostgresUpdate.of(texts, steps, gated.rows, gated.closed);
        Integer changed = session.run(one.sql(), true, Session.Limit.STARVATION, starvation(gated), statement -> {
            one.bind(statement, engine());
            return statement.executeUpdate();
        });
        if (Objects.requireNonNull(changed) != 1) {
            throw stale(session, steps);
        }
    }

    private static long starvation(Gated gated) {
        return gated.writesUngated ? STARVED_NANOS : Long.MAX_VALUE;
    }

    private static void markWritten(List<Step> steps, Shared shared) {
        long now = shared.nanoTime();
        for (Step step : steps) {
            if (step.kind() == Step.Kind.UPDATE || step.kind() == Step.Kind.DELETE) {
                shared.hotRows.mark(step.entry().id, now);
            }
        }
    }

    /** A flush too large for one message: an explicit transaction and several. */
    private void messages(Session session, Isolation level, List<Step> steps, Gated gated, boolean commit) {
        if (!session.inTransaction()) {
            begin(session, level);
        }
        Gated gates = gated;
        for (int from = 0; from < steps.size(); from += STEPS_MAX) {
            int to = Math.min(steps.size(), from + STEPS_MAX);
            message(session, steps.subList(from, to), gates, commit && to == steps.size());
            gates = new Gated(List.of(), List.of(), gated.writesUngated);
        }
    }

    private void message(Session session, List<Step> steps, Gated gated, boolean commit) {
        // Once-keys come first of all: whoever waits for one holds neither a gate nor a row.
        int marks = (int)
                steps.stream().takeWhile(step -> step.kind() == Step.Kind.MARK).count();
        String gates = gates(gated.closed);
        boolean carried = !gates.isEmpty() && marks < steps.size() && carriesGates(steps.get(marks));
        List<String> statements = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            statements.add(asserting(steps.get(i), i, i == marks && carried ? gates : ""));
        }
        if (!gates.isEmpty() && !carried) {
            statements.add(marks, gates);
        }
        if (commit && session.inTransaction()) {
            statements.add("COMMIT");
        }
        session.run(String.join(";", statements), commit, Session.Limit.STARVATION, starvation(gated), statement -> {
            int index = bindAll(statement, steps.subList(0, marks), 1);
            for (RowId row : gated.rows) {
                statement.setLong(index++, row.gate());
            }
            bindAll(statement, steps.subList(marks, steps.size()), index);
            try {
                return statement.execute();
            } catch (SQLException thrown) {
                Matcher stale = STALE.matcher(String.valueOf(thrown.getMessage()));
                if ("22P02".equals(thrown.getSQLState()) && stale.find()) {
                    throw RestartUnit.changed(
                            steps.get(Integer.parseInt(stale.group(1))).entry());
                }
                throw thrown;
            }
        });
        if (commit) {
            session.inTransaction(false);
        }
    }

    /** Whether a step's own statement can take the gates before it touches its row, which saves a statement. */
    private static boolean carriesGates(Step step) {
        return switch (step.kind()) {
            case CHECK, CLAIM, UPDATE, DELETE, TIE -> true;
            case ABSENT, INSERT, BURY, MARK, FENCE, ENCLOSED -> false;
        };
    }

    /**
     * A step that fails if it has not the effect it must have. The gates it carries, if any, stand in its condition: the
     * row found by its key is locked only after the condition was found true.
     */
    private static String asserting(Step step, int number, String gates) {
        String with = gates.isEmpty() ? "" : "WITH g AS MATERIALIZED (" + gates + ") ";
        String body = gates.isEmpty() ? step.sql() : step.sql() + " AND EXISTS (SELECT 1 FROM g)";
        return switch (step.kind()) {
            case CHECK, FENCE -> with + count("1", number) + "(" + body + " FOR SHARE) c";
            case CLAIM -> with + count("1", number) + "(" + body + " FOR UPDATE) c";
            case ABSENT -> count("0", number) + "(" + body + ") c";
            case UPDATE, DELETE, MARK, TIE, ENCLOSED ->
                (gates.isEmpty() ? "WITH " : with.stripTrailing() + ", ") + "u AS (" + body + " RETURNING 1) "
                        + count("1", number) + "u";
            case INSERT, BURY -> body;
        };
    }

    private static String count(String wanted, int number) {
        return "SELECT CASE WHEN count(*) = " + wanted + " THEN 1 ELSE ('rowlock:' || count(*) || ':" + number
                + "')::int END FROM ";
    }
}
