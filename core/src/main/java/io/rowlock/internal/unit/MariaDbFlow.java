package io.rowlock.internal.unit;

import io.rowlock.Key;
import io.rowlock.dialect.EngineProfile;
import io.rowlock.dialect.Isolation;
import io.rowlock.internal.table.TableDef;
import io.rowlock.internal.table.TableDef.Fetched;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * MariaDB: the flush is one compound statement ({@code BEGIN NOT ATOMIC … END}) that begins, checks, writes and commits on
 * the server; a step that does not find its row signals, and a handler rolls everything back before the error leaves.
 *
 * <p>A flush of one update and one check, the commonest, is one UPDATE instead: see {@link #updateWithCheck}.
 *
 * <p>InnoDB queues row locks first come first served, so checks need no gate. Deletes and inserts of this flush run at READ
 * COMMITTED like the rest; at REPEATABLE READ a locking read of a row that is gone would lock the gap.
 */
class MariaDbFlow extends Flow {
    private static final Pattern STALE = Pattern.compile("rowlock:(\\d+)");
    private static final int SIGNALLED = 1644;

    /**
     * Begins every compound statement. The comment makes the driver bind the values itself, whatever
     * {@code useServerPrepStmts} says: a compound statement that the <em>server</em> has prepared crashes it (11.4.5) when it
     * runs again after one of its tables was altered or recreated.
     */
    static final String COMPOUND = "/*client prepare*/BEGIN NOT ATOMIC ";

    MariaDbFlow(EngineProfile profile) {
        super(profile);
    }

    @Override
    void begin(Session session, Isolation level) {
        session.execute(COMPOUND + beginSql(level) + " END", false);
        session.inTransaction(true);
    }

    private static String beginSql(Isolation level) {
        return "SET TRANSACTION ISOLATION LEVEL " + level.sql() + "; START TRANSACTION;";
    }

    @Override
    void beginReadOnly(Session session, Isolation level) {
        String how = level == Isolation.READ_COMMITTED ? "READ ONLY" : "WITH CONSISTENT SNAPSHOT, READ ONLY";
        session.execute(
                COMPOUND + "SET TRANSACTION ISOLATION LEVEL " + level.sql() + "; START TRANSACTION " + how + "; END",
                false);
        session.inTransaction(true);
    }

    @Override
    String shared() {
        return " LOCK IN SHARE MODE";
    }

    /** Of a row that is there already; see {@link #makeGuards}. */
    @Override
    String guardSql() {
        return "UPDATE rowlock_guard SET version = version + 1 WHERE guard_key = ?";
    }

    private static final String HAS_GUARD = "SELECT 1 FROM rowlock_guard WHERE guard_key = ?";
    private static final String MAKE_GUARD =
            "INSERT INTO rowlock_guard (guard_key, version) VALUES (?, 1) ON DUPLICATE KEY UPDATE version = version";

    /**
     * A guard's row is inserted by a transaction of its own, and then locked by the unit's.
     *
     * <p>A row that a transaction has inserted itself is locked by its being active, without an entry in the table of locks.
     * InnoDB (11.4.5) calls a committing transaction inactive a moment before new snapshots show what it wrote. Whoever locks
     * such a row in that moment has the lock at once and yet reads the past: counted in three of 121,000 pairs, and inferred from
     * that. Locks with an entry are given up only after that moment.
     */
    @Override
    void makeGuards(Session session, Collection<Key> keys) {
        for (Key key : keys) {
            boolean there = session.get(HAS_GUARD, statement -> {
                statement.setBytes(1, key.bytes());
                try (ResultSet row = statement.executeQuery()) {
                    return row.next();
                }
            });
            if (!there) {
                session.run(MAKE_GUARD, false, statement -> {
                    statement.setBytes(1, key.bytes());
                    return statement.executeUpdate();
                });
            }
        }
    }

    /** IGNORE turns the taken key into no row, and nothing else can go wrong with these values. */
    @Override
    String markSql() {
        return """
                INSERT IGNORE INTO rowlock_once (once_key, run_id, fingerprint, answer, answered_at, expires_at)
                VALUES (?, ?, ?, ?, %1$s, %1$s + ?)""".formatted(nowMillis());
    }

    @Override
    String nowMillis() {
        return "TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) DIV 1000";
    }

    @Override
    String burySql() {
        return """
                INSERT INTO rowlock_tombstone (row_key, version) VALUES (?, ?)
                ON DUPLICATE KEY UPDATE version = VALUES(version)""";
    }

    @Override
    List<@Nullable Fetched<?, ?>> beginLocked(
            Session session, Isolation level, SortedSet<Key> guards, List<Wanted> wanted) {
        if (guards.size() + wanted.size() > STEPS_MAX) {
            return lockedStepwise(session, level, guards, wanted);
        }
        boolean begins = !session.inTransaction();
        if (!begins) {
            guards.forEach(key -> guard(session, key));
            if (wanted.isEmpty()) {
                return List.of();
            }
        }
        StringBuilder sql = new StringBuilder(COMPOUND);
        if (begins) {
            guards.forEach(key -> sql.append("IF NOT EXISTS(" + HAS_GUARD + ") THEN " + MAKE_GUARD + "; END IF; "));
            sql.append(beginSql(level));
            guards.forEach(key -> sql.append(guardSql()).append(';'));
        }
        wanted.forEach(one -> sql.append(lockSql(one)).append(';'));
        sql.append(" END");
        session.inTransaction(true);
        return session.get(sql.toString(), statement -> {
            int index = 1;
            if (begins) {
                for (Key key : guards) {
                    statement.setBytes(index++, key.bytes());
                    statement.setBytes(index++, key.bytes());
                }
                for (Key key : guards) {
                    statement.setBytes(index++, key.bytes());
                }
            }
            for (Wanted one : wanted) {
                index = bindWanted(statement, index, one);
            }
            return rows(statement, wanted);
        });
    }

    private List<@Nullable Fetched<?, ?>> rows(PreparedStatement statement, List<Wanted> wanted) throws SQLException {
        List<@Nullable Fetched<?, ?>> rows = new ArrayList<>();
        boolean isRows = statement.execute();
        while (rows.size() < wanted.size()) {
            if (isRows) {
                try (ResultSet row = statement.getResultSet()) {
                    rows.add(row.next() ? wanted.get(rows.size()).table().fetch(row, engine()) : null);
                }
            } else if (statement.getUpdateCount() == -1) {
                throw new IllegalStateException(
                        "Fewer results than locks (locks=" + wanted.size() + ", results=" + rows.size() + ")");
            }
            isRows = statement.getMoreResults();
        }
        return rows;
    }

    @Override
    void flush(Session session, Shared shared, Isolation level, List<Step> steps, boolean commit) {
        if (steps.isEmpty()) {
            if (commit && session.inTransaction()) {
                commit(session);
            }
        } else if (commit && !session.inTransaction() && steps.size() == 1) {
            single(session, steps.get(0), true, Session.Limit.DEADLINE, Long.MAX_VALUE);
        } else if (commit && !session.inTransaction() && isUpdateWithCheck(steps)) {
            updateWithCheck(session, steps);
        } else if (steps.size() <= STEPS_MAX) {
            block(session, level, steps, commit);
        } else {
            blocks(session, level, steps, commit);
        }
    }

    private static boolean isUpdateWithCheck(List<Step> steps) {
        return steps.size() == 2
                && steps.stream().anyMatch(step -> step.kind() == Step.Kind.UPDATE)
                && steps.stream().anyMatch(step -> step.kind() == Step.Kind.CHECK);
    }

    /**
     * The smallest flush that checks: one UPDATE that holds the locking check in its condition, prepared on the server, a
     * transaction of its own. A compound statement is parsed each time, which costs the server more than all the rest.
     *
     * <p>The order of the two locks is the canonical one here too: a condition that stands by itself is evaluated before
     * the first row is looked for, one that refers to the row after that row is locked. Were some version of the server to
     * see it otherwise, units could deadlock and run again; the check would be no weaker.
     */
    private void updateWithCheck(Session session, List<Step> steps) {
        boolean checkFirst = steps.get(0).kind() == Step.Kind.CHECK;
        Step check = steps.get(checkFirst ? 0 : 1);
        Step update = steps.get(checkFirst ? 1 : 0);
        String sql = texts.of(
                new Shape(update.sql(), check.sql(), checkFirst), () -> updateWithCheck(update, check, checkFirst));
        Integer changed = session.run(sql, true, statement -> {
            bindAll(statement, List.of(update, check), 1);
            return statement.executeUpdate();
        });
        if (Objects.requireNonNull(changed) != 1) {
            throw stale(session, steps);
        }
    }

    private record Shape(String update, String check, boolean checkFirst) {}

    private String updateWithCheck(Step update, Step check, boolean checkFirst) {
        TableDef<?, ?> table = update.entry().table;
        String begins = "UPDATE " + table.name();
        return begins + " AS rowlock_u" + update.sql().substring(begins.length()) + " AND EXISTS(" + check.sql()
                + (checkFirst ? "" : " AND rowlock_u." + table.versionColumn() + " IS NOT NULL") + shared() + ")";
    }

    private void blocks(Session session, Isolation level, List<Step> steps, boolean commit) {
        for (int from = 0; from < steps.size(); from += STEPS_MAX) {
            int to = Math.min(steps.size(), from + STEPS_MAX);
            block(session, level, steps.subList(from, to), commit && to == steps.size());
        }
    }

    private void block(Session session, Isolation level, List<Step> steps, boolean commit) {
        StringBuilder sql = new StringBuilder(COMPOUND);
        if (commit || !session.inTransaction()) {
            // Inside a transaction that goes on, undoing is the business of the savepoint or the unit around it.
            sql.append("DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; RESIGNAL; END; ");
        }
        if (!session.inTransaction()) {
            sql.append(beginSql(level));
        }
        for (int i = 0; i < steps.size(); i++) {
            asserting(sql, steps.get(i), i);
        }
        sql.append(commit ? " COMMIT; END" : " END");
        session.inTransaction(true);
        session.run(sql.toString(), commit, statement -> {
            bindAll(statement, steps, 1);
            try {
                return statement.execute();
            } catch (SQLException thrown) {
                Matcher stale = STALE.matcher(String.valueOf(thrown.getMessage()));
                if (thrown.getErrorCode() == SIGNALLED && stale.find()) {
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

    private void asserting(StringBuilder sql, Step step, int number) {
        switch (step.kind()) {
            case CHECK, FENCE -> unless(sql, "NOT EXISTS(" + step.sql() + shared() + ")", number);
            case CLAIM -> unless(sql, "NOT EXISTS(" + step.sql() + " FOR UPDATE)", number);
            case ABSENT -> unless(sql, "EXISTS(" + step.sql() + ")", number);
            case UPDATE, DELETE, MARK, TIE, ENCLOSED -> {
                sql.append(step.sql()).append("; ");
                unless(sql, "ROW_COUNT() <> 1", number);
            }
            case INSERT, BURY -> sql.append(step.sql()).append("; ");
        }
    }

    private static void unless(StringBuilder sql, String stale, int number) {
        sql.append("IF ")
                .append(stale)
                .append(" THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'rowlock:")
                .append(number)
                .append("'; END IF; ");
    }
}
