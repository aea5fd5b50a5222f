package io.rowlock;

import io.rowlock.internal.unit.StagedRow;

/**
 * A row that a decision may stand on: read with {@link Tx#read} (checked again at commit) or locked with {@link Tx#lock}.
 * Only a row of this type can be changed, so what was merely {@linkplain View looked at} cannot be written back.
 *
 * <p>A row belongs to the attempt of the unit that read it. It is a snapshot: {@link Tx#update} answers a new one, and
 * passing an outdated one is refused. Confined to the unit's thread.
 *
 * @param <T> the record type of the row
 */
public sealed interface Row<T> permits StagedRow {
    /** The row's columns, this unit's own staged changes included. */
    T value();

    /** The version that this state of the row has, or will have once the unit has committed. */
    Version version();
}
