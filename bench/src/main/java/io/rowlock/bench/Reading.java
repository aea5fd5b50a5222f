package io.rowlock.bench;

import java.util.function.LongSupplier;

/**
 * A way of reading rows of {@link FixedAccounts}, for all threads of a candidate.
 *
 * @param read reads a row
 * @param loads for how many reads the database was asked
 * @param forget lets go of what this JVM has kept
 */
record Reading(Read read, LongSupplier loads, Runnable forget) {
    /** Reads a row. */
    @FunctionalInterface
    interface Read {
        /** The row of a key, which there is. */
        Account of(Long id) throws Exception;
    }
}
