package io.rowlock.event;

/**
 * Who is told what the guards do. Called on the thread it happened on, between the steps of a unit: keep it quick. What it
 * throws is logged once and otherwise ignored; it can never fail a unit.
 *
 * <p>Implementations are called by many threads at once.
 */
@FunctionalInterface
public interface RowlockListener {
    /** Something happened. */
    void on(RowlockEvent event);
}
