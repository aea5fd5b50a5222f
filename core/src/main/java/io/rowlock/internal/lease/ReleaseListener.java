package io.rowlock.internal.lease;

import io.rowlock.Key;
import io.rowlock.dialect.Engine;
import io.rowlock.internal.unit.Errands;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Hears of releases from other processes on PostgreSQL, on one connection however many keys are waited for. What it hears is a
 * hint: who waits asks by itself as well, only less often.
 *
 * <p>JDBC knows no notifications; they are asked of the driver's own interface, which is found on the connection. Where the pool
 * or the driver does not show it, nothing is heard.
 */
final class ReleaseListener {
    private static final int SLICE_MILLIS = 100;
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final String DRIVERS_CONNECTION = "org.postgresql.PGConnection";

    private final Errands errands;
    private final Consumer<Key> freed;
    private final ReentrantLock starting = new ReentrantLock();
    private @Nullable Thread thread;
    private volatile boolean wanted;
    private volatile boolean listening;

    /** Whether the driver showed no notifications: it will not the next time either. */
    private volatile boolean impossible;

    ReleaseListener(Errands errands, Consumer<Key> freed) {
        this.errands = errands;
        this.freed = freed;
    }

    boolean isListening() {
        return listening;
    }

    /** Listens from now on; may be called again. */
    void start() {
        if (wanted || impossible || errands.engine() != Engine.POSTGRESQL) {
            return;
        }
        starting.lock();
        try {
            wanted = true;
            if (thread == null) {
                Thread listener = new Thread(this::run, "rowlock-lease-listener");
                listener.setDaemon(true);
                thread = listener;
                listener.start();
            }
        } finally {
            starting.unlock();
        }
    }

    /** Gives the connection back within a tenth of a second. */
    void stop() {
        wanted = false;
    }

    private void run() {
        while (true) {
            try {
                listen();
            } catch (SQLException | RuntimeException broken) {
                listening = false;
                if (wanted) {
                    LockSupport.parkNanos(AGAIN_NANOS);
                }
            }
            starting.lock();
            try {
                if (!wanted || impossible) {
                    thread = null;
                    return;
                }
            } finally {
                starting.unlock();
            }
        }
    }

    private void listen() throws SQLException {
        try (Connection connection = errands.dataSource().getConnection()) {
            Notifications notifications = Notifications.of(connection);
            if (notifications == null) {
                impossible = true;
                return;
            }
            try (Statement statement = connection.createStatement()) {
                statement.execute("LISTEN " + PostgresLeases.CHANNEL);
                try {
                    listening = true;
                    while (wanted) {
                        notifications.take(SLICE_MILLIS, this::heard);
                    }
                } finally {
                    listening = false;
                    statement.execute("UNLISTEN " + PostgresLeases.CHANNEL);
                }
            }
        }
    }

    private void heard(String payload) {
        try {
            freed.accept(Key.ofBytes(HexFormat.of().parseHex(payload)));
        } catch (IllegalArgumentException notOurs) {
            // Somebody else uses the channel's name.
        }
    }

    /** The driver's notifications, by reflection: core knows the JDK alone. */
    private record Notifications(Object driversConnection, Method get, Method payload) {

        static @Nullable Notifications of(Connection connection) throws SQLException {
            try {
                Class<?> type = Class.forName(
                        DRIVERS_CONNECTION,
                        true,
                        connection.unwrap(Connection.class).getClass().getClassLoader());
                if (!connection.isWrapperFor(type)) {
                    return null;
                }
                Method get = type.getMethod("getNotifications", int.class);
                Method payload = get.getReturnType().getComponentType().getMethod("getParameter");
                return new Notifications(connection.unwrap(type), get, payload);
            } catch (ClassNotFoundException | NoSuchMethodException otherDriver) {
                return null;
            }
        }

        void take(int millis, Consumer<String> heard) throws SQLException {
            try {
                Object[] all = (Object[]) get.invoke(driversConnection, millis);
                for (Object one : all == null ? new Object[0] : all) {
                    heard.accept(String.valueOf(payload.invoke(one)));
                }
            } catch (InvocationTargetException failed) {
                if (failed.getCause() instanceof SQLException broken) {
                    throw broken;
                }
                throw new SQLException("The driver's notifications failed", failed.getCause());
            } catch (IllegalAccessException closedTo) {
                throw new SQLException("The driver's notifications cannot be asked for", closedTo);
            }
        }
    }
}
