package io.rowlock.lab.internal.run;

import io.rowlock.lab.internal.wait.LockWaits;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;

/** For servers, which are asked. */
public final class ServerSense implements WaitSense {
    private final LockWaits waits;
    private final Canceller canceller;
    private final Map<Connection, Long> sessions = Collections.synchronizedMap(new WeakHashMap<>());

    /** Ends what a session does. */
    @FunctionalInterface
    public interface Canceller {
        void cancel(long session) throws SQLException;
    }

    public ServerSense(LockWaits waits, Canceller canceller) {
        this.waits = waits;
        this.canceller = canceller;
    }

    @Override
    public long session(Connection connection) throws SQLException {
        Connection physical = connection.unwrap(Connection.class);
        Long known = sessions.get(physical);
        if (known == null) {
            known = waits.serverSession(physical);
            sessions.put(physical, known);
        }
        return known;
    }

    @Override
    public Set<Long> waiting(Set<Long> asked) throws SQLException {
        return waits.reading(asked);
    }

    @Override
    public void cancel(long session, Connection connection) throws SQLException {
        canceller.cancel(session);
    }

    @Override
    public void close() throws SQLException {
        waits.close();
    }
}
