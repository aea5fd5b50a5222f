package io.rowlock.internal.unit;

import io.rowlock.DatabaseFailure;
import io.rowlock.Interrupted;
import io.rowlock.Key;
import io.rowlock.LeaseLost;
import io.rowlock.LockMode;
import io.rowlock.LockTimeout;
import io.rowlock.Locked;
import io.rowlock.Row;
import io.rowlock.RowlockException;
import io.rowlock.Rows;
import io.rowlock.Table;
import io.rowlock.Tx;
import io.rowlock.Version;
import io.rowlock.View;
import io.rowlock.Work;
import io.rowlock.companion.Escort;
import io.rowlock.companion.TouchedRow;
import io.rowlock.dialect.Engine;
import io.rowlock.dialect.Isolation;
import io.rowlock.dialect.SqlFailure;
import io.rowlock.event.RowlockEvent;
import io.rowlock.event.RowlockEvent.Cause;
import io.rowlock.internal.table.TableDef;
import io.rowlock.internal.table.TableDef.Fetched;
import io.rowlock.lease.Fence;
import io.rowlock.lease.Lease;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One run of a unit's body and what it stages.
 *
 * <p>An attempt reads outside of a transaction where the engine allows it, because the check at commit decides anyway, and
 * begins its transaction only when it has to: at the first lock, guard or own statement, or at the flush. It remembers every
 * row it saw in a {@link Staging}, which turns into the flush's steps.
 */
final class Attempt implements Tx {
    private final UnitRun run;
    private final Shared shared;
    private final Session session;
    private final Staging staging;
    private final List<Rows> answers = new ArrayList<>();
    private final List<Runnable> hooks = new ArrayList<>();
    private final SortedSet<Key> guards = new TreeSet<>();
    private final Fences fences;
    private final long began;
    private final Ties ties = new Ties();

    /** Set once a guard has refused the unit, its lease or what it tied, so that a body that swallows it cannot go on. */
    private @Nullable RuntimeException refused;

    /** Set once the attempt is to run again, so that a body that swallows the signal cannot commit. */
    private @Nullable RestartUnit restart;

    /** Whether a lock was asked for that is not to be waited for until the deadline. */
    private boolean limitedLocks;

    /** Whether rows that were staged are in the database already, in the open transaction. */
    private boolean sentWrites;

    private @Nullable Throwable nestedFailure;
    private @Nullable RowId lastLocked;
    private @Nullable Connection lent;
    private boolean snapshotTaken;

    /** Whether the transaction was begun for a lock, a guard or a statement of the body's own. */
    private boolean locksOrWrites;

    private boolean oneMoment;

    /** Whether the transaction has taken the unit's once-keys. */
    private boolean marked;

    private boolean ended;

    Attempt(UnitRun run, Session session) {
        this.run = run;
        this.shared = run.shared();
        this.session = session;
        this.staging = new Staging(shared);
        this.fences = new Fences(shared, run.keptLeases());
        this.began = shared.nanoTime();
    }

    Flow flow() {
        return shared.flow();
    }

    // ---- before the body

    /** Sees one moment throughout; for units that so far only read and keep meeting changes. */
    void readOneMoment() {
        flow().beginReadOnly(session, Isolation.REPEATABLE_READ);
        oneMoment = true;
    }

    /** Begins the transaction with the unit's once-keys. */
    void takeMarks() {
        begin();
    }

    /** Whether the transaction has taken the unit's once-keys, so that nobody else can have answered since. */
    boolean isMarked() {
        return marked;
    }

    /** Has the rows of these guards there, if the transaction has not begun. */
    void makeGuards(Collection<Key> keys) {
        if (!session.inTransaction()) {
            flow().makeGuards(session, keys);
        }
    }

    /** Takes, in order, what earlier attempts touched. */
    void takeBeforehand(SortedSet<Key> keys, List<Flow.Wanted> wanted) {
        locksOrWrites = true;
        guards.addAll(keys);
        List<@Nullable Fetched<?, ?>> rows =
                flow().beginLocked(session, run.options().isolation(), keys, wanted);
        for (int i = 0; i < wanted.size(); i++) {
            staging.takenBeforehand(wanted.get(i), rows.get(i));
        }
    }

    // ---- reads

    @Override
    public <T, K> Optional<View<T>> peek(Table<T, K> table, K id) {
        TableDef<T, K> def = usable(table);
        Entry<T, K> known = staging.find(def, id);
        if (known != null) {
            return Optional.ofNullable(known.value).map(value -> new View<>(value, known.versionAfter()));
        }
        beginIfNeeded();
        Fetched<T, K> row = plainRead(def, id);
        return row == null ? Optional.empty() : Optional.of(new View<>(row.value(), row.version()));
    }

    @Override
    public <T, K> Map<K, View<T>> peekAll(Table<T, K> table, Collection<? extends K> ids) {
        TableDef<T, K> def = usable(table);
        beginIfNeeded();
        check(def);
        Map<K, View<T>> stored = Peeks.all(flow(), session, def, ids);
        Map<K, View<T>> views = new LinkedHashMap<>();
        for (K id : ids) {
            Entry<T, K> known = staging.find(def, id);
            View<T> view = known == null
                    ? stored.get(id)
                    : known.value == null ? null : new View<>(known.value, known.versionAfter());
            if (view != null) {
                views.put(id, view);
            }
        }
        snapshotTaken |= session.inTransaction();
        return views;
    }

    @Override
    public <T, K> Optional<Row<T>> read(Table<T, K> table, K id) {
        TableDef<T, K> def = usable(table);
        Entry<T, K> entry = staging.find(def, id);
        if (entry == null) {
            RowId row = shared.rowId(def, id);
            run.enterIfContended(row, session.inTransaction() && !oneMoment, session);
            beginIfNeeded();
            entry = staging.saw(def, id, plainRead(def, id));
        }
        entry.decidedOn = true;
        return handle(entry);
    }

    private <T, K> @Nullable Fetched<T, K> plainRead(TableDef<T, K> def, K id) {
        check(def);
        Fetched<T, K> row = flow().select(session, def, id);
        snapshotTaken |= session.inTransaction();
        return row;
    }

    private <T, K> Optional<Row<T>> handle(Entry<T, K> entry) {
        T value = entry.value;
        return value == null ? Optional.empty() : Optional.of(new StagedRow<>(this, entry, value));
    }

    private void beginIfNeeded() {
        if (!session.inTransaction() && !flow().readsBeforeBegin(run.options().isolation())) {
            flow().begin(session, run.options().isolation());
        }
    }

    /** From here on the attempt needs a transaction that can lock and write. */
    private void begin() {
        locksOrWrites = true;
        if (oneMoment) {
            flow().commit(session);
            oneMoment = false;
        }
        if (!session.inTransaction()) {
            flow().begin(session, run.options().isolation());
        }
        mark();
    }

    /**
     * Takes the once-keys before the transaction takes anything else that others may want. SQLite needs none of this: its
     * writers do not meet.
     */
    private void mark() {
        Marks marks = run.marks();
        if (marks == null || marked || session.engine() == Engine.SQLITE) {
            return;
        }
        marked = true;
        List<Step> steps = marks.place(flow());
        if (!steps.isEmpty()) {
            send(steps, false);
        }
    }

    private void check(TableDef<?, ?> def) {
        try {
            shared.check(def, session.connection());
        } catch (SQLException failed) {
            throw session.failed(failed, false);
        }
    }

    // ---- locks

    @Override
    public <T, K> Optional<Row<T>> lock(Table<T, K> table, K id) {
        return lock(table, id, LockMode.WAIT).held();
    }

    @Override
    public <T, K> Locked<T> lock(Table<T, K> table, K id, LockMode mode) {
        TableDef<T, K> def = usable(table);
        List<Entry<T, K>> held = lockInOrder(def, List.of(id), mode);
        if (!held.isEmpty()) {
            T value = held.get(0).value;
            return value == null ? new Locked.NoRow<>() : new Locked.Held<>(new StagedRow<>(this, held.get(0), value));
        }
        boolean skipped = mode.kind() != LockMode.Kind.WAIT && flow().exists(session, def, id);
        return skipped ? new Locked.Busy<>() : new Locked.NoRow<>();
    }

    @Override
    public <T, K> Map<K, Row<T>> lockAll(Table<T, K> table, Collection<? extends K> ids) {
        return lockAll(table, ids, LockMode.WAIT);
    }

    @Override
    public <T, K> Map<K, Row<T>> lockAll(Table<T, K> table, Collection<? extends K> ids, LockMode mode) {
        TableDef<T, K> def = usable(table);
        List<K> sorted = ids.stream()
                .<K>map(id -> id)
                .distinct()
                .sorted(def::compareKeys)
                .toList();
        Map<K, Row<T>> rows = new LinkedHashMap<>();
        for (Entry<T, K> entry : lockInOrder(def, sorted, mode)) {
            T value = entry.value;
            if (value != null) {
                rows.put(entry.key, new StagedRow<>(this, entry, value));
            }
        }
        if (mode.kind() == LockMode.Kind.NOWAIT) {
            for (K id : sorted) {
                if (staging.find(def, id) == null && flow().exists(session, def, id)) {
                    throw new LockTimeout(Map.of("unit", run.options().name(), "row", def.describe(id)), null);
                }
            }
        }
        return rows;
    }

    private <T, K> List<Entry<T, K>> lockInOrder(TableDef<T, K> def, List<K> ids, LockMode mode) {
        List<Entry<T, K>> held = new ArrayList<>();
        List<K> missing = new ArrayList<>();
        for (K id : ids) {
            Entry<T, K> known = staging.find(def, id);
            if (known != null && known.hold == Entry.Hold.EXCLUSIVE) {
                known.decidedOn = true;
                held.add(known);
            } else {
                requireOrder(shared.rowId(def, id));
                missing.add(id);
            }
        }
        if (missing.isEmpty()) {
            return held;
        }
        limitedLocks |= !mode.equals(LockMode.WAIT);
        requireFreshSnapshot(def);
        check(def);
        announce(() -> missing.stream().map(id -> new TouchedRow(def, id)).toList());
        begin();
        missing.forEach(id -> staging.wants(def, id));
        List<@Nullable Fetched<T, K>> rows = flow().lock(session, def, missing, mode);
        for (int i = 0; i < missing.size(); i++) {
            Fetched<T, K> row = rows.get(i);
            if (row == null) {
                staging.lockedNone(def, missing.get(i));
                continue;
            }
            Entry<T, K> entry = staging.find(def, row.key());
            if (entry == null) {
                entry = staging.saw(def, row.key(), row);
            } else if (!row.version().equals(entry.base)) {
                throw restart(RestartUnit.changed(entry));
            }
            entry.hold = Entry.Hold.EXCLUSIVE;
            entry.decidedOn = true;
            held.add(entry);
        }
        return held;
    }

    /** A lock against the declared order is how two units come to wait for each other. */
    private void requireOrder(RowId wanted) {
        RowId before = lastLocked;
        if (before != null && wanted.compareTo(before) < 0 && session.engine() != Engine.SQLITE) {
            String what = "Lock against the order (unit=" + run.options().name() + ", held=" + before + ", wanted="
                    + wanted + "): lock them in one lockAll, or in the order of Rowlock.on(...).order(...)";
            if (shared.settings.strict()) {
                throw new IllegalStateException(what);
            }
            shared.warn(
                    "order/" + run.options().name() + "/" + before.table() + "/" + wanted.table(),
                    what,
                    () -> new RowlockEvent.OrderBroken(run.options().name(), before.toString(), wanted.toString()));
        }
        if (before == null || wanted.compareTo(before) > 0) {
            lastLocked = wanted;
        }
    }

    private void requireFreshSnapshot(TableDef<?, ?> def) {
        if (!snapshotTaken || !flow().profile.letsStaleReadThrough(run.options().isolation())) {
            return;
        }
        String what = "Lock after the snapshot (unit=" + run.options().name() + ", table=" + def.name() + ", isolation="
                + run.options().isolation() + "): plain reads go on showing the past. Take locks before the first read,"
                + " or use READ COMMITTED";
        if (shared.settings.strict()) {
            throw new IllegalStateException(what);
        }
        shared.warn(
                "snapshot/" + run.options().name() + "/" + def.name(),
                what,
                () -> new RowlockEvent.SnapshotRisk(run.options().name(), def.name()));
    }

    @Override
    public void guard(Key key) {
        requireUsable();
        if (!guards.add(key)) {
            return;
        }
        if (session.inTransaction() || run.marks() != null) {
            makeGuards(List.of(key));
            begin();
            try {
                flow().guard(session, key);
            } catch (RestartUnit signal) {
                throw restart(signal);
            }
        } else {
            locksOrWrites = true;
            flow().beginLocked(session, run.options().isolation(), new TreeSet<>(List.of(key)), List.of());
        }
    }

    // ---- leases

    @Override
    public void fence(Lease lease, Fence mode) {
        requireUsable();
        try {
            if (!(lease instanceof Fenced fenced)) {
                throw new IllegalArgumentException("Not a lease of rowlock.leases() (lease=" + lease + ")");
            }
            requireSnapshotAfter(fenced);
            if (mode == Fence.STAMP_ROWS && fences.stamp() == null) {
                requireNothingSent(fenced);
            }
            if (fences.add(fenced, mode == Fence.CHECK_AT_COMMIT && isCheckedByLockAlone() ? Fence.PIN : mode)) {
                begin();
                flow().single(session, fences.step(fenced), false, Session.Limit.DEADLINE, Long.MAX_VALUE);
            }
        } catch (LeaseLost | IllegalStateException | IllegalArgumentException unfenced) {
            // A body that swallows it asked for a fence and has none.
            refused = unfenced;
            throw unfenced;
        } catch (RestartUnit signal) {
            throw refusedOrAgain(signal);
        }
        staging.stamp(fences.stamp());
    }

    /**
     * Where a check at the commit is worth no more than a lock from the beginning. PostgreSQL could not lock a row that was
     * renewed after the snapshot, and a pinned lease is not renewed. On SQLite the unit keeps the whole file from being
     * written anyway: nobody is granted the key meanwhile, and a renewal could only wait for the unit and fail.
     */
    private boolean isCheckedByLockAlone() {
        return switch (session.engine()) {
            case POSTGRESQL -> run.options().isolation() != Isolation.READ_COMMITTED;
            case SQLITE -> true;
            case MARIADB, MYSQL -> false;
        };
    }

    private void requireNothingSent(Fenced lease) {
        if (sentWrites) {
            throw new IllegalStateException("Rows were written before the unit was fenced (unit="
                    + run.options().name() + ", key=" + lease.key()
                    + "): they do not carry its token. Call tx.fence(lease, Fence.STAMP_ROWS) first");
        }
    }

    /** What the unit has read may be older than the grant, and so than what the holder before wrote. */
    private void requireSnapshotAfter(Fenced lease) {
        boolean older = snapshotTaken && lease.grantedNanos() - began > 0;
        if (!older || !flow().profile.letsStaleReadThrough(run.options().isolation())) {
            return;
        }
        String what = "Fenced by a lease that is younger than the snapshot (unit="
                + run.options().name() + ", key=" + lease.key() + ", isolation="
                + run.options().isolation()
                + "): plain reads go on showing what stood before the grant. Acquire the lease"
                + " first, then begin the unit";
        if (shared.settings.strict()) {
            throw new IllegalStateException(what);
        }
        shared.warn(
                "snapshot/" + run.options().name() + "/rowlock_lease",
                what,
                () -> new RowlockEvent.SnapshotRisk(run.options().name(), "rowlock_lease"));
    }

    /** What a step that found no row means: that a lease is not ours any more, or that the unit runs again. */
    private RuntimeException refusedOrAgain(RestartUnit signal) {
        Entry<?, ?> stale = signal.stale();
        if (stale == null) {
            throw restart(signal);
        }
        if (stale.table == Fences.TABLE) {
            return refusedOrTooOld(fences.of(stale));
        }
        Fenced stamp = fences.stamp();
        if (stamp != null && stale.table.hasFence() && carriesLaterStamp(stale, stamp)) {
            return refused(stamp, Fences.current(session, stamp));
        }
        throw restart(signal);
    }

    private <T, K> boolean carriesLaterStamp(Entry<T, K> stale, Fenced stamp) {
        leaveTransaction();
        Boolean later = session.run(stale.table.selectLaterStamp(), false, statement -> {
            int next = stale.table.bindKey(statement, 1, stale.key, session.engine());
            statement.setLong(next, stamp.token());
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        });
        return Boolean.TRUE.equals(later);
    }

    /** A snapshot from before the grant shows the row as it was then: with a new one the lease is found. */
    private RuntimeException refusedOrTooOld(Fenced lease) {
        leaveTransaction();
        Fences.Current current = Fences.current(session, lease);
        if (current.ours()) {
            throw restart(new RestartUnit(Cause.SERIALIZATION, null, null));
        }
        return refused(lease, current);
    }

    private LeaseLost refused(Fenced lease, Fences.Current current) {
        shared.tell(() -> new RowlockEvent.LeaseRefused(
                run.options().name(), lease.key().kind(), lease.key().toString(), lease.token()));
        LeaseLost lost = lease.refused(current.token(), current.forced());
        refused = lost;
        return lost;
    }

    private void leaveTransaction() {
        if (session.inTransaction()) {
            session.execute("ROLLBACK", false);
            session.inTransaction(false);
        }
    }

    // ---- writes

    @Override
    public <T> Row<T> update(Row<T> row, UnaryOperator<T> change) {
        requireUsable();
        return updateEntry(((StagedRow<T>) row).newestIn(this), row.value(), change);
    }

    private <T, K> Row<T> updateEntry(Entry<T, K> entry, T old, UnaryOperator<T> change) {
        T next = change.apply(old);
        if (!entry.table.key(next).equals(entry.key)) {
            throw new IllegalStateException(
                    "A change does not touch the key (row=" + entry.id + "): delete the row and insert another");
        }
        return new StagedRow<>(this, entry, staging.update(entry, next));
    }

    @Override
    public <T, K> Row<T> insert(Table<T, K> table, T value) {
        TableDef<T, K> def = usable(table);
        K id = def.key(value);
        Entry<T, K> known = staging.find(def, id);
        // A row that was only locked beforehand, for an earlier attempt's sake, the body has not seen: its key is just
        // taken.
        boolean seen = known != null && known.decidedOn && known.value != null;
        if (known != null && (seen || known.staged != Entry.Staged.NOTHING)) {
            throw new IllegalStateException(
                    "This unit has seen a row under that key (row=" + known.id + "): change it with tx.update");
        }
        check(def);
        Entry<T, K> entry = known != null ? known : staging.entry(def, id);
        return new StagedRow<>(this, entry, staging.insert(entry, value, firstVersion(def, id)));
    }

    private <T, K> Version firstVersion(TableDef<T, K> def, K id) {
        if (def.hasIncarnation()) {
            return new Version(1, 1 + (shared.timing.random().nextLong() & (Long.MAX_VALUE >> 1)));
        }
        return def.hasTombstones() ? Version.of(1 + buried(def, id)) : Version.of(1);
    }

    private <T, K> long buried(TableDef<T, K> def, K id) {
        beginIfNeeded();
        return session.get("SELECT version FROM rowlock_tombstone WHERE row_key = ?", statement -> {
            statement.setBytes(1, def.keyAsText(id).bytes());
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getLong(1) : 0L;
            }
        });
    }

    @Override
    public void delete(Row<?> row) {
        requireUsable();
        Entry<?, ?> entry = ((StagedRow<?>) row).newestIn(this);
        if (!entry.table.mayDelete()) {
            throw new IllegalStateException(
                    "A deleted row's version could come back to life (table=" + entry.table.name()
                            + "): give the table .incarnation(\"column\"), .tombstones() or, if keys are never used twice,"
                            + " .keysNeverReturn()");
        }
        staging.delete(entry);
    }

    /** For {@code save}: a write on a version that the caller has seen, with no read before it. */
    <T, K> Entry<T, K> stageBlind(TableDef<T, K> def, T next, Version expected) {
        check(def);
        Entry<T, K> entry = staging.entry(def, def.key(next));
        entry.base = expected;
        entry.callersVersion = true;
        staging.update(entry, next);
        return entry;
    }

    // ---- who goes along

    /** Says what is about to be locked or written, before any lock for it is taken. */
    private void announce(Supplier<List<TouchedRow>> rows) {
        if (!run.escorts().isNone()) {
            run.escorts().before(rows.get());
        }
    }

    <E extends Escort> E escort(Companionship<E> companionship) {
        requireUsable();
        return run.escorts().of(companionship);
    }

    // ---- what guards tie to the unit

    boolean belongsTo(Shared other) {
        return shared == other;
    }

    Ties ties() {
        return ties;
    }

    <T, K> void tie(Object subject, TableDef<T, K> def, K id, Ties.Write write) {
        requireUsable();
        staging.wants(def, id);
        ties.add(subject, new Entry<>(def, id, shared.rowId(def, id)), write);
    }

    // ---- own SQL

    @Override
    public Rows execute(String sql, @Nullable Object... values) {
        requireUsable();
        SqlText.requireHarmless(sql, session.engine());
        begin();
        flush();
        int count = session.get(sql, statement -> {
            for (int i = 0; i < values.length; i++) {
                TableDef.bindAny(statement, i + 1, values[i], session.engine());
            }
            return statement.executeUpdate();
        });
        staging.wroteDirectly();
        Rows rows = new Rows(sql, count);
        answers.add(rows);
        return rows;
    }

    @Override
    public Connection connection() {
        requireUsable();
        begin();
        Connection known = lent;
        if (known == null) {
            known = LentConnection.lend(session, this::flushForStatement, shared);
            lent = known;
        }
        return known;
    }

    @Override
    public RowlockException failure(SQLException thrown) {
        return session.failed(thrown, false);
    }

    private void flushForStatement(String sql) {
        requireUsable();
        flush();
        snapshotTaken = true;
        staging.wroteDirectly();
    }

    @Override
    public void flush() {
        requireUsable();
        if (!staging.hasWrites() && !ties.isOpen()) {
            return;
        }
        announce(staging::rowsToWrite);
        begin();
        sentWrites |= staging.hasWrites();
        send(ties.among(staging.writes()), false);
        staging.written();
        ties.written();
    }

    private void send(List<Step> steps, boolean commit) {
        try {
            flow().flush(session, shared, run.options().isolation(), steps, commit);
        } catch (DatabaseFailure refused) {
            if (refused.kind() == SqlFailure.Kind.UNIQUE && staging.insertsWhereNoneWasSeen()) {
                throw restart(new RestartUnit(Cause.CHANGED_READ, null, refused));
            }
            throw refused;
        } catch (RestartUnit signal) {
            Entry<?, ?> stale = signal.stale();
            if (stale != null && stale.callersVersion) {
                throw new CallersVersionStale();
            }
            refused = ties.refusal(stale);
            if (refused == null) {
                refused = run.escorts().refusal(stale);
            }
            if (refused != null) {
                throw refused;
            }
            boolean answered = stale != null && stale.table == Mark.TABLE;
            throw refusedOrAgain(answered ? new RestartUnit(Cause.ANSWERED, null, null) : signal);
        }
    }

    private RestartUnit restart(RestartUnit signal) {
        if (restart == null) {
            restart = signal;
        }
        return signal;
    }

    @Override
    public <R extends @Nullable Object, X extends Exception> R savepoint(Work<R, X> part) throws X {
        requireUsable();
        begin();
        flush();
        Staging.Mark mark = staging.mark();
        Throwable failedBefore = nestedFailure;
        int hooksBefore = hooks.size();
        int answersBefore = answers.size();
        int tiesBefore = ties.size();
        Set<Key> pinnedBefore = fences.pinned();
        String name = "rowlock_" + mark.depth();
        session.execute("SAVEPOINT " + name, false);
        R result;
        try {
            result = part.run(this);
            flush();
            session.execute("RELEASE SAVEPOINT " + name, false);
            staging.release(mark);
        } catch (Throwable thrown) {
            if (!undoes(thrown)) {
                throw thrown;
            }
            session.forgive();
            session.execute("ROLLBACK TO SAVEPOINT " + name, false);
            staging.restore(mark);
            nestedFailure = failedBefore;
            hooks.subList(hooksBefore, hooks.size()).clear();
            answers.subList(answersBefore, answers.size()).clear();
            ties.cutTo(tiesBefore);
            unlockedSince(pinnedBefore);
            throw thrown;
        }
        return result;
    }

    /** PostgreSQL gives back with a savepoint what was locked since. */
    private void unlockedSince(Set<Key> pinnedBefore) {
        if (session.engine() == Engine.POSTGRESQL) {
            fences.unlockedSince(pinnedBefore);
        }
    }

    /** Whether the part alone can be undone: not when the engine undid everything, the unit has to run again or a lease is over. */
    private boolean undoes(Throwable thrown) {
        if (restart != null || refused != null || thrown instanceof RestartUnit) {
            return false;
        }
        SqlFailure failure = session.failure();
        if (failure == null) {
            return true;
        }
        return switch (failure.kind()) {
            case UNIQUE, CONSTRAINT, PROGRAM, OTHER, ABORTED, CANCELLED ->
                session.engine() == Engine.POSTGRESQL
                        || failure.undone() == SqlFailure.Undone.STATEMENT
                        || failure.undone() == SqlFailure.Undone.NOTHING;
            default -> false;
        };
    }

    // ---- odds and ends

    @Override
    public int attempt() {
        return run.attempts();
    }

    @Override
    public Instant now() {
        return run.now();
    }

    @Override
    public UUID newId(String name) {
        return run.newId(name);
    }

    @Override
    public void afterCommit(Runnable action) {
        requireUsable();
        hooks.add(action);
    }

    List<Runnable> hooks() {
        return hooks;
    }

    Isolation isolation() {
        return run.options().isolation();
    }

    /** The entry that stands for this row now; another one after a savepoint was rolled back. */
    @Nullable
    Entry<?, ?> entryOf(Entry<?, ?> entry) {
        return staging.current(entry);
    }

    private <T, K> TableDef<T, K> usable(Table<T, K> table) {
        requireUsable();
        return (TableDef<T, K>) table;
    }

    void requireUsable() {
        if (ended) {
            throw new IllegalStateException("The unit has ended (unit="
                    + run.options().name() + "): use tx inside the body only, on its thread");
        }
        if (restart != null) {
            throw restart;
        }
        if (refused != null) {
            throw refused;
        }
    }

    /** A nested unit threw; if nobody lets that through, the outer one must not commit what it left behind. */
    void nestedFailed(Throwable thrown) {
        if (nestedFailure == null) {
            nestedFailure = thrown;
        }
    }

    // ---- the end

    /** What touched the database or would have, for the next attempt. */
    Staging staging() {
        return staging;
    }

    boolean limitedLocks() {
        return limitedLocks;
    }

    SortedSet<Key> guards() {
        return guards;
    }

    @Nullable
    RestartUnit restartWanted() {
        return restart;
    }

    /** Why a guard refuses the unit, if one does. */
    @Nullable
    RuntimeException refused() {
        return refused;
    }

    /** Flushes, checks and commits. */
    void commit() {
        if (refused != null) {
            throw refused;
        }
        requireAnswersAsked();
        if (nestedFailure != null) {
            throw new IllegalStateException(
                    "A nested unit failed and the failure was swallowed (unit="
                            + run.options().name()
                            + "): what it staged would be committed. Let it through, or run the part in tx.savepoint",
                    nestedFailure);
        }
        SqlFailure failure = session.failure();
        if (failure != null) {
            if (session.signalFor(failure) instanceof RestartUnit again) {
                throw restart(again);
            }
            throw new IllegalStateException(
                    "A statement failed and the failure was swallowed (unit="
                            + run.options().name() + "): run the part in tx.savepoint",
                    failure.error());
        }
        fences.requireCommittable();
        boolean checksLeases = fences.haveChecks();
        boolean writes = staging.hasWrites() || ties.isOpen();
        if (oneMoment) {
            flow().commit(session);
            oneMoment = false;
            if (!writes) {
                // Of what was seen at one moment nothing is to be compared. A token only rises: found current now, it
                // was then.
                if (checksLeases) {
                    send(fences.steps(), true);
                }
                return;
            }
        }
        Marks marks = run.marks();
        List<Step> answers = marks == null ? List.of() : marks.store(flow(), marked);
        if (!locksOrWrites && !writes && answers.isEmpty() && !checksLeases) {
            commitReads();
            return;
        }
        announce(staging::rowsToWrite);
        List<Step> steps = new ArrayList<>(answers);
        steps.addAll(fences.steps());
        steps.addAll(ties.among(session.engine() == Engine.SQLITE ? staging.writes() : staging.all()));
        if (!run.escorts().isNone()) {
            steps.addAll(run.escorts().atCommit(staging.rowsWritten()));
        }
        send(steps, true);
    }

    /** A unit that only read takes no lock: it saw one snapshot, or its reads are compared in one plain statement. */
    private void commitReads() {
        if (session.inTransaction()) {
            flow().commit(session);
        } else {
            validate();
        }
    }

    private void requireAnswersAsked() {
        for (Rows answer : answers) {
            if (!answer.asked()) {
                throw new IllegalStateException("Nobody asked how many rows were changed (unit="
                        + run.options().name() + ", sql=" + answer.sql()
                        + "): ask rows.one(), rows.none(), rows.count() or rows.expect(n)");
            }
        }
    }

    /**
     * Holds what was read against the database in one plain statement. One row alone was true when it was read; nothing can
     * be torn.
     */
    private void validate() {
        List<Step> checks = staging.checks();
        // Beside what was locked or asked of the connection, a single read can be torn too.
        int alone = locksOrWrites ? 0 : 1;
        if (checks.size() <= alone || oneMoment || session.engine() == Engine.SQLITE) {
            return;
        }
        Step stale = flow().validate(session, checks);
        if (stale != null) {
            throw restart(RestartUnit.changed(stale.entry()));
        }
    }

    /** After the body threw: undo, then see whether what it threw stood on valid reads. */
    void rollbackAndValidate() {
        if (session.failure() != null) {
            return;
        }
        if (session.engine() != Engine.SQLITE && session.inTransaction() && !oneMoment) {
            session.execute("ROLLBACK", false);
            session.inTransaction(false);
        }
        validate();
    }

    /**
     * Gives back what it has.
     *
     * @param again whether the unit runs again, and stands on its leases until it has ended
     */
    void end(boolean again) {
        ended = true;
        session.close();
        // Then only: what is given back after the unit is given back by a statement of its own.
        if (again) {
            fences.keep();
        } else {
            fences.leave(session.failure());
        }
    }

    Session session() {
        return session;
    }

    static Interrupted interrupted(String unit, InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new Interrupted(Map.of("unit", unit), cause);
    }
}
