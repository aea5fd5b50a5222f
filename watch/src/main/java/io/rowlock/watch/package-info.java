/**
 * Records what any JDBC program does at its database.
 *
 * <p>{@link io.rowlock.watch.RaceRecorder} wraps a data source and hands out a {@link io.rowlock.watch.trace.Trace}. Steps are
 * kept as they come and understood when the trace is asked for, so that the program waits for no parser.
 */
package io.rowlock.watch;
