package io.rowlock.claim;

import io.rowlock.Tx;

/**
 * What is committed with the end of a claim: the body of a unit of work, with the rules of every unit; it may run several times. When
 * it returns, the claim is completed in the same unit, unless the body has ended it some other way
 * ({@link Claims#again}, {@link Claims#release}, {@link Claims#fail}).
 */
@FunctionalInterface
public interface ClaimEffects {
    /**
     * Stages what is to be committed.
     *
     * @throws Exception if it cannot be: nothing is stored, and the item is tried again later, or parked
     */
    void commit(Tx tx) throws Exception;

    /** Nothing but the end of the claim. */
    static ClaimEffects none() {
        return tx -> {};
    }
}
