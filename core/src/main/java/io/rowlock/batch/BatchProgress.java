package io.rowlock.batch;

import java.time.Duration;

/**
 * How far a run of a batch is, told after each of its transactions.
 *
 * @param batch the batch's name
 * @param total how many items the run has
 * @param done how many of them are over, whatever became of them
 * @param failed how many of those failed
 * @param took how long the run has taken so far
 */
public record BatchProgress(String batch, int total, int done, int failed, Duration took) {}
