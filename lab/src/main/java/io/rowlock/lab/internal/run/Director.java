package io.rowlock.lab.internal.run;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Says who goes on. Asked whenever all actors stand: at a gate, waiting for another, or at their end. */
@FunctionalInterface
public interface Director {

    /**
     * Chooses.
     *
     * @param ready the actors at a gate, one at least, in order
     * @param taken the steps until now, in order
     * @return one of them, or null to end the run here
     */
    @Nullable
    Choice next(List<Ready> ready, List<Taken> taken);

    /**
     * An actor at a gate.
     *
     * @param actor by number, from 0
     * @param label what its step is called in a schedule
     * @param op what it is about to do
     * @param mayCrash whether it may be let crash
     */
    record Ready(int actor, String label, Op op, boolean mayCrash) {}
}
