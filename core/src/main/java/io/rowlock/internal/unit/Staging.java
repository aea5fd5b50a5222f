package io.rowlock.internal.unit;

import io.rowlock.Version;
import io.rowlock.companion.TouchedRow;
import io.rowlock.companion.WrittenRow;
import io.rowlock.internal.table.TableDef;
import io.rowlock.internal.table.TableDef.Fetched;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rows an attempt knows and what it has staged on them, and the steps that follow from that.
 *
 * <p><b>The canonical order.</b> Rows that exist come first, by {@link RowId}: checks, updates and the claims of rows to be
 * deleted, each taking its row's lock where it stands. Where two tables describe one row, its writes come before its
 * checks, so that a lock is never raised from shared to exclusive. Inserts follow, parents before children, then deletes,
 * children before parents.
 */
final class Staging {
    private static final Comparator<Entry<?, ?>> CANONICAL = Comparator.<Entry<?, ?>, RowId>comparing(entry -> entry.id)
            .thenComparing(entry -> entry.staged == Entry.Staged.NOTHING);

    private final Shared shared;
    private Map<Place, Entry<?, ?>> entries = new LinkedHashMap<>();
    private final Map<Place, Touch> touched = new LinkedHashMap<>();
    /** Rows that a lock was asked for and that were not there. */
    private final Set<RowId> absentWhenLocked = new HashSet<>();

    private int savepoints;
    private int changes;
    private boolean wroteDirectly;

    /** The lease whose token written rows carry. */
    private @Nullable Fenced stamp;

    /** A row as one table describes it. */
    private record Place(TableDef<?, ?> table, Object key) {}

    private record Touch(RowId row, boolean exclusive) {}

    Staging(Shared shared) {
        this.shared = shared;
    }

    // ---- what is known

    @SuppressWarnings("unchecked")
    <T, K> @Nullable Entry<T, K> find(TableDef<T, K> table, K key) {
        return (Entry<T, K>) entries.get(new Place(table, key));
    }

    @Nullable
    Entry<?, ?> current(Entry<?, ?> entry) {
        return entries.get(new Place(entry.table, entry.key));
    }

    <T, K> Entry<T, K> entry(TableDef<T, K> table, K key) {
        Entry<T, K> known = find(table, key);
        return known != null ? known : newEntry(table, key);
    }

    private <T, K> Entry<T, K> newEntry(TableDef<T, K> table, K key) {
        Entry<T, K> entry = new Entry<>(table, key, shared.rowId(table, key));
        entries.put(new Place(table, key), entry);
        touch(entry.table, entry.key, entry.id, false);
        return entry;
    }

    /** A read answered this; the row's own key counts, should the database have matched another spelling. */
    <T, K> Entry<T, K> saw(TableDef<T, K> table, K asked, @Nullable Fetched<T, K> row) {
        K key = row == null ? asked : row.key();
        Entry<T, K> known = find(table, key);
        if (known != null) {
            return known;
        }
        Entry<T, K> entry = newEntry(table, key);
        entry.sees(row);
        return entry;
    }

    @SuppressWarnings("unchecked")
    void takenBeforehand(Flow.Wanted wanted, @Nullable Fetched<?, ?> row) {
        TableDef<Object, Object> table = (TableDef<Object, Object>) wanted.table();
        Entry<Object, Object> entry = entry(table, wanted.row().key());
        entry.sees((Fetched<Object, Object>) row);
        if (row != null) {
            entry.hold = wanted.exclusive() ? Entry.Hold.EXCLUSIVE : Entry.Hold.SHARED;
        }
        touch(table, wanted.row().key(), wanted.row(), wanted.exclusive());
    }

    /** The unit wants this row for itself, whether or not it gets it now. */
    <T, K> void wants(TableDef<T, K> table, K key) {
        touch(table, key, shared.rowId(table, key), true);
    }

    private void touch(TableDef<?, ?> table, Object key, RowId row, boolean exclusive) {
        touched.merge(
                new Place(table, key),
                new Touch(row, exclusive),
                (before, now) -> new Touch(row, before.exclusive || now.exclusive));
    }

    // ---- what is staged

    <T, K> T update(Entry<T, K> entry, T next) {
        if (entry.staged != Entry.Staged.INSERT) {
            entry.staged = Entry.Staged.UPDATE;
        }
        return stage(entry, next);
    }

    <T, K> T insert(Entry<T, K> entry, T value, Version first) {
        entry.staged = Entry.Staged.INSERT;
        entry.insertAs = first;
        return stage(entry, value);
    }

    private <T, K> T stage(Entry<T, K> entry, T next) {
        T stamped = entry.table.stamped(next, entry.versionAfter());
        entry.value = stamped;
        entry.state = ++changes;
        touch(entry.table, entry.key, entry.id, true);
        return stamped;
    }

    void delete(Entry<?, ?> entry) {
        entry.staged = entry.staged == Entry.Staged.INSERT ? Entry.Staged.NOTHING : Entry.Staged.DELETE;
        entry.value = null;
        entry.state = ++changes;
        touch(entry.table, entry.key, entry.id, true);
    }

    boolean hasWrites() {
        for (Entry<?, ?> entry : entries.values()) {
            if (entry.staged != Entry.Staged.NOTHING) {
                return true;
            }
        }
        return false;
    }

    /** A lock was asked for on a row that was not there: it holds nobody back from inserting it. */
    void lockedNone(TableDef<?, ?> table, Object key) {
        absentWhenLocked.add(shared.rowId(table, key));
    }

    boolean insertsWhereNoneWasSeen() {
        return entries.values().stream()
                .anyMatch(entry -> entry.staged == Entry.Staged.INSERT
                        && (entry.seenAbsent || absentWhenLocked.contains(entry.id)));
    }

    /** Rows carry the token of this lease from now on; null for none. */
    void stamp(@Nullable Fenced lease) {
        stamp = lease;
    }

    private boolean stamps(Entry<?, ?> entry) {
        Fenced lease = stamp;
        if (lease == null) {
            return false;
        }
        if (!entry.table.hasFence()) {
            throw new IllegalStateException(
                    "A row that cannot carry a lease's token (row=" + entry.id + ", lease=" + lease.key()
                            + "): give its table .fenceColumn(\"lease_token\"), or fence the unit with CHECK_AT_COMMIT");
        }
        return true;
    }

    /** The body ran a statement of its own; it may have written anything. */
    void wroteDirectly() {
        wroteDirectly = true;
    }

    /** What was staged is in the database, in the open transaction. */
    void written() {
        entries.values().forEach(Entry::written);
    }

    // ---- for companions

    /** What the next flush writes. */
    List<TouchedRow> rowsToWrite() {
        List<TouchedRow> rows = new ArrayList<>();
        for (Entry<?, ?> entry : entries.values()) {
            if (entry.staged != Entry.Staged.NOTHING) {
                rows.add(new TouchedRow(entry.table, entry.key));
            }
        }
        return rows;
    }

    /** What the attempt has written and will, each with the version that it leaves. */
    List<WrittenRow> rowsWritten() {
        List<WrittenRow> rows = new ArrayList<>();
        for (Entry<?, ?> entry : entries.values()) {
            if (entry.wrote || entry.staged != Entry.Staged.NOTHING) {
                boolean gone = entry.staged == Entry.Staged.DELETE
                        || (entry.staged == Entry.Staged.NOTHING && entry.base == null);
                rows.add(new WrittenRow(entry.table, entry.key, gone ? null : entry.versionAfter()));
            }
        }
        return rows;
    }

    // ---- steps

    /** Checks and writes, in canonical order. */
    List<Step> all() {
        return steps(true);
    }

    /** Writes alone, in canonical order. */
    List<Step> writes() {
        return steps(false);
    }

    private List<Step> steps(boolean withChecks) {
        if (entries.size() == 1) {
            Entry<?, ?> only = entries.values().iterator().next();
            if (only.staged == Entry.Staged.UPDATE) {
                return List.of(updateStep(only));
            }
        }
        List<Entry<?, ?>> sorted = new ArrayList<>(entries.values());
        sorted.sort(CANONICAL);
        List<Step> steps = new ArrayList<>();
        for (Entry<?, ?> entry : sorted) {
            switch (entry.staged) {
                case UPDATE -> steps.add(updateStep(entry));
                case DELETE -> {
                    if (entry.hold != Entry.Hold.EXCLUSIVE && sorted.size() > 1) {
                        steps.add(atVersion(Step.Kind.CLAIM, entry));
                    }
                }
                case NOTHING -> {
                    if (withChecks && entry.decidedOn && entry.hold == Entry.Hold.NONE) {
                        steps.add(checkStep(entry));
                    }
                }
                case INSERT -> {}
            }
        }
        for (Entry<?, ?> entry : sorted) {
            if (entry.staged == Entry.Staged.INSERT) {
                addInsert(steps, entry);
            }
        }
        for (int i = sorted.size() - 1; i >= 0; i--) {
            if (sorted.get(i).staged == Entry.Staged.DELETE) {
                addDelete(steps, sorted.get(i));
            }
        }
        return steps;
    }

    /** What stands between the reads and their being believed, as plain checks in no particular order. */
    List<Step> checks() {
        List<Step> checks = new ArrayList<>();
        for (Entry<?, ?> entry : entries.values()) {
            boolean fromDatabase = entry.base != null || entry.seenAbsent;
            if (entry.decidedOn && fromDatabase && entry.hold == Entry.Hold.NONE) {
                checks.add(checkStep(entry));
            }
        }
        return checks;
    }

    private static Step checkStep(Entry<?, ?> entry) {
        return entry.base == null ? absent(entry) : atVersion(Step.Kind.CHECK, entry);
    }

    private static <T, K> Step absent(Entry<T, K> entry) {
        return new Step(
                Step.Kind.ABSENT,
                entry,
                entry.table.selectOne(),
                (statement, index, engine) -> entry.table.bindKey(statement, index, entry.key, engine));
    }

    private static <T, K> Step atVersion(Step.Kind kind, Entry<T, K> entry) {
        Version base = known(entry);
        String sql = kind == Step.Kind.DELETE ? entry.table.delete() : entry.table.selectAtVersion();
        return new Step(
                kind,
                entry,
                sql,
                (statement, index, engine) -> entry.table.bindKeyAndVersion(statement, index, entry.key, base, engine));
    }

    private <T, K> Step updateStep(Entry<T, K> entry) {
        Version base = known(entry);
        T value = staged(entry);
        if (stamps(entry)) {
            long token = stampToken();
            return new Step(
                    Step.Kind.UPDATE,
                    entry,
                    entry.table.updateStamped(),
                    (statement, index, engine) ->
                            entry.table.bindUpdateStamped(statement, index, value, entry.key, base, token, engine));
        }
        return new Step(
                Step.Kind.UPDATE,
                entry,
                entry.table.update(),
                (statement, index, engine) -> entry.table.bindUpdate(statement, index, value, entry.key, base, engine));
    }

    private <T, K> void addInsert(List<Step> steps, Entry<T, K> entry) {
        steps.add(insertStep(entry));
        if (entry.table.hasTombstones()) {
            // Holding the key now, nobody else can bury a row under it; somebody may have since the tombstone was read.
            byte[] key = entry.table.keyAsText(entry.key).bytes();
            steps.add(new Step(
                    Step.Kind.ABSENT,
                    entry,
                    "SELECT 1 FROM rowlock_tombstone WHERE row_key = ? AND version >= ?",
                    (statement, index, engine) -> {
                        statement.setBytes(index, key);
                        statement.setLong(index + 1, entry.insertAs.number());
                        return index + 2;
                    }));
        }
    }

    private <T, K> Step insertStep(Entry<T, K> entry) {
        T value = staged(entry);
        if (stamps(entry)) {
            long token = stampToken();
            return new Step(Step.Kind.INSERT, entry, entry.table.insertStamped(), (statement, index, engine) -> {
                statement.setLong(index, token);
                return entry.table.bindInsert(statement, index + 1, value, entry.insertAs, engine);
            });
        }
        return new Step(
                Step.Kind.INSERT,
                entry,
                entry.table.insert(),
                (statement, index, engine) -> entry.table.bindInsert(statement, index, value, entry.insertAs, engine));
    }

    private <T, K> Step deleteStep(Entry<T, K> entry) {
        if (!stamps(entry)) {
            return atVersion(Step.Kind.DELETE, entry);
        }
        Version base = known(entry);
        long token = stampToken();
        return new Step(Step.Kind.DELETE, entry, entry.table.deleteStamped(), (statement, index, engine) -> {
            int next = entry.table.bindKeyAndVersion(statement, index, entry.key, base, engine);
            statement.setLong(next, token);
            return next + 1;
        });
    }

    private long stampToken() {
        return java.util.Objects.requireNonNull(stamp).token();
    }

    private void addDelete(List<Step> steps, Entry<?, ?> entry) {
        steps.add(deleteStep(entry));
        if (entry.table.hasTombstones()) {
            steps.add(bury(entry, shared.flow().burySql()));
        }
    }

    private static <T, K> Step bury(Entry<T, K> entry, String sql) {
        byte[] key = entry.table.keyAsText(entry.key).bytes();
        Version last = known(entry);
        return new Step(Step.Kind.BURY, entry, sql, (statement, index, engine) -> {
            statement.setBytes(index, key);
            statement.setLong(index + 1, last.number());
            return index + 2;
        });
    }

    private static Version known(Entry<?, ?> entry) {
        Version base = entry.base;
        if (base == null) {
            throw new IllegalStateException("A step on a row that is not there (row=" + entry.id + ")");
        }
        return base;
    }

    private static <T> T staged(Entry<T, ?> entry) {
        T value = entry.value;
        if (value == null) {
            throw new IllegalStateException("A step without a value (row=" + entry.id + ")");
        }
        return value;
    }

    // ---- for the next attempt

    /** Whether the attempt has changed or meant to change anything. */
    boolean meantToWrite() {
        return wroteDirectly || touched.values().stream().anyMatch(Touch::exclusive);
    }

    /** Adds what this attempt touched to what earlier ones did: where it was wanted exclusively once, it stays so. */
    void addTouched(Map<RowId, Map<TableDef<?, ?>, Boolean>> all) {
        touched.forEach((place, touch) -> all.computeIfAbsent(touch.row, row -> new LinkedHashMap<>())
                .merge(place.table, touch.exclusive, Boolean::logicalOr));
    }

    // ---- savepoints

    /** A state to return to. */
    record Mark(int depth, List<Saved> rows) {}

    private record Saved(Place place, Entry<?, ?> entry, Entry<?, ?> copy) {}

    Mark mark() {
        List<Saved> rows = new ArrayList<>();
        entries.forEach((place, entry) -> rows.add(new Saved(place, entry, entry.copy())));
        savepoints++;
        return new Mark(savepoints, rows);
    }

    void release(Mark mark) {
        savepoints = mark.depth - 1;
    }

    /**
     * Back to the mark. What was read since stays known, because decisions may stand on it; what was changed since does
     * not, and locks taken since are gone.
     */
    void restore(Mark mark) {
        savepoints = mark.depth - 1;
        Map<Place, Entry<?, ?>> restored = new LinkedHashMap<>();
        for (Saved row : mark.rows) {
            back(row.entry, row.copy);
            restored.put(row.place, row.entry);
        }
        entries.forEach((place, entry) -> {
            if (!restored.containsKey(place) && entry.state == 0) {
                entry.hold = Entry.Hold.NONE;
                restored.put(place, entry);
            }
        });
        entries = restored;
    }

    @SuppressWarnings("unchecked")
    private static <T, K> void back(Entry<T, K> entry, Entry<?, ?> copy) {
        entry.become((Entry<T, K>) copy);
    }
}
