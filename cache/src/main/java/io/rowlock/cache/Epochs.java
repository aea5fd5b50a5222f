package io.rowlock.cache;

import io.rowlock.DatabaseFailure;
import io.rowlock.Rowlock;
import io.rowlock.RowlockException;
import io.rowlock.Unit;
import io.rowlock.Update;
import io.rowlock.Version;
import io.rowlock.View;
import io.rowlock.cache.SharedTier.TierKey;
import io.rowlock.dialect.SqlFailure;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What this process knows of the regions' epochs, and since when.
 *
 * <p>Two rules make an epoch that stands in the database good for hits in a store beside it. A process goes by what it has read for a
 * bound and no longer, counted from before it asked; and a process that sees a new epoch takes and fills nothing for as long, counted from
 * after it was answered. So a write which began a new epoch knows by its own clock when nobody serves the old one any more; and a write that
 * still went by the old one, and was committed within the bound, is in the database before anybody loads for the new.
 *
 * <p>Safe for use by many threads.
 */
final class Epochs {
    private static final Duration ERRAND_MAX = Duration.ofSeconds(5);
    private static final Unit READ = Unit.named("cache-epoch").withDeadline(ERRAND_MAX);
    private static final Unit WRITE = Unit.named("cache-epoch").withDeadline(ERRAND_MAX);

    /**
     * One region as it was read.
     *
     * @param readNanos before it was read last
     * @param seenNanos after this epoch was seen first
     */
    record Known(long epoch, boolean closed, String tier, long readNanos, long seenNanos) {
        Version version() {
            return Version.of(epoch);
        }

        /** A key of this epoch, at the store it is on. */
        TierKey key(String region, String text) {
            return new TierKey(tier, region, epoch, text);
        }
    }

    private final Rowlock rowlock;
    private final LongSupplier nanoTime;
    private final long boundNanos;
    private final Map<String, Known> known = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition renewed = lock.newCondition();

    Epochs(Rowlock rowlock, Duration bound, LongSupplier nanoTime) {
        this.rowlock = rowlock;
        this.nanoTime = nanoTime;
        this.boundNanos = bound.toNanos();
    }

    long boundNanos() {
        return boundNanos;
    }

    /** What is known, however old. */
    @Nullable
    Known of(String region) {
        return known.get(region);
    }

    /** Whether one may go by this now. A twentieth less than the bound, for clocks that do not run alike. */
    boolean isFresh(Known one, long now) {
        return now - one.readNanos < boundNanos - boundNanos / 20;
    }

    /** Whether everybody goes by this epoch by now, as far as it is one. */
    boolean isSettled(Known one, long now) {
        return now - one.seenNanos >= boundNanos;
    }

    // ---- reading

    /**
     * Makes a region's row if there is none, and reads it.
     *
     * @throws RowlockException if the database failed
     */
    void require(String region) {
        boolean there = rowlock.<Boolean, RuntimeException>read(
                READ, tx -> tx.peek(EpochRow.TABLE, region).isPresent());
        if (!there) {
            try {
                rowlock.transact(WRITE, tx -> {
                    if (tx.read(EpochRow.TABLE, region).isEmpty()) {
                        return tx.insert(EpochRow.TABLE, EpochRow.initial(region))
                                .value();
                    }
                    return EpochRow.initial(region);
                });
            } catch (DatabaseFailure taken) {
                // Another process makes it at the same time.
                if (taken.kind() != SqlFailure.Kind.UNIQUE) {
                    throw taken;
                }
            }
        }
        refresh(Set.of(region));
    }

    /**
     * Reads these regions again.
     *
     * @throws RowlockException if the database failed; what was known stays, and grows old
     */
    void refresh(Set<String> regions) {
        if (regions.isEmpty()) {
            return;
        }
        long before = nanoTime.getAsLong();
        Map<String, View<EpochRow>> rows = rowlock.<Map<String, View<EpochRow>>, RuntimeException>read(
                READ, tx -> tx.peekAll(EpochRow.TABLE, regions));
        long after = nanoTime.getAsLong();
        lock.lock();
        try {
            rows.forEach((region, row) -> known.merge(
                    region,
                    new Known(
                            row.version().number(),
                            row.value().closed() != 0,
                            row.value().tier(),
                            before,
                            after),
                    Epochs::newer));
            renewed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** An epoch only rises, and each has one state for ever: what says less was read earlier, or from a replica. */
    private static Known newer(Known old, Known read) {
        if (read.epoch < old.epoch) {
            return old;
        }
        if (read.epoch > old.epoch) {
            return read;
        }
        long readNanos = read.readNanos - old.readNanos > 0 ? read.readNanos : old.readNanos;
        return new Known(read.epoch, read.closed, read.tier, readNanos, old.seenNanos);
    }

    /**
     * What one may go by, once it has been read again by somebody else if need be: whoever asks may hold a connection and must not wait
     * for another one for long.
     *
     * @return null if it was not read in time
     */
    @Nullable
    Known fresh(String region, Duration waitMax, Runnable wake) {
        Known one = known.get(region);
        if (one != null && isFresh(one, nanoTime.getAsLong())) {
            return one;
        }
        wake.run();
        long nanos = waitMax.toNanos();
        boolean interrupted = false;
        lock.lock();
        try {
            while (true) {
                one = known.get(region);
                if (one != null && isFresh(one, nanoTime.getAsLong())) {
                    return one;
                }
                if (nanos <= 0 || interrupted) {
                    return null;
                }
                try {
                    nanos = renewed.awaitNanos(nanos);
                } catch (InterruptedException stop) {
                    interrupted = true;
                }
            }
        } finally {
            lock.unlock();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Whether a region that was planned for in one epoch stood in it until a commit, which has just been answered. */
    boolean stoodUntil(String region, Known plan, long committedNanos) {
        Known now = known.get(region);
        if (now != null && now.epoch == plan.epoch && isFresh(now, committedNanos)) {
            return true;
        }
        try {
            refresh(Set.of(region));
        } catch (RowlockException unreachable) {
            return false;
        }
        Known read = known.get(region);
        return read != null && read.epoch == plan.epoch;
    }

    // ---- writing, each in a transaction of its own

    /** Closes a region. */
    void close(String region) {
        Update<EpochRow> unused = rowlock.update(EpochRow.TABLE, region, EpochRow::shut);
        refresh(Set.of(region));
    }

    /** Begins a new epoch of a region, open or closed as it is. */
    void raise(String region) {
        Update<EpochRow> unused = rowlock.update(EpochRow.TABLE, region, row -> row);
        refresh(Set.of(region));
    }

    /**
     * Opens a region on a store, if it still stands as it is known.
     *
     * @return whether this process did it
     */
    boolean open(String region, Known one, String tier) {
        Update<EpochRow> saved = rowlock.save(EpochRow.TABLE, new EpochRow(region, tier, 0, one.epoch), one.version());
        refresh(Set.of(region));
        return saved instanceof Update.Applied<EpochRow>;
    }
}
