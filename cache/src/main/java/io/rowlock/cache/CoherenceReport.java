package io.rowlock.cache;

import java.time.Duration;

/**
 * What the verifier of a cache has measured so far.
 *
 * @param checks how many changes were looked for
 * @param atOnce of how many nothing older was found at the first look
 * @param later of how many it was, for some time within the bound
 * @param beyond of how many it was after the bound: not to be expected
 * @param longest the longest time after which nothing older was found
 */
public record CoherenceReport(long checks, long atOnce, long later, long beyond, Duration longest) {}
