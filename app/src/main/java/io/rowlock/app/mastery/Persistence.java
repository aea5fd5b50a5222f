package io.rowlock.app.mastery;

/** How an answer is decided on and stored; one call at a time for a user of this process. Safe for use by many threads. */
interface Persistence {

    /**
     * Does it.
     *
     * @return never a {@link Processed.Fallback}: what fails throws what a unit throws, and whether something is stored then is the
     *     difference between the ways
     */
    Processed process(String userId, Asked asked);
}
