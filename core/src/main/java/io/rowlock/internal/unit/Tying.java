package io.rowlock.internal.unit;

import io.rowlock.Tx;
import io.rowlock.internal.table.TableDef;

/** Lets guards tie writes to units of one Rowlock. Safe for use by many threads. */
public final class Tying {
    private final Shared shared;

    Tying(Shared shared) {
        this.shared = shared;
    }

    /**
     * Ties a write to a unit: it is carried out in the unit's flush and must change one row, or the unit is refused.
     *
     * @param subject what it is about, to be asked for by {@link #isTied}
     * @param table of the row
     * @param key of the row
     */
    public <T, K> void tie(Tx tx, Object subject, TableDef<T, K> table, K key, Ties.Write write) {
        attempt(tx).tie(subject, table, key, write);
    }

    /** Whether a write about this very object is tied to the unit. */
    public boolean isTied(Tx tx, Object subject) {
        return attempt(tx).ties().has(subject);
    }

    private Attempt attempt(Tx tx) {
        if (tx instanceof Attempt attempt && attempt.belongsTo(shared)) {
            return attempt;
        }
        throw new IllegalStateException(
                "The unit is one of another Rowlock: its database cannot know this claim. Make units"
                        + " and claims with the same Rowlock");
    }
}
