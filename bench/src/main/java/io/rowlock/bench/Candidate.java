package io.rowlock.bench;

/**
 * One way of doing a workload.
 *
 * @param name short, as {@code --only} takes it
 * @param title what it does, for the table
 * @param ops makes the operation of one thread
 * @param batch how many times an operation does the thing; more than once where that takes less than a look at the clock
 */
record Candidate(String name, String title, Ops ops, int batch) {

    Candidate(String name, String title, Ops ops) {
        this(name, title, ops, 1);
    }

    /** Makes the operation of one thread. */
    @FunctionalInterface
    interface Ops {
        /**
         * The operation.
         *
         * @param thread counted from 0; each thread has rows of its own
         */
        Op of(int thread) throws Exception;
    }
}
