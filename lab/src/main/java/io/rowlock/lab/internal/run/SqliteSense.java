package io.rowlock.lab.internal.run;

import io.rowlock.lab.internal.wait.SessionCancel;
import io.rowlock.lab.internal.wait.SqliteBusy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** For SQLite, which calls back whoever finds a lock taken: nobody has to be asked. */
public final class SqliteSense implements WaitSense {
    private final Map<Connection, Handler> handlers = Collections.synchronizedMap(new IdentityHashMap<>());
    private final AtomicLong sessions = new AtomicLong();

    private static final class Handler {
        final SqliteBusy busy;
        volatile @Nullable WhenBusy whenBusy;

        Handler(Connection connection) throws SQLException {
            busy = SqliteBusy.install(connection, times -> {
                WhenBusy asked = whenBusy;
                return asked != null && asked.tryAgain();
            });
        }
    }

    @Override
    public long session(Connection connection) {
        return sessions.incrementAndGet();
    }

    @Override
    public Set<Long> waiting(Set<Long> asked) {
        return Set.of();
    }

    @Override
    public void prepare(Connection connection, WhenBusy whenBusy) throws SQLException {
        Connection physical = connection.unwrap(Connection.class);
        Handler handler = handlers.get(physical);
        if (handler == null) {
            handler = new Handler(physical);
            handlers.put(physical, handler);
        } else {
            handler.busy.reinstall();
        }
        handler.whenBusy = whenBusy;
    }

    @Override
    public void cancel(long session, Connection connection) throws SQLException {
        SessionCancel.interrupt(connection);
    }

    @Override
    public void close() {
        handlers.clear();
    }
}
