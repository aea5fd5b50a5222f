package io.rowlock.internal.claim;

import io.rowlock.claim.WorkQueue;
import io.rowlock.dialect.Engine;
import io.rowlock.internal.table.TableDef;
import io.rowlock.internal.unit.Errands;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The statements of a queue on one engine. Immutable.
 *
 * <p><b>Tokens.</b> A claim's token is the larger of one more than the row's last and the database's clock in microseconds. So it
 * rises for a row while it lives, whatever the clock does, and does not begin anew where the row is deleted and comes back under its
 * key, or the database is restored from a backup: a worker of the time before could otherwise meet its own token again.
 *
 * <p><b>Order of assignments.</b> InnoDB assigns from left to right, and what stands further to the right sees the new value. So the
 * count of tries, on which the others depend, is assigned last, and each other column depends on itself and that.
 */
final class QueueSql<T, K> {
    private static final String LAPSED = "Claim ran out";

    private final QueueDef<T, K> def;
    private final TableDef<T, K> table;
    private final ClaimDialect dialect;
    private final Engine engine;

    final String take;
    final String look;
    final String lockDue;
    final String claimOne;
    final String readOne;
    final String renew;
    final String parked;
    final String unpark;

    QueueSql(QueueDef<T, K> def, Engine engine) {
        this.def = def;
        this.table = def.table;
        this.engine = engine;
        this.dialect = ClaimDialect.of(engine);
        this.take = dialect.takeForm() == ClaimDialect.TakeForm.COMPOUND ? takeInCompound() : takeReturning();
        this.look = "SELECT 1 FROM " + table.name() + whereDue() + " LIMIT 1";
        this.lockDue = due(table.selectColumns());
        this.claimOne = "UPDATE " + table.name() + claim() + " WHERE " + table.whereKey();
        this.readOne = "SELECT " + selected() + " FROM " + table.name() + " WHERE " + table.whereKey();
        this.renew = dialect.afterLock(
                table.name(),
                "UPDATE " + table.name() + " SET " + def.until + " = " + dialect.rowNow() + " + " + def.lengthMicros(),
                whereHeld());
        this.parked = "SELECT " + selected() + " FROM " + table.name() + " WHERE " + def.state + " = 'PARKED' ORDER BY "
                + def.until + ", " + String.join(", ", table.keyColumns()) + " LIMIT ?";
        this.unpark = "UPDATE " + table.name() + " SET " + def.state + " = 'OPEN', " + def.attempts + " = 0, "
                + def.until
                + " = 0, " + def.token + " = " + def.token + " + 1 WHERE " + table.whereKey() + " AND " + def.state
                + " = 'PARKED'";
    }

    ClaimDialect dialect() {
        return dialect;
    }

    // ---- taking

    /** The columns of an item, and behind them the queue's. */
    private String selected() {
        return String.join(", ", table.selectColumns(), def.token, def.attempts, def.state, def.until, def.reason);
    }

    private String whereDue() {
        WorkQueue<T, K> queue = def.queue;
        StringBuilder where = new StringBuilder(" WHERE ").append(def.state).append(" = 'OPEN'");
        WorkQueue.Ready ready = queue.ready();
        if (ready != null) {
            where.append(" AND ").append(table.columnOf(ready.component())).append(" = ?");
        }
        String due = queue.due();
        if (due != null) {
            where.append(" AND ").append(table.columnOf(due)).append(" <= ").append(dialect.statementNow());
        }
        return where.append(" AND ")
                .append(def.until)
                .append(" <= ")
                .append(dialect.rowNow())
                .toString();
    }

    /** The rows that can be taken, in order, locked; binds what is ready, then how many. */
    private String due(String columns) {
        List<String> order = new ArrayList<>();
        String rank = def.queue.rank();
        if (rank != null) {
            order.add(table.columnOf(rank));
        }
        String due = def.queue.due();
        if (due != null) {
            order.add(table.columnOf(due));
        }
        order.addAll(table.keyColumns());
        return "SELECT " + columns + " FROM " + table.name() + whereDue() + " ORDER BY " + String.join(", ", order)
                + " LIMIT ?" + dialect.takeLock();
    }

    private String claim() {
        String spent = def.attempts + " >= " + def.queue.attemptsMax();
        String before =
                "COALESCE(" + dialect.concat("' (failed before: '", dialect.concat(def.reason, "')'")) + ", '')";
        return " SET " + def.state + " = CASE WHEN " + spent + " THEN 'PARKED' ELSE " + def.state + " END, "
                + def.reason + " = CASE WHEN " + spent + " THEN SUBSTR("
                + dialect.concat("'" + LAPSED + "'", before) + ", 1, 1000) ELSE " + def.reason + " END, "
                + def.token + " = " + dialect.greatest(def.token + " + 1", dialect.rowNow()) + ", "
                + def.until + " = " + dialect.rowNow() + " + CASE WHEN " + spent + " THEN 0 ELSE " + def.lengthMicros()
                + " END, "
                + def.attempts + " = CASE WHEN " + spent + " THEN " + def.attempts + " ELSE " + def.attempts
                + " + 1 END";
    }

    /** The rows to take are chosen once, by themselves: joined to the UPDATE, the choice could be made again for each row. */
    private String takeReturning() {
        List<String> keys = table.keyColumns();
        String chosen = IntStream.range(0, keys.size())
                .mapToObj(i -> keys.get(i) + " AS rowlock_k" + i)
                .collect(Collectors.joining(", "));
        String joined = IntStream.range(0, keys.size())
                .mapToObj(i -> keys.get(i) + " = due.rowlock_k" + i)
                .collect(Collectors.joining(" AND "));
        return "WITH due AS MATERIALIZED (" + due(chosen) + ") UPDATE " + table.name() + claim() + " FROM due WHERE "
                + joined + " RETURNING " + selected();
    }

    /** One round trip: the rows are locked as the loop begins, and each is changed and answered. */
    private String takeInCompound() {
        List<String> keys = table.keyColumns();
        String chosen = IntStream.range(0, keys.size())
                .mapToObj(i -> keys.get(i) + " AS rowlock_k" + i)
                .collect(Collectors.joining(", "));
        String isItem = IntStream.range(0, keys.size())
                .mapToObj(i -> keys.get(i) + " = rowlock_item.rowlock_k" + i)
                .collect(Collectors.joining(" AND "));
        return Errands.COMPOUND
                + "DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; RESIGNAL; END;"
                + " SET TRANSACTION ISOLATION LEVEL READ COMMITTED; START TRANSACTION;"
                + " FOR rowlock_item IN (" + due(chosen) + ") DO"
                + " UPDATE " + table.name() + claim() + " WHERE " + isItem + ";"
                + " SELECT " + selected() + " FROM " + table.name() + " WHERE " + isItem + ";"
                + " END FOR; COMMIT; END";
    }

    int bindDue(PreparedStatement statement, int max) throws SQLException {
        int index = bindReady(statement);
        statement.setInt(index, max);
        return index + 1;
    }

    int bindReady(PreparedStatement statement) throws SQLException {
        WorkQueue.Ready ready = def.queue.ready();
        if (ready == null) {
            return 1;
        }
        table.bindComponent(statement, 1, ready.component(), ready.value(), engine);
        return 2;
    }

    // ---- what a claim holds

    private String whereHeld() {
        return table.whereKey() + " AND " + def.token + " = ? AND " + def.state + " = 'OPEN'";
    }

    int bindHeld(PreparedStatement statement, int index, K key, long token) throws SQLException {
        int next = table.bindKey(statement, index, key, engine);
        statement.setLong(next, token);
        return next + 1;
    }

    void bindRenew(PreparedStatement statement, K key, long token) throws SQLException {
        int index = 1;
        for (int i = 0; i < dialect.whereBound(); i++) {
            index = bindHeld(statement, index, key, token);
        }
    }

    String complete() {
        return end("'DONE'", dialect.rowNow(), "");
    }

    /** Binds microseconds to wait, then the reason. */
    String retry() {
        return end("'OPEN'", dialect.rowNow() + " + ?", ", " + def.reason + " = ?");
    }

    /** Binds the reason. */
    String park() {
        return end("'PARKED'", dialect.rowNow(), ", " + def.reason + " = ?");
    }

    /** Binds microseconds to wait. */
    String release() {
        return end("'OPEN'", dialect.rowNow() + " + ?", ", " + def.attempts + " = " + def.attempts + " - 1");
    }

    /** Binds microseconds to wait. */
    String again() {
        return end("'OPEN'", dialect.rowNow() + " + ?", ", " + def.attempts + " = 0, " + def.reason + " = NULL");
    }

    /** The token moves on with it, so that a claim is ended once. */
    private String end(String state, String until, String more) {
        return "UPDATE " + table.name() + " SET " + def.state + " = " + state + ", " + def.token + " = " + def.token
                + " + 1, " + def.until + " = " + until + more + " WHERE " + whereHeld();
    }

    // ---- the table

    /** The statements that add these columns of the queue, and its index if the list is all of them. */
    List<String> ddl(Set<String> missing) {
        List<String> statements = new ArrayList<>();
        for (String column : def.queue.columnNames()) {
            if (missing.contains(column)) {
                statements.add("ALTER TABLE " + table.name() + " ADD COLUMN " + column + " "
                        + def.columns().get(column));
            }
        }
        statements.add(
                "CREATE INDEX " + indexName() + " ON " + table.name() + " (" + String.join(", ", indexed()) + ")");
        return statements;
    }

    private String indexName() {
        String simple = table.name().substring(table.name().lastIndexOf('.') + 1);
        String name = simple + "_by_" + def.queue.columns();
        return name.length() <= 63 ? name : name.substring(0, 63);
    }

    private List<String> indexed() {
        List<String> columns = new ArrayList<>();
        WorkQueue.Ready ready = def.queue.ready();
        if (ready != null) {
            columns.add(table.columnOf(ready.component()));
        }
        columns.add(def.state);
        String rank = def.queue.rank();
        if (rank != null) {
            columns.add(table.columnOf(rank));
        }
        String due = def.queue.due();
        if (due != null) {
            columns.add(table.columnOf(due));
        }
        for (String key : table.keyColumns()) {
            if (!columns.contains(key)) {
                columns.add(key);
            }
        }
        return columns;
    }
}
