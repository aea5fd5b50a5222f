package io.rowlock.app.sync;

import static io.rowlock.app.sync.Outcome.done;
import static io.rowlock.app.sync.Outcome.refused;
import static io.rowlock.app.sync.SyncTables.INSTANCES;
import static io.rowlock.app.sync.SyncTables.RECORDS;
import static io.rowlock.app.sync.SyncTables.SESSIONS;

import io.rowlock.ReadTx;
import io.rowlock.Row;
import io.rowlock.Rowlock;
import io.rowlock.Tx;
import io.rowlock.Unit;
import io.rowlock.View;
import io.rowlock.app.sql.Sql;
import io.rowlock.app.sync.SyncTables.Counts;
import io.rowlock.app.sync.SyncTables.InstanceRow;
import io.rowlock.app.sync.SyncTables.Reason;
import io.rowlock.app.sync.SyncTables.RecordRow;
import io.rowlock.app.sync.SyncTables.SessionRow;
import io.rowlock.app.sync.SyncTables.TransitionRow;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Sessions: begun, filled with records, ended once.
 *
 * <p>Whoever changes a session or a record of one locks the session's row first. So its records cannot change while they are
 * counted, its counts are always those of its records, and of those who could end it one does: the last record, or somebody who
 * cancels. What has ended is never written again.
 *
 * <p>Safe for use by many threads.
 */
final class Sessions {
    /** Records that are added, or sessions that are removed, in one transaction. */
    static final int BATCH = 10;

    private static final Unit CREATE = Unit.named("sync-create-session");
    private static final Unit ADD = Unit.named("sync-add-records");
    private static final Unit CANCEL = Unit.named("sync-cancel");
    private static final Unit RECOVER = Unit.named("sync-recover");
    private static final Unit CLEAN_UP = Unit.named("sync-clean-up");
    private static final Unit SEARCH = Unit.named("sync-search");

    private static final Reason CANCELLED = new Reason("CANCELLED", "The session was cancelled");
    private static final Reason STUCK = new Reason("STUCK", "Nobody worked on the session any more, and it was ended");

    private final Rowlock rowlock;

    Sessions(Rowlock rowlock) {
        this.rowlock = rowlock;
    }

    /**
     * Begins a session without records.
     *
     * @param wanted its id, or empty for a new one; if there is a session of this id, that is answered and nothing begun
     * @param by who begins it, for people
     */
    SessionRow create(Optional<UUID> wanted, SyncType type, SyncCategory category, String by) {
        return rowlock.transact(CREATE, tx -> {
            UUID id = wanted.orElseGet(() -> tx.newId("session"));
            Optional<Row<SessionRow>> there = tx.read(SESSIONS, id);
            if (there.isPresent()) {
                return there.get().value();
            }
            return begin(tx, id, type, category, by);
        });
    }

    /** As {@link #create}, in a unit that has more to do. */
    static SessionRow begin(Tx tx, UUID id, SyncType type, SyncCategory category, String by) {
        SessionRow session = new SessionRow(
                id,
                type.text(),
                category.text(),
                SessionStatus.RUNNING.text(),
                tx.now(),
                null,
                false,
                0,
                0,
                0,
                by,
                tx.now(),
                tx.now());
        Row<SessionRow> row = tx.insert(SESSIONS, session);
        step(tx, id, null, null, SessionStatus.RUNNING.text(), false, null);
        return row.value();
    }

    /**
     * Adds records for instances, {@value #BATCH} in a transaction, and has the session wait for no more. Instances that have a
     * record already are passed over, so that this may be done again after a crash.
     *
     * @return the session with all records; refused if one of the instances does not exist (those before it may have their
     *     records, and the session is not sealed) or the session has ended
     */
    Outcome<SessionRow> add(UUID sessionId, Collection<UUID> instanceIds) {
        List<UUID> ids = List.copyOf(new LinkedHashSet<>(instanceIds));
        int from = 0;
        while (true) {
            List<UUID> batch = ids.subList(from, Math.min(from + BATCH, ids.size()));
            from += batch.size();
            boolean last = from == ids.size();
            Outcome<SessionRow> added = rowlock.transact(ADD, tx -> add(tx, sessionId, batch, last));
            if (last || added instanceof Outcome.Refused) {
                return added;
            }
        }
    }

    private static Outcome<SessionRow> add(Tx tx, UUID sessionId, List<UUID> batch, boolean last) {
        Optional<Row<SessionRow>> found = tx.lock(SESSIONS, sessionId);
        if (found.isEmpty()) {
            return refused(new Refusal.UnknownSession(sessionId));
        }
        Row<SessionRow> session = found.get();
        SessionStatus status = session.value().sessionStatus();
        if (status.isEnd()) {
            return refused(new Refusal.SessionEnded(sessionId, status));
        }
        // Locked, so that none of them is deleted before its record is there.
        Map<UUID, Row<InstanceRow>> instances = tx.lockAll(INSTANCES, batch);
        Set<UUID> there = new HashSet<>(Sql.ids(tx, """
                SELECT instance_id
                  FROM sync_instance_records
                 WHERE session_id = ?""", sessionId));
        for (UUID instanceId : batch) {
            Row<InstanceRow> instance = instances.get(instanceId);
            if (instance == null) {
                return refused(new Refusal.UnknownInstance(instanceId));
            }
            if (!there.contains(instanceId)) {
                RecordRow pending = RecordRow.pending(
                        tx.newId("record-" + instanceId), session.value(), instance.value(), tx.now());
                Row<RecordRow> record = tx.insert(RECORDS, pending);
                step(tx, sessionId, record.value().id(), null, RecordStatus.PENDING.text(), false, null);
            }
        }
        Row<SessionRow> sealed = last ? tx.update(session, s -> s.sealed(tx.now())) : session;
        return done(settled(tx, sealed).value());
    }

    /** Ends a session that runs: none of its instances is worked on any more, and what is found in them is not stored. */
    Outcome<SessionRow> cancel(UUID sessionId) {
        return rowlock.transact(CANCEL, tx -> {
            Optional<Row<SessionRow>> found = tx.lock(SESSIONS, sessionId);
            if (found.isEmpty()) {
                return refused(new Refusal.UnknownSession(sessionId));
            }
            SessionStatus status = found.get().value().sessionStatus();
            if (status.isEnd()) {
                return refused(new Refusal.SessionEnded(sessionId, status));
            }
            endAll(tx, sessionId, RecordStatus.SKIPPED, CANCELLED);
            Row<SessionRow> counted = counted(tx, found.get());
            return done(end(tx, counted, SessionStatus.CANCELLED).value());
        });
    }

    /** Sessions that have all their records, and run, and that nobody has worked on for a while. */
    List<UUID> left(Duration time) {
        return untouched(time).stream()
                .filter(SessionRow::isSealed)
                .map(SessionRow::sessionId)
                .toList();
    }

    private List<SessionRow> untouched(Duration time) {
        return rowlock.read(SEARCH, tx -> untouchedFor(tx, time, Sql.ids(tx, """
                        SELECT session_id
                          FROM sync_sessions
                         WHERE status = 'running'
                         ORDER BY created_at, session_id""")));
    }

    /**
     * Ends sessions that run and that nobody has worked on for a while: their processes are gone. What they have not ended fails.
     *
     * @param after how long nothing has happened
     * @return how many were ended
     */
    int recover(Duration after) {
        int recovered = 0;
        for (SessionRow stuck : untouched(after)) {
            UUID sessionId = stuck.sessionId();
            boolean ended = rowlock.transact(RECOVER, tx -> {
                Optional<Row<SessionRow>> found = tx.lock(SESSIONS, sessionId);
                // Looked at again under the lock: somebody may have gone on with it.
                if (found.isEmpty()
                        || found.get().value().sessionStatus().isEnd()
                        || !isUntouchedFor(tx, after, found.get().value())) {
                    return false;
                }
                endAll(tx, sessionId, RecordStatus.FAILED, STUCK);
                Row<SessionRow> counted = counted(tx, found.get());
                // Without all its records it cannot have done what it was begun for.
                SessionStatus end = counted.value().isSealed() ? endOf(counted.value()) : SessionStatus.FAILED;
                Row<SessionRow> unused = end(tx, counted, end);
                return true;
            });
            recovered += ended ? 1 : 0;
        }
        return recovered;
    }

    /**
     * Removes sessions that ended a while ago, with their records. Those that run stay, however old they are.
     *
     * @param age how long ago
     * @return how many were removed
     */
    int cleanUp(Duration age) {
        int removed = 0;
        while (true) {
            List<UUID> old = rowlock.read(SEARCH, tx -> endedFor(tx, age, Sql.ids(tx, """
                            SELECT session_id
                              FROM sync_sessions
                             WHERE completed_at IS NOT NULL
                             ORDER BY completed_at, session_id
                             LIMIT ?""", BATCH)));
            if (old.isEmpty()) {
                return removed;
            }
            removed += rowlock.transact(CLEAN_UP, tx -> {
                Map<UUID, Row<SessionRow>> held = tx.lockAll(SESSIONS, old);
                held.values().forEach(tx::delete);
                return held.size();
            });
        }
    }

    // Times are compared here: each engine stores them in its own way.

    private static List<SessionRow> untouchedFor(ReadTx tx, Duration time, List<UUID> ids) {
        return tx.peekAll(SESSIONS, ids).values().stream()
                .map(View::value)
                .filter(session -> isUntouchedFor(tx, time, session))
                .toList();
    }

    private static boolean isUntouchedFor(ReadTx tx, Duration time, SessionRow session) {
        return session.updatedAt().isBefore(tx.now().minus(time));
    }

    private static List<UUID> endedFor(ReadTx tx, Duration time, List<UUID> ids) {
        return tx.peekAll(SESSIONS, ids).values().stream()
                .map(View::value)
                .filter(session -> session.completedAt() != null
                        && session.completedAt().isBefore(tx.now().minus(time)))
                .map(SessionRow::sessionId)
                .toList();
    }

    // ---- in units of others, with the session locked

    /** Writes down the counts, and ends the session if its last record has ended. */
    static Row<SessionRow> settled(Tx tx, Row<SessionRow> held) {
        Counts counts = counts(tx, held.value().sessionId());
        Row<SessionRow> counted = tx.update(held, s -> s.counted(counts, tx.now()));
        boolean over = counts.isOver() && counted.value().isSealed();
        return over && !counted.value().sessionStatus().isEnd() ? end(tx, counted, endOf(counted.value())) : counted;
    }

    /** Writes down the counts, and nothing else. */
    static Row<SessionRow> counted(Tx tx, Row<SessionRow> held) {
        Counts counts = counts(tx, held.value().sessionId());
        return tx.update(held, s -> s.counted(counts, tx.now()));
    }

    private static SessionStatus endOf(SessionRow counted) {
        return counted.failedInstances() == 0 ? SessionStatus.COMPLETED : SessionStatus.FAILED;
    }

    private static Row<SessionRow> end(Tx tx, Row<SessionRow> running, SessionStatus end) {
        step(tx, running.value().sessionId(), null, running.value().status(), end.text(), true, null);
        return tx.update(running, s -> s.ended(end, tx.now()));
    }

    /** Counted in the transaction that holds the session's row, of which all that is staged has been sent. */
    private static Counts counts(Tx tx, UUID sessionId) {
        Map<RecordStatus, Integer> counts = new EnumMap<>(RecordStatus.class);
        Sql.query(tx, row -> Map.entry(Named.of(RecordStatus.class, row.getString(1)), row.getInt(2)), """
                        SELECT status, COUNT(*)
                          FROM sync_instance_records
                         WHERE session_id = ?
                         GROUP BY status""", sessionId)
                .forEach(entry -> counts.put(entry.getKey(), entry.getValue()));
        return new Counts(
                counts.getOrDefault(RecordStatus.PENDING, 0),
                counts.getOrDefault(RecordStatus.RUNNING, 0),
                counts.getOrDefault(RecordStatus.COMPLETED, 0),
                counts.getOrDefault(RecordStatus.FAILED, 0),
                counts.getOrDefault(RecordStatus.SKIPPED, 0));
    }

    private static void endAll(Tx tx, UUID sessionId, RecordStatus end, Reason reason) {
        List<UUID> open = Sql.ids(tx, """
                SELECT id
                  FROM sync_instance_records
                 WHERE session_id = ? AND status IN ('pending', 'running')
                 ORDER BY id""", sessionId);
        tx.lockAll(RECORDS, open).values().forEach(record -> {
            Row<RecordRow> unused = ended(tx, record, end, reason);
        });
    }

    /** Ends a record without accounts. */
    static Row<RecordRow> ended(Tx tx, Row<RecordRow> record, RecordStatus end, Reason reason) {
        RecordRow before = record.value();
        step(tx, before.sessionId(), before.id(), before.status(), end.text(), true, before.leaseToken());
        return tx.update(record, r -> r.ended(end, reason, tx.now()));
    }

    /** Writes down a step of a session, or of one of its records. */
    static void step(
            Tx tx,
            UUID sessionId,
            @Nullable UUID recordId,
            @Nullable String from,
            String to,
            boolean end,
            @Nullable Long token) {
        UUID subject = recordId == null ? sessionId : recordId;
        Row<TransitionRow> unused = tx.insert(
                SyncTables.TRANSITIONS,
                new TransitionRow(
                        tx.newId("step-" + subject + "-" + to),
                        sessionId,
                        recordId,
                        subject,
                        from,
                        to,
                        end ? 1 : null,
                        token,
                        tx.now()));
    }
}
