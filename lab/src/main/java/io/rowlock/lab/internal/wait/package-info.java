/**
 * Who waits for a lock, as the engine itself tells it, and how a session that will not end is ended.
 *
 * <p>{@link io.rowlock.lab.internal.wait.LockWaits} asks a server by polling. SQLite has no server:
 * {@link io.rowlock.lab.internal.wait.SqliteBusy} is called by the engine at the moment a statement finds a lock taken.
 * {@link io.rowlock.lab.internal.wait.SessionCancel} ends what does not end by itself, and
 * {@link io.rowlock.lab.internal.wait.DeadlockDetection} makes PostgreSQL look for deadlocks sooner.
 */
package io.rowlock.lab.internal.wait;
