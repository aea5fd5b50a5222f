package io.rowlock.claim;

import java.time.Duration;

/**
 * What happens to an item whose try failed, once the unit is committed.
 *
 * @param parked whether that was its last try
 * @param retryIn how long it is not taken again; zero if it is parked
 */
public record FailedTry(boolean parked, Duration retryIn) {}
