package io.rowlock.lab;

import io.rowlock.dialect.Isolation;
import java.time.Duration;
import java.util.Optional;

/**
 * How a lab treats its database.
 *
 * @param isolation at which level connections are lent; default that at which they come
 * @param connections how many connections the actors may hold at once; default 12
 * @param durable whether commits wait for the disk; default false: what a lab stores is thrown away, and runs are many
 * @param sessionSql a statement that each connection begins with, such as a switch of the engine; default none. What it changed is
 *     not known, so such a connection is aborted when the lab is done with it, and a pool makes another
 * @param deadlockTimeout after which time PostgreSQL looks for a deadlock, where the user may say so; default 10 ms. As durability, it
 *     is set back when the lab is closed
 */
public record LabOptions(
        Optional<Isolation> isolation,
        int connections,
        boolean durable,
        Optional<String> sessionSql,
        Duration deadlockTimeout) {
    private static final int CONNECTIONS = 12;
    private static final Duration DEADLOCK_TIMEOUT = Duration.ofMillis(10);

    public LabOptions {
        if (connections < 1 || deadlockTimeout.compareTo(Duration.ZERO) <= 0) {
            throw new IllegalArgumentException("A lab has connections and time (connections=" + connections
                    + ", deadlockTimeout=" + deadlockTimeout + ")");
        }
    }

    /** What is used where nothing else is said. */
    public static LabOptions standard() {
        return new LabOptions(Optional.empty(), CONNECTIONS, false, Optional.empty(), DEADLOCK_TIMEOUT);
    }

    public LabOptions withIsolation(Isolation level) {
        return new LabOptions(Optional.of(level), connections, durable, sessionSql, deadlockTimeout);
    }

    public LabOptions withConnections(int most) {
        return new LabOptions(isolation, most, durable, sessionSql, deadlockTimeout);
    }

    public LabOptions withDurable(boolean waitForDisk) {
        return new LabOptions(isolation, connections, waitForDisk, sessionSql, deadlockTimeout);
    }

    public LabOptions withDeadlockTimeout(Duration timeout) {
        return new LabOptions(isolation, connections, durable, sessionSql, timeout);
    }

    public LabOptions withSessionSql(String sql) {
        return new LabOptions(isolation, connections, durable, Optional.of(sql), deadlockTimeout);
    }
}
