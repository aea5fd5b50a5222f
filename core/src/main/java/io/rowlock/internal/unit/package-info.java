/**
 * The unit of work, from the inside.
 *
 * <p>{@link io.rowlock.internal.unit.Units} is the entry; {@code UnitRun} runs a body until it commits or gives up;
 * {@code Attempt} is one run of the body and the {@code Tx} it sees; {@code Staging} knows its rows and turns what is staged
 * into {@code Step}s in canonical order; a {@code Flow} per engine carries the steps out in as few round trips as that
 * engine allows; {@code Session} is the attempt's connection, its deadline and its first failure.
 *
 * <p>Guards that live outside of units and in packages of their own reach the database by {@code Errands}, and take part in units
 * by {@code Tying}: a write that stands in the unit's flush and must change one row. {@code Queues} is how {@code Units} makes work queues.
 *
 * <p>Beside them stand what all units of one Rowlock share: {@code Contention} lets fewer units run into each other,
 * {@code RetryBudget} bounds retries, {@code HotRows} remembers who had to wait behind readers, {@code Watchdog} ends what
 * is past its limit, {@code SqliteQueue} lines up the writers of one file.
 */
package io.rowlock.internal.unit;
