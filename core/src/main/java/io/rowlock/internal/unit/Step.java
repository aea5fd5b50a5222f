package io.rowlock.internal.unit;

import io.rowlock.dialect.Engine;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * One statement of a flush, before an engine's flow has dressed it: the bare SQL, what must come of it and how its values
 * are bound.
 */
record Step(Kind kind, Entry<?, ?> entry, String sql, Binder binder) {

    /** What a step does and what must come of it. */
    enum Kind {
        /** A row that was read is still at its version: shared lock, one row. */
        CHECK,
        /** As CHECK, with an exclusive lock, for a row that will be deleted. */
        CLAIM,
        /** A row that was read as absent is still absent: no lock, no row. */
        ABSENT,
        /** Change a row at its version: one row. */
        UPDATE,
        /** Delete a row at its version: one row. */
        DELETE,
        /** Insert a row: the engine refuses if the key is taken. */
        INSERT,
        /** Remember a deleted row's version. */
        BURY,
        /** Write a once-key: one row, or somebody else has it. Stands before all others. */
        MARK,
        /** A lease is still of its acquisition: shared lock, one row. Stands before all rows. */
        FENCE,
        /** Write what a guard has tied to the unit, at its row's place: one row, or the unit is refused. */
        TIE,
        /** A companion's statement: one row, or the unit is refused. Stands behind all others. */
        ENCLOSED
    }

    /** Binds a step's values. */
    @FunctionalInterface
    interface Binder {
        /** Binds from this index on and answers the next. */
        int bind(PreparedStatement statement, int index, Engine engine) throws SQLException;
    }

    boolean writes() {
        return kind != Kind.CHECK && kind != Kind.ABSENT && kind != Kind.CLAIM && kind != Kind.FENCE;
    }
}
