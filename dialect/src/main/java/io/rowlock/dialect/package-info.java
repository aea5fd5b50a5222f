/**
 * What each engine does, in one place.
 *
 * <p>Three questions are answered here and nowhere else, so that no other code ever asks "is this PostgreSQL?":
 *
 * <ul>
 *   <li><b>Which engine is it, and how is it set?</b> {@link io.rowlock.dialect.Engine} names it,
 *       {@link io.rowlock.dialect.EngineProfile} reads version and switches from a live connection. The server decides,
 *       not the driver: MariaDB reached through the MySQL driver is MariaDB.
 *   <li><b>What went wrong, and what did the engine undo?</b> {@link io.rowlock.dialect.SqlFailure} turns a
 *       {@link java.sql.SQLException} into a {@linkplain io.rowlock.dialect.SqlFailure.Kind kind} and an
 *       {@linkplain io.rowlock.dialect.SqlFailure.Undone extent}. The same vendor code undoes a statement on one engine
 *       and a transaction on another; a program that guesses commits half its work.
 *   <li><b>When is a transaction's snapshot fixed?</b> {@link io.rowlock.dialect.Isolation} and
 *       {@link io.rowlock.dialect.EngineProfile#snapshotAt} say when a plain read stops seeing what others commit, and
 *       {@link io.rowlock.dialect.EngineProfile#letsStaleReadThrough} whether a lock taken later repairs that.
 * </ul>
 *
 * <p>Nothing here holds state or opens connections of its own; every type is immutable and safe for use by many threads.
 */
package io.rowlock.dialect;
