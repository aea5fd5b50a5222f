package io.rowlock.bench;

import java.time.Duration;

/**
 * How long to measure.
 *
 * @param rounds how often every candidate has its turn
 * @param roundsMax how many rounds to try for as many quiet ones
 * @param slice how long a turn is
 * @param warmUp how long each candidate runs before anything counts
 * @param seed of the order within each round and of the bootstrap
 */
record Plan(int rounds, int roundsMax, Duration slice, Duration warmUp, long seed) {}
