package io.rowlock.app.sync;

import static io.rowlock.app.sync.SyncTables.ACCOUNTS;
import static io.rowlock.app.sync.SyncTables.INSTANCES;
import static io.rowlock.app.sync.SyncTables.INSTANCES_BY_NAME;
import static io.rowlock.app.sync.SyncTables.RECORDS;
import static io.rowlock.app.sync.SyncTables.SESSIONS;

import io.rowlock.ReadTx;
import io.rowlock.Rowlock;
import io.rowlock.Table;
import io.rowlock.Unit;
import io.rowlock.View;
import io.rowlock.app.sql.Sql;
import io.rowlock.app.sync.SyncTables.AccountRow;
import io.rowlock.app.sync.SyncTables.InstanceRow;
import io.rowlock.app.sync.SyncTables.RecordRow;
import io.rowlock.app.sync.SyncTables.SessionRow;
import io.rowlock.dialect.Isolation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What can be looked at. Nothing here takes a lock, and nothing it answers can be written back. Safe for use by many threads.
 */
final class SyncQueries {
    private static final Unit LOOK = Unit.named("sync-look");
    private static final Unit LIST = Unit.named("sync-list");
    /** A session and its records, and counts that are shown together, are of one moment. */
    private static final Unit WHOLE = Unit.named("sync-look-whole").withIsolation(Isolation.REPEATABLE_READ);

    private final Rowlock rowlock;

    SyncQueries(Rowlock rowlock) {
        this.rowlock = rowlock;
    }

    /** A session and its records, by the names of their instances. */
    record Whole(SessionRow session, List<RecordRow> records) {}

    Optional<Whole> session(UUID sessionId) {
        return rowlock.read(
                WHOLE,
                tx -> tx.peek(SESSIONS, sessionId).map(session -> new Whole(session.value(), records(tx, sessionId))));
    }

    private static List<RecordRow> records(ReadTx tx, UUID sessionId) {
        return values(peekAll(tx, RECORDS, Sql.ids(tx, """
                SELECT id
                  FROM sync_instance_records
                 WHERE session_id = ?
                 ORDER BY instance_name, id""", sessionId)));
    }

    /** The records of a session that have not ended; none if the session has. */
    List<RecordRow> open(UUID sessionId) {
        return rowlock.read(LIST, tx -> values(peekAll(tx, RECORDS, Sql.ids(tx, """
                        SELECT r.id
                          FROM sync_instance_records r
                          JOIN sync_sessions s ON s.session_id = r.session_id
                         WHERE r.session_id = ? AND r.status IN ('pending', 'running') AND s.status = 'running'
                         ORDER BY r.instance_name, r.id""", sessionId))));
    }

    /**
     * What the performance view says of a session.
     *
     * @param durationSeconds to its end, or to now while it runs
     * @param failedRecords failed and skipped
     */
    record Performance(
            SessionRow session,
            double durationSeconds,
            int totalRecords,
            int completedRecords,
            int failedRecords,
            int runningRecords) {}

    /** A session, what the view says of it, and its records. */
    record Details(Performance performance, List<RecordRow> records) {}

    Optional<Details> details(UUID sessionId) {
        return rowlock.read(
                WHOLE,
                tx -> tx.peek(SESSIONS, sessionId)
                        .flatMap(session -> Sql.query(
                                        tx,
                                        row -> new Performance(
                                                session.value(),
                                                // Clocks of two instances may differ: nothing takes less than no time.
                                                Math.max(0, row.getDouble(1)),
                                                row.getInt(2),
                                                row.getInt(3),
                                                row.getInt(4),
                                                row.getInt(5)),
                                        """
                                SELECT duration_seconds, total_records, completed_records, failed_records, running_records
                                  FROM sync_performance_view
                                 WHERE session_id = ?""",
                                        sessionId)
                                .stream()
                                .findFirst())
                        .map(performance -> new Details(performance, records(tx, sessionId))));
    }

    /** Sessions, newest first; what is null is not asked for. */
    List<SessionRow> sessions(
            @Nullable SyncType type, @Nullable SyncCategory category, @Nullable SessionStatus status, int limit) {
        StringBuilder where = new StringBuilder();
        List<Object> values = new ArrayList<>();
        condition(where, values, "sync_type", type);
        condition(where, values, "sync_category", category);
        condition(where, values, "status", status);
        values.add(limit);
        String sql = "SELECT session_id FROM sync_sessions" + where + " ORDER BY created_at DESC, session_id LIMIT ?";
        return rowlock.read(LIST, tx -> values(peekAll(tx, SESSIONS, Sql.ids(tx, sql, values.toArray()))));
    }

    private static void condition(StringBuilder where, List<Object> values, String column, @Nullable Named name) {
        if (name != null) {
            where.append(where.isEmpty() ? " WHERE " : " AND ").append(column).append(" = ?");
            values.add(name.text());
        }
    }

    /**
     * All sessions in numbers.
     *
     * @param sessions how many, by status
     * @param records how many, by status
     * @param successRate completed of all records that have ended and were not skipped, 0 to 1
     * @param averageSeconds of the sessions that completed or failed
     * @param takeovers how often an instance was taken over from a holder that never ended its work
     */
    record Statistics(
            long totalSessions,
            Map<String, Long> sessions,
            long totalRecords,
            Map<String, Long> records,
            double successRate,
            double averageSeconds,
            long instances,
            long activeAccounts,
            long takeovers) {}

    Statistics statistics() {
        return rowlock.read(WHOLE, tx -> {
            Map<String, Long> sessions =
                    byStatus(tx, SessionStatus.values(), "SELECT status, COUNT(*) FROM sync_sessions GROUP BY status");
            Map<String, Long> records = byStatus(
                    tx, RecordStatus.values(), "SELECT status, COUNT(*) FROM sync_instance_records GROUP BY status");
            long completed = records.getOrDefault(RecordStatus.COMPLETED.text(), 0L);
            long tried = completed + records.getOrDefault(RecordStatus.FAILED.text(), 0L);
            double seconds = Sql.query(tx, row -> row.getDouble(1), """
                            SELECT COALESCE(AVG(duration_seconds), 0)
                              FROM sync_performance_view
                             WHERE status IN ('completed', 'failed')""").get(0);
            return new Statistics(
                    sum(sessions),
                    sessions,
                    sum(records),
                    records,
                    tried == 0 ? 1 : Math.floor((double) completed / tried * 1e4) / 1e4,
                    Math.round(seconds * 1e3) / 1e3,
                    Sql.number(tx, "SELECT COUNT(*) FROM instances"),
                    Sql.query(
                                    tx,
                                    row -> row.getLong(1),
                                    "SELECT COUNT(*) FROM instance_accounts WHERE is_active = ?",
                                    true)
                            .get(0),
                    Sql.number(tx, "SELECT COALESCE(SUM(takeovers), 0) FROM instances"));
        });
    }

    private static Map<String, Long> byStatus(ReadTx tx, Named[] all, String sql) {
        Map<String, Long> counts = new TreeMap<>();
        for (Named status : all) {
            counts.put(status.text(), 0L);
        }
        Sql.query(tx, row -> Map.entry(row.getString(1), row.getLong(2)), sql)
                .forEach(entry -> counts.put(entry.getKey(), entry.getValue()));
        return counts;
    }

    private static long sum(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    Optional<InstanceRow> instance(UUID id) {
        return rowlock.read(LOOK, tx -> tx.peek(INSTANCES, id).map(View::value));
    }

    Optional<InstanceRow> instance(String name) {
        return rowlock.read(LOOK, tx -> tx.peek(INSTANCES_BY_NAME, name).map(View::value));
    }

    List<InstanceRow> instances(int limit) {
        return rowlock.read(LIST, tx -> values(peekAll(tx, INSTANCES, Sql.ids(tx, """
                        SELECT id
                          FROM instances
                         ORDER BY name, id
                         LIMIT ?""", limit))));
    }

    /** All that take part in a session of all. */
    List<UUID> enabledInstances() {
        return rowlock.read(LIST, tx -> Sql.ids(tx, """
                        SELECT id
                          FROM instances
                         WHERE is_enabled = ?
                         ORDER BY name, id""", true));
    }

    /** What is in an instance; what was in it too, if that is asked for. Empty if there is no such instance. */
    Optional<List<AccountRow>> accounts(UUID instanceId, boolean deletedToo, int limit) {
        return rowlock.read(
                LIST,
                tx -> tx.peek(INSTANCES, instanceId)
                        .map(instance ->
                                values(peekAll(tx, ACCOUNTS, Sql.ids(tx, """
                                SELECT id
                                  FROM instance_accounts
                                 WHERE instance_id = ? AND (is_active = ? OR is_active = ?)
                                 ORDER BY name, id
                                 LIMIT ?""", instanceId, true, !deletedToo, limit)))));
    }

    private static <T> List<View<T>> peekAll(ReadTx tx, Table<T, UUID> table, List<UUID> ids) {
        return new ArrayList<>(tx.peekAll(table, ids).values());
    }

    private static <T> List<T> values(List<View<T>> views) {
        return views.stream().map(View::value).toList();
    }
}
