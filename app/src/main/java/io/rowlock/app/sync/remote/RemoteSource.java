package io.rowlock.app.sync.remote;

import java.util.List;

/** Where the accounts of an instance come from: {@link RemoteReader}, or what stands for it. Safe for use by many threads. */
@FunctionalInterface
public interface RemoteSource {
    /**
     * Reads all accounts.
     *
     * @param stop ends the reading early
     * @return in the order of their names
     * @throws RemoteFailure if they cannot be had
     */
    List<RemoteAccount> read(RemoteInstance instance, Stop stop) throws RemoteFailure;
}
