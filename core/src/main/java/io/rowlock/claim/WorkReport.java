package io.rowlock.claim;

import java.time.Duration;

/**
 * What became of the items of one call of {@link Claims#work}.
 *
 * @param taken how many were taken
 * @param completed their effects are committed
 * @param again to be taken again later, without having failed ({@link Claims#again})
 * @param retried their try failed; they are tried again later
 * @param parked their try failed, and it was the last
 * @param released given back untried
 * @param lost found to be somebody else's by the time they were to be ended; nothing of them is stored
 * @param left not ended, because the database could not be reached or nobody can tell: their claims run out
 * @param took how long the call took
 */
public record WorkReport(
        int taken,
        int completed,
        int again,
        int retried,
        int parked,
        int released,
        int lost,
        int left,
        Duration took) {}
