package io.rowlock.app.compare;

import java.util.function.Supplier;

/**
 * One way to do an operation.
 *
 * @param name for the table
 * @param operation does it once for a client, by its number from 0; what it throws counts as a failure
 * @param wrong counts what is wrong in the books it wrote, when nobody is in the middle of something
 */
public record Form(String name, Operation operation, Supplier<Long> wrong) {

    /** The operation. Called by many threads. */
    @FunctionalInterface
    public interface Operation {
        /**
         * Does it once.
         *
         * @return whether it was done; false if a rule refused it
         */
        boolean run(int client) throws Exception;
    }
}
