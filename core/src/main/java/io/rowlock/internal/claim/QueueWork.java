package io.rowlock.internal.claim;

import io.rowlock.ClaimLost;
import io.rowlock.Interrupted;
import io.rowlock.Rowlock;
import io.rowlock.Unit;
import io.rowlock.claim.Claim;
import io.rowlock.claim.ClaimEffects;
import io.rowlock.claim.ClaimWork;
import io.rowlock.claim.Claims;
import io.rowlock.claim.FailedTry;
import io.rowlock.claim.WorkOptions;
import io.rowlock.claim.WorkReport;
import io.rowlock.event.RowlockEvent;
import io.rowlock.event.RowlockEvent.ClaimOutcome;
import io.rowlock.internal.unit.Errands;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One call of {@link Claims#work}. The calling thread takes items, never more than there are threads free to begin with them: what is
 * taken runs. With one item at a time it does the work as well.
 */
final class QueueWork<T, K> {
    private final Rowlock rowlock;
    private final Errands errands;
    private final QueueClaims<T, K> claims;
    private final WorkOptions options;
    private final ClaimWork<T, K> work;
    private final Unit unit;
    private final Renewals<T, K> renewals;
    private final long began;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private int running;
    private int endings;
    private int taken;
    private volatile @Nullable Error died;
    private final Map<Ending, AtomicInteger> counts = new EnumMap<>(Ending.class);

    /** What became of an item. */
    private enum Ending {
        COMPLETED,
        AGAIN,
        RETRIED,
        PARKED,
        RELEASED,
        LOST,
        LEFT
    }

    QueueWork(Rowlock rowlock, Errands errands, QueueClaims<T, K> claims, WorkOptions options, ClaimWork<T, K> work) {
        this.rowlock = rowlock;
        this.errands = errands;
        this.claims = claims;
        this.options = options;
        this.work = work;
        this.unit = options.unit().withName(claims.queue().name());
        this.renewals = new Renewals<>(claims, errands, options.maxHold());
        this.began = errands.nanoTime();
        for (Ending ending : Ending.values()) {
            counts.put(ending, new AtomicInteger());
        }
    }

    WorkReport run() {
        ExecutorService threads = options.parallel() == 1 ? null : threads();
        try (renewals) {
            try {
                dispatch(threads == null ? Runnable::run : threads);
            } finally {
                awaitAll();
            }
        } finally {
            if (threads != null) {
                threads.shutdown();
            }
        }
        Error broken = died;
        if (broken != null) {
            throw broken;
        }
        return report();
    }

    private ExecutorService threads() {
        return Executors.newFixedThreadPool(options.parallel(), task -> {
            Thread thread = new Thread(task, "rowlock-work-" + claims.queue().name());
            thread.setDaemon(true);
            return thread;
        });
    }

    // ---- taking

    private void dispatch(Executor threads) {
        while (true) {
            int free = awaitFree();
            if (!goesOn()) {
                return;
            }
            if (free == 0) {
                continue;
            }
            List<Claim<T, K>> more = claims.take(Math.min(free, options.itemsMax() - taken));
            if (more.isEmpty() && !awaitMore()) {
                return;
            }
            taken += more.size();
            for (Claim<T, K> claim : more) {
                begin(threads, claims.mine(claim));
            }
        }
    }

    private boolean goesOn() {
        return taken < options.itemsMax()
                && died == null
                && !Thread.currentThread().isInterrupted()
                && !options.stop().getAsBoolean();
    }

    /** How many could begin now; waits for one to end if none could. */
    private int awaitFree() {
        lock.lock();
        try {
            if (running == options.parallel()) {
                awaitEnd();
            }
            return Math.min(Claims.TAKE_MAX, options.parallel() - running);
        } finally {
            lock.unlock();
        }
    }

    /** Nothing is due: while others run something may come. */
    private boolean awaitMore() {
        lock.lock();
        try {
            if (running == 0) {
                return false;
            }
            awaitEnd();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until one ends or it is time to look again. */
    private void awaitEnd() {
        int before = endings;
        long left = options.pollEvery().toNanos();
        try {
            while (endings == before && left > 0) {
                left = ended.awaitNanos(left);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitAll() {
        lock.lock();
        try {
            while (running > 0) {
                ended.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    private void begin(Executor threads, HeldClaim<T, K> claim) {
        lock.lock();
        try {
            running++;
        } finally {
            lock.unlock();
        }
        renewals.begin(claim);
        threads.execute(() -> {
            try {
                work(claim);
            } catch (Error broken) {
                died = broken;
            } finally {
                renewals.end(claim);
                lock.lock();
                try {
                    running--;
                    endings++;
                    ended.signalAll();
                } finally {
                    lock.unlock();
                }
            }
        });
    }

    // ---- one item

    private void work(HeldClaim<T, K> claim) {
        Ending ending;
        try {
            ClaimEffects effects = work.run(claim);
            ending = commit(claim, effects);
        } catch (ClaimLost lost) {
            ending = Ending.LOST;
        } catch (InterruptedException | Interrupted stopped) {
            ending = end(claim, stopped);
            Thread.currentThread().interrupt();
        } catch (Exception | LinkageError | AssertionError | StackOverflowError failed) {
            ending = end(claim, failed);
        }
        count(ending);
    }

    private Ending commit(HeldClaim<T, K> claim, ClaimEffects effects) throws Exception {
        rowlock.transact(unit, tx -> {
            claim.heldOn();
            effects.commit(tx);
            if (!claims.isEndedBy(tx, claim)) {
                claims.complete(tx, claim);
            }
            return true;
        });
        return ending(claim);
    }

    /** The work, or the commit of its effects, came to nothing. */
    private Ending end(HeldClaim<T, K> claim, Throwable failure) {
        boolean stopped = failure instanceof InterruptedException || failure instanceof Interrupted;
        boolean interrupted = Thread.interrupted();
        try {
            rowlock.transact(unit.withName("claims-fail"), tx -> {
                claim.heldOn();
                if (stopped) {
                    claims.release(tx, claim, Duration.ZERO);
                } else {
                    FailedTry unused = claims.fail(tx, claim, String.valueOf(failure));
                }
                return true;
            });
            return ending(claim);
        } catch (ClaimLost lost) {
            return Ending.LOST;
        } catch (RuntimeException cannot) {
            errands.warn(
                    "work/" + claim.queue(),
                    "A claim could not be ended and will run out " + claim.facts() + ": " + cannot,
                    () -> new RowlockEvent.ClaimLeft(
                            claim.queue(), claim.describe(), cannot.getClass().getSimpleName()));
            return Ending.LEFT;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static Ending ending(HeldClaim<?, ?> claim) {
        ClaimOutcome outcome = claim.outcome();
        return outcome == null ? Ending.LEFT : Ending.valueOf(outcome.name());
    }

    private void count(Ending ending) {
        AtomicInteger count = counts.get(ending);
        if (count != null) {
            int unused = count.incrementAndGet();
        }
    }

    private int counted(Ending ending) {
        AtomicInteger count = counts.get(ending);
        return count == null ? 0 : count.get();
    }

    private WorkReport report() {
        return new WorkReport(
                taken,
                counted(Ending.COMPLETED),
                counted(Ending.AGAIN),
                counted(Ending.RETRIED),
                counted(Ending.PARKED),
                counted(Ending.RELEASED),
                counted(Ending.LOST),
                counted(Ending.LEFT),
                Duration.ofNanos(errands.nanoTime() - began));
    }
}
