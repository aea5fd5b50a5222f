package io.rowlock.engines;

import java.sql.Connection;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who has which connection of a database, and who had it last. Safe for use by many threads. */
final class Loans {

    /**
     * One hand-out of a connection.
     *
     * @param physical the driver's own connection
     * @param thread the name of the thread that asked for it
     * @param borrowedAt the stack that asked for it
     * @param returnedAt the stack that gave it back, if it came back
     */
    record Loan(
            Connection physical,
            String thread,
            Throwable borrowedAt,
            @Nullable Throwable returnedAt) {

        boolean isOpen() {
            return returnedAt == null;
        }
    }

    /** The newest loan of each physical connection; older ones tell nothing any more. */
    private final IdentityHashMap<Connection, Loan> newest = new IdentityHashMap<>();

    synchronized void borrowed(Connection physical) {
        newest.put(physical, new Loan(physical, Thread.currentThread().getName(), stack("Borrowed"), null));
    }

    synchronized void returned(Connection physical) {
        Loan loan = newest.get(physical);
        if (loan != null && loan.isOpen()) {
            newest.put(physical, new Loan(physical, loan.thread(), loan.borrowedAt(), stack("Closed")));
        }
    }

    synchronized List<Loan> all() {
        return new ArrayList<>(newest.values());
    }

    /** Forgets what is over, which tells nothing once all was found in order. */
    synchronized void forgetReturned() {
        newest.values().removeIf(loan -> !loan.isOpen());
    }

    synchronized void forget() {
        newest.clear();
    }

    private static Throwable stack(String what) {
        return new Throwable(what + " by thread " + Thread.currentThread().getName());
    }
}
