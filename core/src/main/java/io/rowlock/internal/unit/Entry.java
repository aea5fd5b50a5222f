package io.rowlock.internal.unit;

import io.rowlock.Version;
import io.rowlock.internal.table.TableDef;
import io.rowlock.internal.table.TableDef.Fetched;
import org.jspecify.annotations.Nullable;

/** What one attempt knows of one row: what the database had, what is staged on it, which lock is held. */
final class Entry<T, K> {

    /** Which lock the attempt holds on the row. */
    enum Hold {
        NONE,
        SHARED,
        EXCLUSIVE
    }

    /** What will happen to the row at the flush. */
    enum Staged {
        NOTHING,
        INSERT,
        UPDATE,
        DELETE
    }

    final TableDef<T, K> table;
    final K key;
    final RowId id;

    /** The row as the database has it; null if it has none. */
    @Nullable
    Version base;

    /** The row as the unit sees it; null if it sees none. */
    @Nullable
    T value;

    /** The version a staged insert begins with. */
    Version insertAs = Version.of(1);

    Staged staged = Staged.NOTHING;
    Hold hold = Hold.NONE;

    /** Whether a decision stands on what was read, so that it is checked at commit. */
    boolean decidedOn;

    /** Whether its absence was read, so that a taken key means a changed read. */
    boolean seenAbsent;

    /** Expected by {@code save}: a mismatch is the caller's answer, not a reason to run again. */
    boolean callersVersion;

    /** Whether something of this attempt's is in the database already, in the open transaction. */
    boolean wrote;

    /** The number of its last staged change in this attempt, 0 for none; a row handle of another state is outdated. */
    int state;

    Entry(TableDef<T, K> table, K key, RowId id) {
        this.table = table;
        this.key = key;
        this.id = id;
    }

    void sees(@Nullable Fetched<T, K> row) {
        base = row == null ? null : row.version();
        value = row == null ? null : row.value();
        if (row == null) {
            seenAbsent = true;
        }
    }

    /** The version that the staged state will have. */
    Version versionAfter() {
        Version known = base;
        if (staged == Staged.INSERT || known == null) {
            return insertAs;
        }
        return staged == Staged.UPDATE ? known.next() : known;
    }

    /** The flush has written what was staged; the transaction is still open. */
    void written() {
        switch (staged) {
            case UPDATE, INSERT -> base = versionAfter();
            case DELETE -> base = null;
            case NOTHING -> {
                return;
            }
        }
        staged = Staged.NOTHING;
        hold = Hold.EXCLUSIVE;
        wrote = true;
    }

    /** A copy to return to if a savepoint is rolled back. */
    Entry<T, K> copy() {
        Entry<T, K> copy = new Entry<>(table, key, id);
        copy.become(this);
        return copy;
    }

    /** Takes over the state of another entry of the same row. */
    void become(Entry<T, K> other) {
        base = other.base;
        value = other.value;
        insertAs = other.insertAs;
        staged = other.staged;
        hold = other.hold;
        decidedOn = other.decidedOn;
        seenAbsent = other.seenAbsent;
        callersVersion = other.callersVersion;
        wrote = other.wrote;
        state = other.state;
    }
}
