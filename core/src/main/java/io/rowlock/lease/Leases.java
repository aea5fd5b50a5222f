package io.rowlock.lease;

import io.rowlock.Key;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * Keys that one process at a time may hold, among all that use the same database.
 *
 * <p><b>Promise.</b> Effect exclusion: of two holders of a key, however long either of them stood still, only the later
 * commits units that are {@linkplain io.rowlock.Tx#fence fenced}. Tokens of a key strictly rise, through restarts, releases
 * and reaping. Whether a lease has expired is told by the database's clock at the moment its row is looked at, and an expiry
 * of exactly now is in the past; no clock of a client decides anything.
 *
 * <p><b>Holds when</b> the leases' tables are in the database that holds the data, with one writable primary, and units are
 * fenced. <b>Breaks when</b> they are not: then a lease is an appointment between processes, as any lock service's is.
 *
 * <p><b>Waiting.</b> Those who wait in one JVM stand in line, first come first served, and only the first asks the database.
 * A lease that is given back passes to the next of them in memory, with the next token of a range that was reserved for that;
 * after a bounded run it goes back, so that other processes have their turn. PostgreSQL also tells other processes at once
 * (LISTEN, on one connection a process while somebody waits); behind that, and on the other engines, the first asks again
 * after pauses that grow. Order among processes is not promised.
 *
 * <p>Statements run on connections borrowed for them alone, never in a caller's transaction; a wait holds none. Inside a unit
 * every method that waits or writes is refused: it would wait while the unit holds a connection and locks.
 *
 * <p>Needs the tables {@code rowlock_lease}, {@code rowlock_lease_floor}, {@code rowlock_lease_waiter} and
 * {@code rowlock_lease_audit} ({@link io.rowlock.RowlockTables}). Safe for use by many threads. Implemented by Rowlock only.
 */
public interface Leases extends AutoCloseable {

    /**
     * Tries once. It does not wait for a holder, and not in line either.
     *
     * @return the lease, or who has it
     * @throws io.rowlock.DatabaseFailure if the database did not answer within
     *     {@link LeaseSettings#statementMax}
     * @throws IllegalStateException inside a unit: acquire first, then begin the unit and fence it
     */
    Acquired tryAcquire(Key key, LeaseOptions options);

    /**
     * Acquires a lease, waiting for its holder.
     *
     * @param wait how long at the most; zero waits for nobody. Should the database not answer, the call may return later by
     *     {@link LeaseSettings#statementMax}
     * @throws io.rowlock.LockTimeout if the wait has ended; its cause is the database's last failure, if there was one
     * @throws io.rowlock.LeaseDeadlock if this wait was chosen to end a circle of waits
     * @throws io.rowlock.Interrupted if the thread was interrupted; its flag is set again
     * @throws io.rowlock.DatabaseFailure if the database refused for a reason that will not pass
     * @throws IllegalStateException inside a unit; if the actor holds the key already and the options are not reentrant
     */
    Lease acquire(Key key, LeaseOptions options, Duration wait);

    /**
     * Acquires several leases, in the order of their keys, which is the same in every process: callers that take all their
     * keys this way never wait for each other in a circle. All or nothing: if one is not had in time, those that were are
     * given back.
     *
     * @throws io.rowlock.LockTimeout as {@link #acquire}; the wait covers all of them
     */
    LeaseSet acquireAll(Collection<Key> keys, LeaseOptions options, Duration wait);

    /** Acquires a lease, does something, and gives it back. */
    default <R extends @Nullable Object, X extends Exception> R hold(
            Key key, LeaseOptions options, Duration wait, LeaseWork<R, X> body) throws X {
        try (Lease lease = acquire(key, options, wait)) {
            return body.run(lease);
        }
    }

    /**
     * A lock as the JDK knows it, for code that comes from other libraries. <b>Weaker than a lease:</b> there is no token at
     * the call, so nothing can be fenced, and after a pause two threads may both be inside. The thread that locks unlocks;
     * it may lock again inside. {@code lock()} waits for an hour at the most. Conditions are not supported.
     */
    Lock asLock(Key key, LeaseOptions options);

    /** Every lease that is held in the database now, by any process. */
    List<LeaseHolder> holders();

    /** Everybody who has waited for a lease for a tenth of a second or longer, in any process. */
    List<LeaseWaiter> waiters();

    /** Who waits for whom, across processes. */
    WaitGraph waitGraph();

    /**
     * Takes a lease away from its holder, whose fenced units are refused from then on, and writes down why in
     * {@code rowlock_lease_audit}.
     *
     * @param token the token that is meant, so that a later holder is not hit by mistake
     * @param reason why, for the audit; at most 500 characters
     */
    ForcedRelease forceRelease(Key key, long token, String reason);

    /**
     * Clears away the rows of keys that nobody has held for a while. Their tokens are remembered as a floor, so that no key
     * ever begins below a token it has had. Nothing depends on it but the size of the table.
     *
     * @param idleFor how long a key must have been free, by the database's clock
     * @param leasesMax how many at the most
     * @return how many were cleared away
     */
    int reap(Duration idleFor, int leasesMax);

    /**
     * Grants nothing any more, and ends waits with {@link IllegalStateException}. Leases that are held go on, are renewed and
     * given back as before.
     */
    @Override
    void close();
}
