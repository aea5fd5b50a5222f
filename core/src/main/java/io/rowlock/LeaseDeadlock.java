package io.rowlock;

import java.util.Map;

/**
 * Holders of leases wait for each other in a circle, in one process or in several, and this wait was chosen to end: exactly
 * one of each circle. Give back what is held, then begin again; {@link io.rowlock.lease.Leases#acquireAll} takes several
 * keys in an order in which this cannot happen.
 *
 * <p>Facts: {@code key} that was waited for, and {@code circle}, which names every member: who, what it holds, what it waits
 * for, and where in the code.
 */
public final class LeaseDeadlock extends RowlockException {
    private static final long serialVersionUID = 1;

    public LeaseDeadlock(Map<String, Object> facts) {
        super("Leases wait for each other", facts, null);
    }
}
