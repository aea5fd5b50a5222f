package io.rowlock.internal.unit;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The writers of this JVM on one SQLite file, first come first served. SQLite's own waiting is a poll with growing sleeps
 * in which a thread can be overtaken for seconds; here only the head of the queue asks the file for its write lock.
 *
 * <p>All Rowlocks of the JVM on one file share a queue. Entries stay for the life of the JVM: one per file.
 */
final class SqliteQueue {
    private static final ConcurrentMap<String, SqliteQueue> BY_FILE = new ConcurrentHashMap<>();

    private final ReentrantLock turn = new ReentrantLock(true);

    static SqliteQueue of(String file) {
        return file.isEmpty() ? new SqliteQueue() : BY_FILE.computeIfAbsent(file, f -> new SqliteQueue());
    }

    boolean enter(long nanos) throws InterruptedException {
        return turn.tryLock(nanos, TimeUnit.NANOSECONDS);
    }

    boolean isMine() {
        return turn.isHeldByCurrentThread();
    }

    void leave() {
        turn.unlock();
    }
}
