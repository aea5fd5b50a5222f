package io.rowlock.companion;

import io.rowlock.Table;

/**
 * Goes along with the units of a Rowlock, given by {@link io.rowlock.Rowlock#accompany}. Used by many threads at once.
 *
 * @param <E> what goes with a single unit
 */
public interface Companion<E extends Escort> {
    /** Whether rows of this table are any concern of its. Asked often; answers at once. */
    boolean concerns(Table<?, ?> table);

    /** Sends somebody with a unit: asked when the unit first touches a row of its concern, or is asked for by {@link Company#of}. */
    E join(UnitFacts unit);
}
