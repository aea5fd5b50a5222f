/**
 * Sync: the accounts of many database instances, read in sessions, over and over, by several processes at once. A reference system
 * that stands on Rowlock.
 *
 * <p><b>Reading order.</b> {@code SyncTables} describes the rows and in which order they are locked. {@code Sessions} begins sessions,
 * fills them, counts them and ends them; {@code InstanceRecords} has an instance's way through one. {@code InstanceSync} is one
 * instance from its lease to its end: the remote reading ({@link io.rowlock.app.sync.remote}) lies between two short units and in
 * none. {@code SyncRunner} does many of them at once; {@code SyncService} is the way in, for the clock ({@code SyncJobs}), for HTTP
 * (the controllers) and for the command line ({@code SyncCommand}). {@code SyncQueries} shows without locking.
 *
 * <p><b>Who works on an instance</b> is a lease, renewed while its process lives. Every unit under it is fenced: a process that has
 * stood still and lost the instance stores nothing. <b>What a session came to</b> is decided under the lock of its row, by whoever
 * ends its last record or cancels it, once.
 *
 * <p><b>Whether what is stored agrees with itself</b> is asked by {@link io.rowlock.app.sync.audit}, in SQL that knows nothing of the
 * units.
 */
@NullMarked
package io.rowlock.app.sync;

import org.jspecify.annotations.NullMarked;
