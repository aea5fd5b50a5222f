package io.rowlock.app.sync;

import static io.rowlock.app.sync.SyncTables.ACCOUNTS;
import static io.rowlock.app.sync.SyncTables.INSTANCES;
import static io.rowlock.app.sync.SyncTables.RECORDS;
import static io.rowlock.app.sync.SyncTables.SESSIONS;

import io.rowlock.Row;
import io.rowlock.Rowlock;
import io.rowlock.Tx;
import io.rowlock.Unit;
import io.rowlock.View;
import io.rowlock.app.sql.Sql;
import io.rowlock.app.sync.InstanceLocks.Hold;
import io.rowlock.app.sync.SyncTables.AccountRow;
import io.rowlock.app.sync.SyncTables.InstanceRow;
import io.rowlock.app.sync.SyncTables.Reason;
import io.rowlock.app.sync.SyncTables.RecordRow;
import io.rowlock.app.sync.SyncTables.SessionRow;
import io.rowlock.app.sync.remote.RemoteAccount;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * An instance's way through a session, each step one short unit. What is written under a hold is fenced by it: who has lost the
 * instance to a successor stores nothing.
 *
 * <p>The session is locked first, so that a step and the end of the session never overlap; then the instance, whose number of runs
 * tells without a clock whether somebody has begun since.
 *
 * <p>Safe for use by many threads.
 */
final class InstanceRecords {
    private static final Unit START = Unit.named("sync-start-record");
    private static final Unit COMPLETE = Unit.named("sync-complete-record");
    private static final Unit FAIL = Unit.named("sync-fail-record");
    private static final Unit SKIP = Unit.named("sync-skip-record");
    private static final Unit LOSE = Unit.named("sync-lose-record");

    private final Rowlock rowlock;

    InstanceRecords(Rowlock rowlock) {
        this.rowlock = rowlock;
    }

    /** What a session, an instance and a record of both are in a unit, locked in this order. */
    private record Locked(Row<SessionRow> session, Optional<Row<InstanceRow>> instance, Row<RecordRow> record) {}

    /** Empty if there is nothing to be done any more: the session or the record has ended, or one of them is gone. */
    private static Optional<Locked> lock(Tx tx, RecordRow of) {
        Optional<Row<SessionRow>> session = tx.lock(SESSIONS, of.sessionId());
        if (session.isEmpty() || session.get().value().sessionStatus().isEnd()) {
            return Optional.empty();
        }
        Optional<Row<InstanceRow>> instance = tx.lock(INSTANCES, of.instanceId());
        return tx.lock(RECORDS, of.id())
                .filter(record -> !record.value().recordStatus().isEnd())
                .map(record -> new Locked(session.get(), instance, record));
    }

    private static boolean isHeldUnder(Row<RecordRow> record, long token) {
        Long current = record.value().leaseToken();
        return record.value().recordStatus() == RecordStatus.RUNNING && current != null && current == token;
    }

    /**
     * Work that was begun.
     *
     * @param instance which one
     * @param takeover whether somebody else had begun before and never ended it
     */
    record Started(InstanceRow instance, boolean takeover) {}

    /**
     * Begins work on an instance, or begins it again where somebody else has lost it.
     *
     * @return empty if there is nothing to be done any more, or a later hold works on it
     */
    Optional<Started> start(RecordRow of, Hold hold) {
        return rowlock.transact(START, tx -> {
            hold.fence(tx);
            Optional<Locked> locked = lock(tx, of);
            if (locked.isEmpty() || locked.get().instance().isEmpty()) {
                return Optional.empty();
            }
            Row<RecordRow> record = locked.get().record();
            Long earlier = record.value().leaseToken();
            if (earlier != null && earlier >= hold.token()) {
                return Optional.empty();
            }
            Row<InstanceRow> instance = locked.get().instance().get();
            boolean takeover = instance.value().openToken() != null;
            Row<InstanceRow> working = tx.update(instance, i -> i.begun(hold.token(), tx.now()));
            String before = record.value().status();
            Row<RecordRow> begun =
                    tx.update(record, r -> r.begun(hold.token(), working.value().runs(), tx.now()));
            Sessions.step(tx, of.sessionId(), of.id(), before, begun.value().status(), false, hold.token());
            Row<SessionRow> unused = Sessions.counted(tx, locked.get().session());
            return Optional.of(new Started(working.value(), takeover));
        });
    }

    /**
     * Stores what was found, and ends the record.
     *
     * @return the record as it now is; empty if it was not stored: the session was cancelled, or somebody else has the record
     * @throws io.rowlock.LeaseLost if the hold is lost; nothing is stored
     */
    Optional<View<RecordRow>> complete(RecordRow of, Hold hold, List<RemoteAccount> found, String details) {
        return rowlock.transact(COMPLETE, tx -> {
            hold.fence(tx);
            Optional<Locked> locked = lock(tx, of);
            if (locked.isEmpty()
                    || locked.get().instance().isEmpty()
                    || !isHeldUnder(locked.get().record(), hold.token())) {
                return Optional.empty();
            }
            Row<InstanceRow> instance = locked.get().instance().get();
            Difference.Size size = store(tx, of.instanceId(), hold.token(), found);
            Row<InstanceRow> unused = tx.update(instance, i -> i.ended(tx.now(), tx.now()));
            Row<RecordRow> record = locked.get().record();
            Sessions.step(
                    tx,
                    of.sessionId(),
                    of.id(),
                    record.value().status(),
                    RecordStatus.COMPLETED.text(),
                    true,
                    hold.token());
            Row<RecordRow> completed =
                    tx.update(record, r -> r.completed(size, instance.value().runs(), details, tx.now()));
            Row<SessionRow> unusedSession = Sessions.settled(tx, locked.get().session());
            return Optional.of(SyncTables.view(completed));
        });
    }

    /** Makes the stored accounts those that were found. All who write them hold the instance's row. */
    private static Difference.Size store(Tx tx, UUID instanceId, long token, List<RemoteAccount> found) {
        List<AccountRow> stored = Sql.query(
                tx,
                row -> new AccountRow(
                        Sql.uuid(row, 1),
                        instanceId,
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        row.getBoolean(5),
                        null,
                        0,
                        tx.now(),
                        tx.now()),
                """
                SELECT id, name, kind, attributes, is_active
                  FROM instance_accounts
                 WHERE instance_id = ?""",
                instanceId);
        Difference difference = Difference.between(stored, found);
        for (RemoteAccount account : difference.toInsert()) {
            Row<AccountRow> unused = tx.insert(
                    ACCOUNTS,
                    new AccountRow(
                            tx.newId("account-" + account.name()),
                            instanceId,
                            account.name(),
                            account.kind(),
                            Difference.json(account.attributes()),
                            true,
                            null,
                            token,
                            tx.now(),
                            tx.now()));
        }
        Map<UUID, RemoteAccount> updates = difference.toUpdate();
        List<UUID> changed = Stream.concat(updates.keySet().stream(), difference.toMarkDeleted().stream())
                .toList();
        tx.lockAll(ACCOUNTS, changed).forEach((id, row) -> {
            RemoteAccount account = updates.get(id);
            Row<AccountRow> unused = account == null
                    ? tx.update(row, a -> a.gone(token, tx.now()))
                    : tx.update(row, a -> a.found(account, Difference.json(account.attributes()), token, tx.now()));
        });
        return difference.size();
    }

    /**
     * Ends a record whose accounts could not be had.
     *
     * @return the record as it now is; empty if somebody else has it, or it has ended
     * @throws io.rowlock.LeaseLost if the hold is lost; nothing is stored
     */
    Optional<View<RecordRow>> fail(RecordRow of, Hold hold, Reason reason) {
        return rowlock.transact(FAIL, tx -> {
            hold.fence(tx);
            Optional<Locked> locked = lock(tx, of);
            if (locked.isEmpty() || !isHeldUnder(locked.get().record(), hold.token())) {
                return Optional.empty();
            }
            locked.get().instance().ifPresent(instance -> {
                Row<InstanceRow> unused = tx.update(instance, i -> i.ended(null, tx.now()));
            });
            return Optional.of(end(tx, locked.get(), RecordStatus.FAILED, reason));
        });
    }

    /**
     * Ends a record that nobody works on, because another session has the instance.
     *
     * @return the record as it now is; empty if it is not pending
     */
    Optional<View<RecordRow>> skip(RecordRow of, Reason reason) {
        return rowlock.transact(
                SKIP,
                tx -> lock(tx, of)
                        .filter(locked -> locked.record().value().recordStatus() == RecordStatus.PENDING)
                        .map(locked -> end(tx, locked, RecordStatus.SKIPPED, reason)));
    }

    /**
     * Ends a record whose hold was lost. It is not fenced: it says of its own session, and of nothing else, that it came to
     * nothing.
     *
     * @param token of the hold that was lost; if somebody has begun the record again since, nothing is done
     */
    Optional<View<RecordRow>> lose(RecordRow of, long token, Reason reason) {
        return rowlock.transact(
                LOSE,
                tx -> lock(tx, of)
                        .filter(locked -> isHeldUnder(locked.record(), token))
                        .map(locked -> end(tx, locked, RecordStatus.FAILED, reason)));
    }

    private static View<RecordRow> end(Tx tx, Locked locked, RecordStatus end, Reason reason) {
        Row<RecordRow> ended = Sessions.ended(tx, locked.record(), end, reason);
        Row<SessionRow> unused = Sessions.settled(tx, locked.session());
        return SyncTables.view(ended);
    }
}
