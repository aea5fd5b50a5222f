package io.rowlock.claim;

/**
 * What is done with an item: the part that takes its time, outside of any transaction. What it answers is then committed together
 * with the end of the claim.
 *
 * <pre>{@code
 * claims.work(WorkOptions.defaults(), claim -> {
 *     Receipt receipt = post.send(claim.item());
 *     return tx -> tx.update(tx.read(MAILS, claim.key()).orElseThrow(), mail -> mail.sent(receipt));
 * });
 * }</pre>
 *
 * <p>It may run twice for one item, even at the same time, if a worker stalls for longer than its claim; its effects are committed
 * once. So what it does to the world outside has to bear that: give the other side the item's key.
 */
@FunctionalInterface
public interface ClaimWork<T, K> {
    /**
     * Does what is to be done.
     *
     * @return what is committed with the end of the claim
     * @throws Exception if it failed: the item is tried again later, or parked
     */
    ClaimEffects run(Claim<T, K> claim) throws Exception;
}
