/**
 * Each step that a program takes at a database, seen before and after.
 *
 * <p>{@link io.rowlock.watch.jdbc.ObservedDataSource} wraps a data source; a {@link io.rowlock.watch.jdbc.JdbcObserver} is
 * shown each {@link io.rowlock.watch.jdbc.JdbcStep} and may hold it back or refuse it, then what became of it, then the rows
 * that the program fetched. {@link io.rowlock.watch.jdbc.TransactionControl} tells which steps begin and end transactions,
 * those among them that are written as SQL.
 */
package io.rowlock.watch.jdbc;
