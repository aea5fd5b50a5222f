/**
 * Work queues, from the inside.
 *
 * <p>{@code QueueClaims} is what {@link io.rowlock.claim.Claims} promises. {@code QueueDef} holds a queue against its table;
 * {@code QueueSql} has its statements, with what differs between engines in {@code ClaimDialect}. {@code Taking} takes items,
 * {@code QueueWork} is one call of {@code work}, {@code Renewals} keeps claims alive meanwhile. Claims are ended by writes that
 * are tied to the units of the callers ({@link io.rowlock.internal.unit.Tying}).
 */
package io.rowlock.internal.claim;
