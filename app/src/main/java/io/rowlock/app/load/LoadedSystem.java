package io.rowlock.app.load;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A system as a load sees it: what it can be asked for, what its answers promise, and whether the database keeps that.
 *
 * <p>{@link #prepare} comes first and {@link #audit} last; {@link #next} may be asked by many threads at once.
 */
interface LoadedSystem {
    /** What people call it, with a capital. */
    String title();

    /** The path that its routes have in common. */
    String api();

    /** Options that a server needs for this, as {@code name=value}: limits of calls stand in the way of a load. */
    List<String> serverOptions();

    /**
     * Asks what the service has, and makes what every run begins with.
     *
     * @throws CannotLoad if the service does not answer as this system does
     */
    void prepare(Caller caller) throws CannotLoad, InterruptedException;

    /** The next request by chance. */
    Call next(SplittableRandom random);

    /** Waits, after the last answer and before the servers are ended, until nothing is under way that goes on by itself. */
    default void settle(Caller caller) throws InterruptedException {
        // Nothing does, as a rule.
    }

    /** What else there is to be told of the run, by names of a few letters. Asked after the audit. */
    default Map<String, String> figures() {
        return Map.of();
    }

    /** Ends what was made for the run. */
    default void close() {
        // Nothing was, as a rule.
    }

    /** What is left open, and what was contradicted. */
    Doubts doubts();

    /** What of the mix the service does not have. */
    List<String> leftOut();

    /** How many effects were acknowledged. */
    int effects();

    /**
     * Audits the books, and holds them to what was acknowledged.
     *
     * @param connection in a transaction that sees one moment; it is only read from
     * @return what is wrong, a line each
     */
    List<String> audit(Connection connection) throws SQLException;
}
