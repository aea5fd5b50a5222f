package io.rowlock.claim;

import io.rowlock.CheckReturnValue;
import io.rowlock.ClaimLost;
import io.rowlock.DatabaseFailure;
import io.rowlock.LockTimeout;
import io.rowlock.Tx;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The work of one queue, for workers of any number of processes.
 *
 * <pre>{@code
 * Claims<Mail, Long> claims = rowlock.claims(TO_SEND);
 *
 * for (Claim<Mail, Long> claim : claims.take(10)) {
 *     Receipt receipt = post.send(claim.item());
 *     rowlock.transact(tx -> {
 *         claims.complete(tx, claim, mail -> mail.sent(receipt));
 *         return null;
 *     });
 * }
 * }</pre>
 *
 * <p><b>Promise.</b> An item is one worker's at a time, as long as his claim lasts: {@link #take} commits the claim before it answers,
 * and passes over what others hold or are just taking, without waiting for them. When a claim has run out, because the worker died or stalled,
 * the item is taken again: it may <em>run</em> twice. It <em>completes</em> once: a claim is ended in the same commit as its effects,
 * and only if the item is still this claim's. Tries are counted when they begin, and an item that was tried
 * {@linkplain WorkQueue#attemptsMax often enough} is parked, with what it failed of.
 *
 * <p>Whether an item is due and a claim has run out is judged by the database's clock, the latter when the row is at hand and not when the
 * request was sent: a claim has its full length left, however long the request had to wait. An item whose claim runs out at this very moment is
 * free. What the clocks of the workers say does not matter.
 *
 * <p><b>Holds when</b> effects are committed in the unit that ends the claim. <b>Breaks when</b> they are committed elsewhere, and for
 * effects outside of the database: those happen as often as the item runs. It promises no order beyond the one in which items are
 * taken: what is taken first may end last.
 *
 * <p>Taking, renewing and working commit by themselves and are refused inside units; so is {@link #parked}. Safe for use by many threads;
 * all {@code Claims} of one queue, here and elsewhere, are about the same items.
 */
public interface Claims<T, K> {

    /** The most items of one {@link #take}. */
    int TAKE_MAX = 500;

    /** The queue. */
    WorkQueue<T, K> queue();

    /**
     * Takes items that are due and nobody's, the longest due first; those with the lowest {@linkplain WorkQueue#rankedBy rank} before
     * others. They are this caller's when it returns. Items that were tried too often already are parked on the way.
     *
     * <p>If the connection breaks, some may have been taken and nobody knows of it: they come back when their claims have run out.
     *
     * @param max how many at the most, between 1 and {@value #TAKE_MAX}
     * @return those that were taken, in that order; empty if there is nothing to do
     * @throws DatabaseFailure if the database fails
     * @throws LockTimeout if others kept it from answering for 10 s
     * @throws IllegalArgumentException at the first use, if the table has not the queue's columns; the message has the DDL
     * @throws IllegalStateException inside a unit
     */
    @CheckReturnValue
    List<Claim<T, K>> take(int max);

    /**
     * Lets a claim last its full length again, from now on.
     *
     * @return whether the item is still this claim's. If not the worker can stop: nothing of it would be stored
     * @throws DatabaseFailure if the database fails; the claim is what it was
     * @throws LockTimeout if others held the row for that long; likewise
     * @throws IllegalStateException inside a unit, or if the claim was ended
     */
    @CheckReturnValue
    boolean renew(Claim<T, K> claim);

    /**
     * Ends a claim as this unit commits: the item is done, and leaves the queue. The row stays as it is; delete or change it in
     * the same unit if that belongs to it.
     *
     * @throws ClaimLost from the unit, at its flush: if the item is no longer this claim's. Nothing of the unit is stored, and it is not
     *     run again
     * @throws IllegalStateException if this unit has ended the claim already, or an earlier one has
     */
    void complete(Tx tx, Claim<T, K> claim);

    /**
     * As {@link #complete(Tx, Claim)}, with a change of the item's row.
     *
     * @param change makes the new row of the row as it is now
     * @throws ClaimLost also if the row is gone
     */
    void complete(Tx tx, Claim<T, K> claim, UnaryOperator<T> change);

    /**
     * Ends a claim as this unit commits: its try has failed. The item is tried again after a random wait, whose bound doubles with
     * each try ({@link WorkQueue#withBackoff}), or parked if this was its last. What else the unit stages is committed with it.
     *
     * @param reason for people who look into it; cut to 1000 characters
     * @throws ClaimLost as from {@link #complete(Tx, Claim)}
     */
    FailedTry fail(Tx tx, Claim<T, K> claim, String reason);

    /**
     * Ends a claim as this unit commits: the item is given back untried, and this try is not counted.
     *
     * @param notBefore for how long it is not taken again; zero for no time at all
     * @throws ClaimLost as from {@link #complete(Tx, Claim)}
     */
    void release(Tx tx, Claim<T, K> claim, Duration notBefore);

    /**
     * Ends a claim as this unit commits: done for now, and to be done again after some time, for work that recurs. Its tries are
     * counted from 1 again.
     *
     * @param in for how long it is not taken again
     * @throws ClaimLost as from {@link #complete(Tx, Claim)}
     */
    void again(Tx tx, Claim<T, K> claim, Duration in);

    /**
     * Works off what is due: takes items, does the work of each, commits its effects with the end of its claim. Claims are renewed while
     * their work runs. Returns when nothing is due and nothing runs any more, when {@link WorkOptions#stop} says so or the thread is
     * interrupted (then what runs is finished first), or after {@link WorkOptions#itemsMax} items. Call it from a scheduler or a thread of your
     * own, again and again.
     *
     * <p>Work that throws has failed, with the exception as its reason; work that is interrupted gives its item back. Where a claim
     * could not be ended, because the database was away, it runs out.
     *
     * @return what became of the items
     * @throws DatabaseFailure if items cannot be taken; what ran is finished by then
     * @throws LockTimeout likewise
     * @throws IllegalStateException inside a unit
     */
    WorkReport work(WorkOptions options, ClaimWork<T, K> work);

    /**
     * Items that are parked, the longest parked first.
     *
     * @param max how many at the most
     * @throws IllegalStateException inside a unit
     */
    @CheckReturnValue
    List<ParkedItem<T, K>> parked(int max);

    /**
     * Puts a parked item back into the queue as this unit commits; its tries are counted from 1 again.
     *
     * @return whether it was parked
     */
    @CheckReturnValue
    boolean unpark(Tx tx, K key);

    /**
     * The statements that give the table the queue's columns, and the index that {@link #take} goes by, on this database. For a
     * migration of yours: nothing here runs them.
     */
    List<String> ddl();
}
