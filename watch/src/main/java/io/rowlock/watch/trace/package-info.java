/**
 * The vocabulary of what was seen at a database.
 *
 * <p>A {@link io.rowlock.watch.trace.Trace} has {@linkplain io.rowlock.watch.trace.UnitRun runs of units}; a run has
 * {@linkplain io.rowlock.watch.trace.Transaction transactions}, these have {@linkplain io.rowlock.watch.trace.Statement
 * statements}, and a statement {@linkplain io.rowlock.watch.trace.Access accesses} to rows, each with a {@linkplain
 * io.rowlock.watch.trace.Predicate predicate} and {@linkplain io.rowlock.watch.trace.Keys keys}. All of it is immutable and tells
 * only what happened; what could have happened is for others to say.
 */
package io.rowlock.watch.trace;
