/**
 * What the guards tell about themselves: {@link io.rowlock.event.RowlockEvent} and who listens.
 *
 * <p>Metrics, console and logs are all fed from here, so what one of them shows the others can show too. An event costs
 * nothing while nobody listens.
 */
package io.rowlock.event;
