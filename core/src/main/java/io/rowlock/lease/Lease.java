package io.rowlock.lease;

import io.rowlock.Key;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * One grant of a key. It has a token of its own, larger than that of every grant of the key before it; it ends once, and a
 * later grant of the same key is another object.
 *
 * <pre>{@code
 * try (Lease lease = rowlock.leases().acquire(Key.of("instance", 17), LeaseOptions.defaults(), Duration.ofSeconds(5))) {
 *     rowlock.transact(tx -> {
 *         tx.fence(lease);
 *         ...
 *     });
 * }
 * }</pre>
 *
 * <p><b>Promise.</b> Of two holders of a key, however long either stood still, only the later commits units that it
 * {@linkplain io.rowlock.Tx#fence fences}. <b>Holds when</b> every unit that the key protects is fenced. <b>Breaks when</b>
 * data is written without the fence, or outside the database that grants the lease: a mail is not undone.
 *
 * <p>Identity is the key and the token: any thread may use, renew and give back a lease. Safe for use by many threads.
 * Implemented by Rowlock only.
 */
public interface Lease extends AutoCloseable {
    Key key();

    /** Larger than that of every earlier grant of the key, through restarts, releases and reaping. At least 1. */
    long token();

    LeaseState state();

    /** How long it certainly runs on, by this JVM's monotonic clock counted from before the request was sent; never negative. */
    Duration remaining();

    /** Whether it is held, as far as this JVM can know: somebody else may have been granted it if this JVM stood still. */
    boolean isHeld();

    /**
     * Ends work on a lease that is over before it fails at its commit.
     *
     * @throws io.rowlock.LeaseLost if it is not held
     */
    void requireHeld();

    /** Has its whole length lie ahead again, by the database's clock. */
    Renewed renew();

    /**
     * Gives it back: after the units that it fences, if any run. A second call answers what the first did.
     *
     * @return what became of it
     */
    Release release();

    /** As {@link #release}, for {@code try (...)}. */
    @Override
    void close();

    /** Completed once, when the lease is lost; never if it is given back. */
    CompletionStage<LossReason> lost();

    /**
     * Has this called once when the lease is lost, at once if it is. Called on Rowlock's own thread for all leases: keep it
     * quick.
     */
    void onLoss(Consumer<LossReason> listener);
}
