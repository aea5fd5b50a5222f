/**
 * Reading what is in a database instance: accounts on PostgreSQL and MariaDB, tables and views in an SQLite file.
 *
 * <p><b>Reading order.</b> {@link io.rowlock.app.sync.remote.RemoteInstance} says which instance; its URL is understood by {@link
 * io.rowlock.app.sync.remote.RemoteAddress}, which knows three forms and no driver options, and let through by {@link
 * io.rowlock.app.sync.remote.AllowedAddresses}. Its password comes from {@link io.rowlock.app.sync.remote.Credentials}. {@link
 * io.rowlock.app.sync.remote.RemoteReader} reads, within {@link io.rowlock.app.sync.remote.RemoteLimits}; the answer is a {@link
 * io.rowlock.app.sync.remote.RemoteAccount} each, or a {@link io.rowlock.app.sync.remote.RemoteFailure} that says in words of this
 * program what was in the way, and never repeats a driver's text. Whoever reads may be stopped by a {@link
 * io.rowlock.app.sync.remote.Stop}.
 *
 * <p>Nothing here knows the local database, units of work, or Spring. That remote calls happen outside of local transactions is the
 * matter of the caller.
 */
@NullMarked
package io.rowlock.app.sync.remote;

import org.jspecify.annotations.NullMarked;
