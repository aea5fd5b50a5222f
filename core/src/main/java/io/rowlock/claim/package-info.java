/**
 * Work queues over a table of your own: {@link io.rowlock.Rowlock#claims} gives workers due rows, each to one of them at a time, and
 * lets each be completed once.
 *
 * <p>{@link io.rowlock.claim.WorkQueue} says which rows of a table are work, when each is due and what happens to one that fails.
 * {@link io.rowlock.claim.Claims} takes them; a {@link io.rowlock.claim.Claim} is one item in the hands of one worker, for a time. The
 * worker does what is to be done and ends the claim in a unit of work of its own, with its effects in one commit. If it is too
 * late by then, because it had stalled and the item was taken again, that unit is refused ({@link io.rowlock.ClaimLost}).
 *
 * <p>{@link io.rowlock.claim.Claims#work} does all of that for a function ({@link io.rowlock.claim.ClaimWork},
 * {@link io.rowlock.claim.ClaimEffects}), several items at a time ({@link io.rowlock.claim.WorkOptions}), with claims renewed while they
 * are held, and tells what became of them ({@link io.rowlock.claim.WorkReport}). Items that failed too often are parked
 * ({@link io.rowlock.claim.ParkedItem}).
 */
package io.rowlock.claim;
