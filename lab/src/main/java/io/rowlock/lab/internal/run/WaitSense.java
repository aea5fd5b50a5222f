package io.rowlock.lab.internal.run;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;

/** How it is told on one engine that a session waits for a lock. Used by one thread at a time, but for {@link #prepare}. */
public interface WaitSense extends AutoCloseable {

    /** What a session is called at its server; asked when a connection is lent. */
    long session(Connection connection) throws SQLException;

    /** Those of the sessions that wait for a lock of another one now, by one reading. */
    Set<Long> waiting(Set<Long> sessions) throws SQLException;

    /**
     * On the thread of an actor, in front of a statement. On engines that do not wait but fail, arranges that whoever would
     * fail asks first.
     *
     * @param whenBusy waits until it may be tried again; answers false to fail
     */
    default void prepare(Connection connection, WhenBusy whenBusy) throws SQLException {}

    /** Ends what a session is doing. */
    void cancel(long session, Connection connection) throws SQLException;

    @Override
    void close() throws SQLException;

    /** Waits in the place of the engine. */
    @FunctionalInterface
    interface WhenBusy {
        boolean tryAgain();
    }
}
