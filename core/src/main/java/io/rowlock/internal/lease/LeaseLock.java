package io.rowlock.internal.lease;

import io.rowlock.Interrupted;
import io.rowlock.Key;
import io.rowlock.LockTimeout;
import io.rowlock.lease.Acquired;
import io.rowlock.lease.Lease;
import io.rowlock.lease.LeaseOptions;
import io.rowlock.lease.Leases;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/** A lease behind the JDK's interface; see {@link Leases#asLock}. */
final class LeaseLock implements Lock {
    /** How long {@link #lock} waits, which has no limit in its interface. */
    private static final Duration WAIT_MAX = Duration.ofHours(1);

    private final LeaseService leases;
    private final Key key;
    private final LeaseOptions options;
    private final AtomicReference<@Nullable Held> held = new AtomicReference<>();

    /** What a thread has locked. */
    private static final class Held {
        private final Thread thread;
        private final Lease lease;
        private int depth = 1;

        Held(Thread thread, Lease lease) {
            this.thread = thread;
            this.lease = lease;
        }
    }

    LeaseLock(LeaseService leases, Key key, LeaseOptions options) {
        this.leases = leases;
        this.key = key;
        this.options = options;
    }

    private boolean again() {
        Held mine = held.get();
        if (mine == null || mine.thread != Thread.currentThread() || !mine.lease.isHeld()) {
            return false;
        }
        mine.depth++;
        return true;
    }

    private void had(Lease lease) {
        held.set(new Held(Thread.currentThread(), lease));
    }

    /** An interrupt does not end it, and is not lost. */
    @Override
    public void lock() {
        if (again()) {
            return;
        }
        boolean interrupted = false;
        long began = leases.nanoTime();
        try {
            while (true) {
                Duration left = WAIT_MAX.minusNanos(leases.nanoTime() - began);
                try {
                    had(leases.acquire(key, options, left.isNegative() ? Duration.ZERO : left));
                    return;
                } catch (Interrupted again) {
                    interrupted |= Thread.interrupted();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void lockInterruptibly() throws InterruptedException {
        if (!tryLock(WAIT_MAX.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new LockTimeout(java.util.Map.of("key", key, "waited", WAIT_MAX), null);
        }
    }

    @Override
    public boolean tryLock() {
        if (again()) {
            return true;
        }
        if (leases.tryAcquire(key, options) instanceof Acquired.Granted granted) {
            had(granted.lease());
            return true;
        }
        return false;
    }

    @Override
    public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (again()) {
            return true;
        }
        try {
            had(leases.acquire(key, options, Duration.ofNanos(Math.max(0, unit.toNanos(time)))));
            return true;
        } catch (LockTimeout late) {
            return false;
        } catch (Interrupted interrupted) {
            boolean unused = Thread.interrupted();
            InterruptedException thrown = new InterruptedException();
            thrown.initCause(interrupted);
            throw thrown;
        }
    }

    /** Tells when the lease was lost meanwhile, since this interface has no other place for it. */
    @Override
    public void unlock() {
        Held mine = held.get();
        if (mine == null || mine.thread != Thread.currentThread()) {
            throw new IllegalMonitorStateException("This thread does not hold the lock (key=" + key + ")");
        }
        if (--mine.depth > 0) {
            return;
        }
        held.compareAndSet(mine, null);
        boolean stood = mine.lease.isHeld();
        mine.lease.release();
        if (!stood) {
            throw new IllegalMonitorStateException("The lease under this lock was lost while it was held (key=" + key
                    + ", token=" + mine.lease.token()
                    + "): somebody else may have been inside. Use leases.acquire and tx.fence to have that refused");
        }
    }

    @Override
    public Condition newCondition() {
        throw new UnsupportedOperationException("Leases have no conditions");
    }
}
