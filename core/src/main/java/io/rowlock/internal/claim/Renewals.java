package io.rowlock.internal.claim;

import io.rowlock.RowlockException;
import io.rowlock.event.RowlockEvent;
import io.rowlock.event.RowlockEvent.RenewalOutcome;
import io.rowlock.internal.unit.Errands;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Keeps claims alive while their work runs, on one thread, which begins with the first of them: each is renewed when a third of it is
 * gone, or half at the latest. A renewal that fails is tried again, as long as the claim lasts and beyond: until it is found to be
 * somebody else's, it still may be had again.
 */
final class Renewals<T, K> implements AutoCloseable {
    private final QueueClaims<T, K> claims;
    private final Errands errands;
    private final Duration maxHold;
    private final long lengthNanos;
    private final Set<HeldClaim<T, K>> held = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition over = lock.newCondition();
    private boolean closed;
    private @Nullable Thread thread;

    Renewals(QueueClaims<T, K> claims, Errands errands, Duration maxHold) {
        this.claims = claims;
        this.errands = errands;
        this.maxHold = maxHold;
        this.lengthNanos = claims.queue().claimLength().toNanos();
    }

    void begin(HeldClaim<T, K> claim) {
        held.add(claim);
        lock.lock();
        try {
            if (thread == null && !closed) {
                thread = new Thread(this::run, "rowlock-renew-" + claims.queue().name());
                thread.setDaemon(true);
                thread.start();
            }
        } finally {
            lock.unlock();
        }
    }

    void end(HeldClaim<T, K> claim) {
        held.remove(claim);
    }

    private void run() {
        while (waited()) {
            held.forEach(this::renewIfNeeded);
        }
    }

    private boolean waited() {
        lock.lock();
        try {
            long left = lengthNanos / 6;
            while (!closed && left > 0) {
                left = over.awaitNanos(left);
            }
            return !closed;
        } catch (InterruptedException nobodyDoes) {
            return false;
        } finally {
            lock.unlock();
        }
    }

    private void renewIfNeeded(HeldClaim<T, K> claim) {
        boolean wanted = !claim.isLost() && !claim.isEnded() && !claim.isEnding();
        boolean early = claim.remaining().toNanos() > lengthNanos / 3 * 2;
        if (!wanted || early || claim.held().compareTo(maxHold) >= 0) {
            return;
        }
        try {
            boolean unused = claims.renewed(claim);
        } catch (RowlockException failed) {
            errands.warn(
                    "renew/" + claim.queue(),
                    "A claim could not be renewed and will be tried again " + claim.facts() + ": " + failed,
                    () -> new RowlockEvent.ClaimRenewed(claim.queue(), claim.describe(), RenewalOutcome.FAILED));
        }
    }

    /** Ends it; a renewal that is under way is waited for. */
    @Override
    public void close() {
        Thread running;
        lock.lock();
        try {
            closed = true;
            over.signalAll();
            running = thread;
        } finally {
            lock.unlock();
        }
        boolean interrupted = false;
        while (running != null && running.isAlive()) {
            try {
                running.join();
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
