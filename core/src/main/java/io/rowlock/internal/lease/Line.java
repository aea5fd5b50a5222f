package io.rowlock.internal.lease;

import io.rowlock.Key;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What this JVM knows of one key: the grant it has, and who stands in line. There only while there is either. Its lock is held
 * for a few instructions and never while anything waits or asks the database.
 */
final class Line {
    final Key key;
    final ReentrantLock lock = new ReentrantLock();
    private final Deque<Waiting> waiting = new ArrayDeque<>();

    @Nullable
    Grant grant;

    /** The key is being given back: whoever is first asks when that is done. */
    boolean releasing;

    /** Removed from the map; get another. */
    boolean closed;

    Line(Key key) {
        this.key = key;
    }

    void join(Waiting one) {
        waiting.add(one);
        appoint();
    }

    void leave(Waiting one) {
        waiting.remove(one);
        one.isFirst(false);
        appoint();
    }

    /** The next one in line, taken out of it. */
    Waiting takeFirst() {
        return waiting.remove();
    }

    @Nullable
    Waiting first() {
        return waiting.peek();
    }

    int size() {
        return waiting.size();
    }

    /** The head of the line asks the database, if nobody here has the key. */
    void appoint() {
        Waiting head = waiting.peek();
        if (head != null && grant == null && !releasing && !head.isFirst()) {
            head.isFirst(true);
            head.nudge();
        }
    }

    boolean isIdle() {
        return grant == null && !releasing && waiting.isEmpty();
    }

    List<Waiting> all() {
        return new ArrayList<>(waiting);
    }
}
