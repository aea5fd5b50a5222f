package io.rowlock.internal.lease;

import io.rowlock.Key;
import io.rowlock.dialect.RowClock;
import io.rowlock.internal.unit.Errands;
import io.rowlock.internal.unit.Errands.Statements;
import io.rowlock.lease.ForcedRelease;
import io.rowlock.lease.LeaseHolder;
import java.nio.ByteBuffer;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The leases' tables on one engine. Every method is a transaction of its own on a connection of its own.
 *
 * <p><b>A key's row.</b> {@code run_id} is the acquisition that has it, null when it is free; {@code first_token} to {@code token}
 * are the tokens of that acquisition. Both tokens only rise, and change at a grant and at a forced release. So whoever finds
 * {@code first_token} unchanged and {@code run_id} there, under a lock, knows that nobody was granted the key since.
 *
 * <p><b>Time.</b> Expiry is computed and compared where the row is worked on, after any wait for it: the clock functions that
 * stand still during a statement or a transaction grant leases that have expired already (measured: a grant with one second
 * that had waited for two came with −1,002 ms). Rows that somebody has locked are passed over, so that no try waits in the
 * database and no connection is held by a wait.
 *
 * <p><b>The floor.</b> A key without a row begins above {@code rowlock_lease_floor}, whose row the clearing away of idle keys
 * raises, under an exclusive lock, before it deletes; a first grant reads it under a shared one. So a key that was cleared away
 * never meets a token of its own again.
 */
abstract class LeaseStore {
    private static final int ROWS_MAX = 500;
    private static final int LISTED_MAX = 10_000;

    final Errands errands;
    private final Duration limit;

    LeaseStore(Errands errands, Duration limit) {
        this.errands = errands;
        this.limit = limit;
    }

    static LeaseStore of(Errands errands, Duration limit) {
        return switch (errands.engine()) {
            case POSTGRESQL -> new PostgresLeases(errands, limit);
            case MARIADB -> new InnodbLeases(errands, limit, true);
            case MYSQL -> new InnodbLeases(errands, limit, false);
            case SQLITE -> new SqliteLeases(errands, limit);
        };
    }

    /** Who asks for a lease. Never compared. */
    @SuppressWarnings("ArrayRecordComponent")
    record Asking(Key key, byte[] runId, int tokens, Duration length, String owner, String actor, String callSite) {
        long lengthMillis() {
            return length.toMillis();
        }
    }

    /** What giving back came to: the row when it was ours and free now, or what stands there instead. */
    record GivenBack(
            boolean wasOurs,
            boolean lapsed,
            boolean othersWait,
            @Nullable LeaseRow instead) {}

    /** The clock, evaluated where the row is: milliseconds since 1970. */
    final String clock() {
        return RowClock.millis(errands.engine());
    }

    final String select() {
        return "SELECT " + LeaseRow.columnsAnd(clock()) + " FROM rowlock_lease";
    }

    final String byKey() {
        return select() + " WHERE lease_key = ?";
    }

    final Duration atMost(Duration wanted) {
        Duration least = Duration.ofMillis(1);
        Duration shorter = wanted.compareTo(limit) < 0 ? wanted : limit;
        return shorter.compareTo(least) < 0 ? least : shorter;
    }

    Duration limit() {
        return limit;
    }

    // ---- asking

    /**
     * Tries to be granted the key.
     *
     * @return the key's row: ours if it was granted
     */
    final LeaseRow ask(Asking asking, Duration within) {
        Duration most = atMost(within);
        while (true) {
            LeaseRow row = take(asking, most);
            if (row != null) {
                return row;
            }
            if (!create(asking.key, most)) {
                // Somebody else has created it, or there is no floor yet.
                layFloor(most);
            }
        }
    }

    /** Takes the row if it is free; answers it as it stands, or null if there is none. */
    abstract @Nullable LeaseRow take(Asking asking, Duration within);

    /**
     * Makes the key's row, free; false if that was not possible. A grant in the same statement would be computed before a wait
     * for the floor, or for somebody who creates the row and then does not.
     */
    final boolean create(Key key, Duration within) {
        String sql = insertIgnoring().formatted(newRow() + lockForShare());
        return errands.write("lease-create", within, statements -> {
            statements.begin();
            boolean made = statements.run(sql, statement -> {
                statement.setBytes(1, key.bytes());
                return statement.executeUpdate() > 0;
            });
            statements.commit();
            return made;
        });
    }

    abstract String insertIgnoring();

    private void layFloor(Duration within) {
        int unused = errands.write(
                "lease-floor",
                within,
                statements -> statements.run(
                        insertIgnoring().formatted("rowlock_lease_floor (id, token) VALUES (1, 0)"),
                        PreparedStatement::executeUpdate));
    }

    /** What a grant sets, in the order of {@link #bindGrant}; old values are read before they are overwritten. */
    final String grants() {
        return """
                lapsed = CASE WHEN run_id IS NULL THEN 0 ELSE 1 END, forced = 0,
                first_token = token + 1, token = token + ?, run_id = ?, owner = ?, actor = ?, call_site = ?,
                granted_at = %1$s, renewed_at = %1$s, expires_at = %1$s + ?""".formatted(clock());
    }

    static int bindGrant(PreparedStatement statement, int index, Asking asking) throws SQLException {
        int next = index;
        statement.setLong(next++, asking.tokens);
        statement.setBytes(next++, asking.runId);
        statement.setString(next++, asking.owner);
        statement.setString(next++, asking.actor);
        statement.setString(next++, asking.callSite);
        statement.setLong(next++, asking.lengthMillis());
        return next;
    }

    /** Whether a row may be granted to this acquisition; an answer that was lost is asked for again. */
    final String free() {
        return "(run_id IS NULL OR expires_at <= " + clock() + " OR run_id = ?)";
    }

    private String newRow() {
        return """
                rowlock_lease (lease_key, first_token, token, run_id, owner, actor, call_site,
                    granted_at, renewed_at, expires_at, lapsed, forced)
                SELECT ?, token, token, NULL, '', '', '', %1$s, %1$s, %1$s, 0, 0
                FROM rowlock_lease_floor WHERE id = 1""".formatted(clock());
    }

    // ---- holding

    /**
     * Has the whole length lie ahead again.
     *
     * @return the row; of another acquisition, or null, if it is lost
     */
    abstract @Nullable LeaseRow renew(Key key, long firstToken, byte[] runId, Duration length, Duration within);

    /** Old values are read before they are overwritten. */
    final String renews() {
        return """
                lapsed = CASE WHEN expires_at <= %1$s THEN 1 ELSE 0 END,
                renewed_at = %1$s, expires_at = %1$s + ?""".formatted(clock());
    }

    static final String OURS = "lease_key = ? AND first_token = ? AND run_id = ?";

    static int bindOurs(PreparedStatement statement, int index, Key key, long firstToken, byte[] runId)
            throws SQLException {
        statement.setBytes(index, key.bytes());
        statement.setLong(index + 1, firstToken);
        statement.setBytes(index + 2, runId);
        return index + 3;
    }

    /** Frees the key, and tells those who listen, if others wait. */
    abstract GivenBack giveBack(Key key, long firstToken, byte[] runId, UUID process, Duration within);

    /** Frees the key if this acquisition has it, whatever its tokens. */
    final void abandon(Key key, byte[] runId) {
        int unused = errands.write(
                "lease-abandon",
                limit,
                statements -> statements.run(
                        "UPDATE rowlock_lease SET " + frees() + " WHERE lease_key = ? AND run_id = ?", statement -> {
                            statement.setBytes(1, key.bytes());
                            statement.setBytes(2, runId);
                            return statement.executeUpdate();
                        }));
    }

    final String frees() {
        return "lapsed = CASE WHEN expires_at <= " + clock() + " THEN 1 ELSE 0 END, renewed_at = " + clock()
                + ", run_id = NULL";
    }

    /** Whether another process has written down that it waits for the key: key, process. */
    final String othersWait() {
        return "EXISTS (SELECT 1 FROM rowlock_lease_waiter w"
                + " WHERE w.lease_key = ? AND w.process_id <> ? AND w.expires_at > " + clock() + ")";
    }

    final boolean othersWait(Statements statements, Key key, UUID process) {
        return statements.run("SELECT " + othersWait(), statement -> {
            statement.setBytes(1, key.bytes());
            statement.setBytes(2, bytes(process));
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getInt(1) != 0;
            }
        });
    }

    // ---- looking

    final @Nullable LeaseRow row(Key key) {
        return errands.readOrNull("lease-row", limit, statements -> row(statements, key));
    }

    final @Nullable LeaseRow row(Statements statements, Key key) {
        return statements.runOrNull(byKey(), statement -> {
            statement.setBytes(1, key.bytes());
            return first(statement);
        });
    }

    static @Nullable LeaseRow first(PreparedStatement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery()) {
            return LeaseRow.first(rows);
        }
    }

    final List<LeaseHolder> holders(Predicate<Key> here) {
        String sql = """
                SELECT lease_key, %s FROM rowlock_lease
                WHERE run_id IS NOT NULL AND expires_at > %s ORDER BY lease_key LIMIT %d""".formatted(LeaseRow.columnsAnd(clock()), clock(), LISTED_MAX);
        return errands.read(
                "lease-holders",
                limit,
                statements -> statements.run(sql, statement -> {
                    List<LeaseHolder> holders = new ArrayList<>();
                    try (ResultSet rows = statement.executeQuery()) {
                        while (rows.next()) {
                            Key key = Key.ofBytes(rows.getBytes(1));
                            holders.add(LeaseRow.read(rows, 2).holder(key, here.test(key)));
                        }
                    }
                    return holders;
                }));
    }

    // ---- operating

    /** Takes the key away from whoever has this token. */
    final ForcedRelease force(Key key, long token, String reason, String by) {
        return errands.write("lease-force", limit, statements -> force(statements, key, token, reason, by));
    }

    private ForcedRelease force(Statements statements, Key key, long token, String reason, String by) {
        statements.begin();
        LeaseRow before = row(statements, key);
        int forced = statements.run("""
                UPDATE rowlock_lease
                SET first_token = token + 1, token = token + 1, run_id = NULL, forced = 1
                WHERE lease_key = ? AND run_id IS NOT NULL AND first_token <= ? AND token >= ?""", statement -> {
            statement.setBytes(1, key.bytes());
            statement.setLong(2, token);
            statement.setLong(3, token);
            return statement.executeUpdate();
        });
        LeaseRow after = row(statements, key);
        if (after == null || (forced == 0 && !after.isHeld())) {
            return new ForcedRelease.NotHeld();
        }
        if (forced == 0) {
            return new ForcedRelease.AnotherToken(after.token);
        }
        audit(statements, key, token, reason, by, before);
        wake(statements, key);
        statements.commit();
        return new ForcedRelease.Forced(after.token);
    }

    private void audit(
            Statements statements, Key key, long token, String reason, String by, @Nullable LeaseRow before) {
        String owner = before == null ? "" : before.holder(key, false).owner();
        int unused = statements.run("""
                INSERT INTO rowlock_lease_audit (audit_id, lease_key, token, owner, forced_by, reason, forced_at)
                VALUES (?, ?, ?, ?, ?, ?, %s)""".formatted(clock()), statement -> {
            statement.setBytes(1, bytes(errands.newId()));
            statement.setBytes(2, key.bytes());
            statement.setLong(3, token);
            statement.setString(4, owner);
            statement.setString(5, by);
            statement.setString(6, reason);
            return statement.executeUpdate();
        });
    }

    /** Tells those who listen that the key is free. */
    void wake(Statements statements, Key key) {
        // Nobody listens on most engines.
    }

    /** Clears away idle rows, in transactions of some hundred each, and raises the floor. */
    final int reap(Duration idleFor, int leasesMax) {
        layFloor(limit);
        int reaped = 0;
        while (reaped < leasesMax) {
            int most = Math.min(ROWS_MAX, leasesMax - reaped);
            int last = errands.write("lease-reap", limit, statements -> reap(statements, idleFor, most));
            reaped += last;
            if (last < most) {
                break;
            }
        }
        return reaped;
    }

    private int reap(Statements statements, Duration idleFor, int most) {
        statements.begin();
        // From here on no key without a row is granted until this has committed.
        long floor =
                statements.run("SELECT token FROM rowlock_lease_floor WHERE id = 1" + lockForUpdate(), statement -> {
                    try (ResultSet row = statement.executeQuery()) {
                        return row.next() ? row.getLong(1) : 0L;
                    }
                });
        Map<Key, Long> idle = statements.run(idleSql(most), statement -> {
            Map<Key, Long> found = new TreeMap<>();
            statement.setLong(1, idleFor.toMillis());
            statement.setLong(2, idleFor.toMillis());
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.put(Key.ofBytes(rows.getBytes(1)), rows.getLong(2));
                }
            }
            return found;
        });
        long highest = idle.values().stream().mapToLong(Long::longValue).max().orElse(0);
        if (highest > floor) {
            int unused = statements.run("UPDATE rowlock_lease_floor SET token = ? WHERE id = 1", statement -> {
                statement.setLong(1, highest);
                return statement.executeUpdate();
            });
        }
        int deleted = 0;
        for (Map.Entry<Key, Long> one : idle.entrySet()) {
            deleted += statements.run(
                    "DELETE FROM rowlock_lease WHERE lease_key = ? AND token = ? AND (run_id IS NULL OR expires_at <= "
                            + clock() + ")",
                    statement -> {
                        statement.setBytes(1, one.getKey().bytes());
                        statement.setLong(2, one.getValue());
                        return statement.executeUpdate();
                    });
        }
        statements.commit();
        return deleted;
    }

    private String idleSql(int most) {
        return """
                SELECT lease_key, token FROM rowlock_lease
                WHERE (run_id IS NULL AND renewed_at <= %1$s - ?) OR (run_id IS NOT NULL AND expires_at <= %1$s - ?)
                ORDER BY lease_key LIMIT %2$d""".formatted(clock(), most);
    }

    /** What a locking read of the floor appends. */
    abstract String lockForUpdate();

    /** What one appends that shares it. */
    abstract String lockForShare();

    static byte[] bytes(UUID id) {
        return ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }
}
