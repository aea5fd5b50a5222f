/**
 * For those who have to know what a unit of work will write before it writes it, and that it has.
 *
 * <p>A cache must be told of a change before it is committed, wants a row of its own in the very same transaction, and has
 * something to finish before the caller is answered. A {@link io.rowlock.companion.Companion} does that: it is brought along
 * once, by {@link io.rowlock.Rowlock#accompany}, and from then on sends an {@link io.rowlock.companion.Escort} with each unit
 * that touches a table of its concern. {@code rowlock-cache} is made of this; applications rarely need it, since what they
 * want after a commit is {@link io.rowlock.Tx#afterCommit}.
 */
package io.rowlock.companion;
