/**
 * Guards over JDBC: what keeps data right when many change it at once.
 *
 * <p>Begin with {@link io.rowlock.Rowlock}. {@link io.rowlock.Rowlock#transact transact} runs a <em>unit of work</em>: its
 * body reads rows through {@link io.rowlock.Tx}, decides, stages changes; at the end everything it decided on is checked and
 * everything it staged is written, in one round trip where the engine allows, or nothing is and the body runs again.
 *
 * <p>The types say what may be done with a row. A {@link io.rowlock.View} was looked at and can be shown. A
 * {@link io.rowlock.Row} was read to decide on, or locked, and can be changed. What contention makes of a write is a value
 * that has to be looked at: {@link io.rowlock.Update}, {@link io.rowlock.Locked}, {@link io.rowlock.Rows}. What the world
 * does is a {@link io.rowlock.RowlockException} with its facts. A wrong program is told at once, by an
 * {@link java.lang.IllegalStateException} that says what to write instead.
 *
 * <p>What may be asked for twice and must happen once runs under a key ({@link io.rowlock.Rowlock#once}); what is many runs as
 * a {@link io.rowlock.batch.Batch}.
 *
 * <p>Three words kept apart: a <em>lock</em> is a database row's; <em>serial</em> is this JVM's
 * ({@link io.rowlock.Rowlock#serial}); <em>guard</em> is a named lock in the database for what is not a row
 * ({@link io.rowlock.Tx#guard}).
 *
 * <p>{@link io.rowlock.Table} describes tables, {@link io.rowlock.Unit} a unit's options, {@link io.rowlock.Timing} is the
 * one door for time and chance, {@link io.rowlock.event} is what the guards tell about themselves.
 */
package io.rowlock;
