package io.rowlock.lab.internal.wait;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/** What all servers have in common: one connection that asks. */
abstract class PolledLockWaits implements LockWaits {

    private final Connection connection;
    private final ReentrantLock asking = new ReentrantLock();

    PolledLockWaits(Connection connection) {
        this.connection = connection;
    }

    /** One reading; it may answer with more sessions than were asked for. */
    abstract Set<Long> read(Set<Long> sessions) throws SQLException;

    @Override
    public final Set<Long> reading(Set<Long> sessions) throws SQLException {
        if (sessions.isEmpty()) {
            return Set.of();
        }
        asking.lock();
        try {
            Set<Long> waiting = new TreeSet<>(read(sessions));
            waiting.retainAll(sessions);
            return waiting;
        } finally {
            asking.unlock();
        }
    }

    final Connection connection() {
        return connection;
    }

    /** Numbers, as an SQL list; they are ours, so there is nothing to escape. */
    static String list(Set<Long> sessions) {
        return sessions.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    @Override
    public final void close() throws SQLException {
        connection.close();
    }
}
