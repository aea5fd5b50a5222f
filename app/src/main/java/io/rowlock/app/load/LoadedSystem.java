package io.rowlock.app.load;

import io.rowlock.app.audit.Finding;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
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

    /** What was acknowledged. */
    Promises promises();

    /** What of the mix the service does not have: nothing, where all of it is required. */
    default List<String> leftOut() {
        return List.of();
    }

    /**
     * Whether the books are right.
     *
     * @param connection in a transaction that sees one moment; it is only read from
     */
    List<Finding> books(Connection connection) throws SQLException;

    /**
     * Audits the books, and holds them to what was acknowledged.
     *
     * @param connection in a transaction that sees one moment; it is only read from
     * @return what is wrong, a line each
     */
    default List<String> audit(Connection connection) throws SQLException {
        List<String> findings = new ArrayList<>(Finding.lines(books(connection)));
        findings.addAll(promises().findings(connection));
        return findings;
    }
}
