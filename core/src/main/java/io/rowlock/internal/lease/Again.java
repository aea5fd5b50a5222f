package io.rowlock.internal.lease;

import io.rowlock.Key;
import io.rowlock.LeaseLost;
import io.rowlock.internal.unit.Fenced;
import io.rowlock.lease.Lease;
import io.rowlock.lease.LeaseState;
import io.rowlock.lease.LossReason;
import io.rowlock.lease.Release;
import io.rowlock.lease.Renewed;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A lease that its holder was given again: the same token, and given back once however often it is closed. */
final class Again implements Lease, Fenced {
    private final Handle handle;
    private final AtomicReference<@Nullable Release> outcome = new AtomicReference<>();

    Again(Handle handle) {
        this.handle = handle;
    }

    @Override
    public Key key() {
        return handle.key();
    }

    @Override
    public long token() {
        return handle.token();
    }

    @Override
    public long firstToken() {
        return handle.firstToken();
    }

    @Override
    public long grantedNanos() {
        return handle.grantedNanos();
    }

    @Override
    public LeaseState state() {
        return outcome.get() != null && handle.state() == LeaseState.HELD ? LeaseState.RELEASED : handle.state();
    }

    @Override
    public Duration remaining() {
        return outcome.get() == null ? handle.remaining() : Duration.ZERO;
    }

    @Override
    public boolean isHeld() {
        return outcome.get() == null && handle.isHeld();
    }

    @Override
    public void requireHeld() {
        if (!isHeld()) {
            throw handle.lost(0);
        }
    }

    @Override
    public Renewed renew() {
        requireHeld();
        return handle.renew();
    }

    @Override
    public Release release() {
        Release released = new Release.Released();
        if (outcome.compareAndSet(null, released)) {
            outcome.set(handle.releaseAgain());
        }
        Release known = outcome.get();
        return known == null ? released : known;
    }

    @Override
    public void close() {
        release();
    }

    @Override
    public CompletionStage<LossReason> lost() {
        return handle.lost();
    }

    @Override
    public void onLoss(Consumer<LossReason> listener) {
        handle.onLoss(listener);
    }

    @Override
    public void join() {
        requireHeld();
        handle.join();
    }

    @Override
    public void pin() {
        handle.pin();
    }

    @Override
    public void unpin() {
        handle.unpin();
    }

    @Override
    public void leave(boolean pinned, boolean unknown) {
        handle.leave(pinned, unknown);
    }

    @Override
    public void requireCommittable() {
        handle.requireCommittable();
    }

    @Override
    public LeaseLost refused(long currentToken, boolean forced) {
        return handle.refused(currentToken, forced);
    }

    @Override
    public String toString() {
        return handle.toString();
    }
}
