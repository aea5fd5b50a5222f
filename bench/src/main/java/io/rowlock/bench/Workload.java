package io.rowlock.bench;

import java.util.List;

/**
 * What is done, and the ways of doing it.
 *
 * @param name short, as {@code --only} takes it
 * @param title for the table
 * @param candidates the first is the reference, whose cost is 1.00
 * @param stored looks at what has really been done
 * @param batch how many times an operation does the thing; more than once where that takes less than a look at the clock
 */
record Workload(String name, String title, List<Candidate> candidates, Stored stored, int batch) {

    Workload {
        candidates = List.copyOf(candidates);
    }

    Workload(String name, String title, List<Candidate> candidates, Stored stored) {
        this(name, title, candidates, stored, 1);
    }

    Candidate reference() {
        return candidates.get(0);
    }

    /** Looks at what has really been done. */
    @FunctionalInterface
    interface Stored {
        /** How many operations are stored, from whenever on; what counts is how it grows. */
        long operations() throws Exception;
    }
}
