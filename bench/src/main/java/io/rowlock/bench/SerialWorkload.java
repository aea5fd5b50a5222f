package io.rowlock.bench;

import io.rowlock.Key;
import io.rowlock.Rowlock;
import io.rowlock.SerialWork;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;

/** Taking and freeing a key that nobody else wants. Each thread counts; what is stored is the counts. */
final class SerialWorkload {
    static final String SERIAL = "serial";

    /** One look at the clock is as dear as the work, so many turns make one operation. */
    private static final int BATCH = 1000;

    /** Counts lie this far apart, so that threads do not share a line of the processor's cache. */
    private static final int APART = 32;

    private final Rowlock rowlock;
    private final long[] counts;
    private final ConcurrentMap<Key, Counted> counted = new ConcurrentHashMap<>();

    SerialWorkload(Rowlock rowlock, int threads) {
        this.rowlock = rowlock;
        this.counts = new long[(threads + 1) * APART];
    }

    Workload workload() {
        return new Workload(
                SERIAL,
                "hold a key, count, free it",
                List.of(
                        new Candidate("lock", "ReentrantLock of one's own: lock, unlock", this::lock, BATCH),
                        new Candidate("map", "by hand, exact: a map of counted ReentrantLocks", this::map, BATCH),
                        new Candidate(SERIAL, "rowlock.serial", this::serial, BATCH)),
                this::sum);
    }

    private long sum() {
        long sum = 0;
        for (long count : counts) {
            sum += count;
        }
        return sum;
    }

    private Op lock(int thread) {
        ReentrantLock lock = new ReentrantLock();
        int place = thread * APART;
        return () -> {
            for (int i = 0; i < BATCH; i++) {
                lock.lock();
                try {
                    counts[place]++;
                } finally {
                    lock.unlock();
                }
            }
        };
    }

    /** A lock and how many hold or want it; gone when that is nobody. */
    private static final class Counted {
        private final ReentrantLock lock = new ReentrantLock();
        private int users;
    }

    private Op map(int thread) {
        Key key = Key.of("bench", thread);
        int place = thread * APART;
        return () -> {
            for (int i = 0; i < BATCH; i++) {
                Counted mine = counted.compute(key, (same, there) -> {
                    Counted one = there == null ? new Counted() : there;
                    one.users++;
                    return one;
                });
                mine.lock.lock();
                try {
                    counts[place]++;
                } finally {
                    mine.lock.unlock();
                    counted.computeIfPresent(key, (same, there) -> --there.users == 0 ? null : there);
                }
            }
        };
    }

    private Op serial(int thread) {
        Key key = Key.of("bench", thread);
        int place = thread * APART;
        Duration wait = Duration.ofSeconds(10);
        SerialWork<Long, RuntimeException> body = () -> counts[place]++;
        return () -> {
            for (int i = 0; i < BATCH; i++) {
                long unused = rowlock.serial(key, wait, body);
            }
        };
    }
}
