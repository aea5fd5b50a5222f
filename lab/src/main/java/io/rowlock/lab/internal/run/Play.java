package io.rowlock.lab.internal.run;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A run that is over.
 *
 * @param taken the steps in the order in which they began
 * @param endings how each actor ended
 * @param cut whether the director ended it
 * @param unresolved why it came to no end of its own, or null if it did
 * @param leftOpen how many connections the actors did not give back
 * @param metInProgram whether an actor had to wait for another without the database
 */
public record Play(
        List<Taken> taken,
        List<Ending> endings,
        boolean cut,
        @Nullable String unresolved,
        int leftOpen,
        boolean metInProgram) {}
