package io.rowlock.companion;

import io.rowlock.Timing;
import io.rowlock.Tx;
import io.rowlock.event.RowlockEvent;
import java.util.function.Supplier;

/** What a companion has of the Rowlock that it goes along with. Safe for use by many threads. */
public interface Company<E extends Escort> {
    /**
     * Who goes with this unit; sends somebody if nobody does yet.
     *
     * @throws IllegalStateException if the unit has ended, or is one of another Rowlock
     */
    E of(Tx tx);

    /** Whether this thread is inside a unit, so that whatever asks the database would wait while holding a connection. */
    boolean isInUnit();

    /** Clock, sleep and chance. */
    Timing timing();

    /** Tells the listener, if there is one. */
    void tell(Supplier<RowlockEvent> event);

    /**
     * Tells the listener, and the log the first time.
     *
     * @param about what the log is told once about; bounded in number
     */
    void warn(String about, String what, Supplier<RowlockEvent> event);
}
