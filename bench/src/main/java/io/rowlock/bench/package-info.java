/**
 * Measurements: what Rowlock costs beside the same thing written by hand, and beside other libraries.
 *
 * <p>{@link io.rowlock.bench.Main} is the command line. {@code bench core} opens a {@code Rig} on each engine (a private,
 * durable server and its pools), asks {@code CoreWorkloads} for the candidates of each workload and lets the
 * {@code Harness} measure them. {@code bench leases} and {@code bench cache} have a Redis beside the engine.
 *
 * <p>The harness is made for a machine that is never quiet. All candidates run in one process and take turns in short
 * slices, in a new random order every round; what is compared is always two slices of one round, and what is printed is
 * the median of those ratios with a bootstrap interval. So whatever slows the machine for longer than a round slows both
 * sides. Each slice ends with a look at what is really stored: a candidate that reports work it has not done
 * ({@code NotStored}) ends the run.
 */
package io.rowlock.bench;
