package io.rowlock.internal.serial;

import io.rowlock.Key;
import io.rowlock.SerialDeadlock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Who waits for which key, and whether that goes round in a circle.
 *
 * <p>A thread waits for one key at a time, and a key has one holder, so that there is one path to follow: to the holder of the key,
 * to the key that it waits for, to the holder of that one. A circle is closed by the last of its threads to begin to wait; a key
 * that is handed over closes none, for its new holder does not wait. Threads begin to wait one after the other here, so the last
 * one sees all others, and it alone is told.
 *
 * <p>While the path is followed keys are handed over and waits end. What was seen once may therefore be of several moments, and is
 * looked at again: each thread still in the same wait, each key still held by the same thread. A thread that waited through all
 * of it cannot have freed a key meanwhile, so both looks together are of one moment.
 */
final class WaitGraph {
    private final ConcurrentMap<Thread, Edge> waiting = new ConcurrentHashMap<>();

    /** A thread in line for a key. */
    private record Edge(Hold hold, Waiter waiter) {
        Key key() {
            return hold.key();
        }

        Thread thread() {
            return waiter.thread();
        }
    }

    /**
     * The calling thread begins to wait.
     *
     * @return the circle that it closes by that, itself first: then it must not wait, and has not begun to; empty if there is none
     */
    synchronized List<SerialDeadlock.Wait> begin(Hold hold, Waiter waiter) {
        Edge mine = new Edge(hold, waiter);
        List<Edge> circle = circle(mine);
        if (circle.isEmpty()) {
            waiting.put(waiter.thread(), mine);
            return List.of();
        }
        List<SerialDeadlock.Wait> told = new ArrayList<>();
        for (int i = 0; i < circle.size(); i++) {
            Edge each = circle.get(i);
            Edge before = circle.get((i + circle.size() - 1) % circle.size());
            told.add(new SerialDeadlock.Wait(each.thread(), before.key(), each.key(), CallSite.of(each.thread())));
        }
        return told;
    }

    /** The calling thread waits no longer. */
    void end(Waiter waiter) {
        waiting.remove(waiter.thread());
    }

    private List<Edge> circle(Edge mine) {
        List<Edge> path = new ArrayList<>();
        Edge at = mine;
        while (true) {
            path.add(at);
            Thread holder = at.hold().holder();
            if (holder == mine.thread()) {
                return path.size() > 1 && stillSo(path) ? path : List.of();
            }
            Edge next = waiting.get(holder);
            if (next == null || next.waiter().granted() || path.contains(next)) {
                // It runs; or it waits in a circle of others, of whom one is being told.
                return List.of();
            }
            at = next;
        }
    }

    private boolean stillSo(List<Edge> path) {
        for (int i = 0; i < path.size(); i++) {
            Edge each = path.get(i);
            Edge next = path.get((i + 1) % path.size());
            if (each.hold().holder() != next.thread() || each.waiter().granted() || !isCurrent(each, path.get(0))) {
                return false;
            }
        }
        return true;
    }

    /** The one who asks has not begun to wait, and does nothing else meanwhile. */
    private boolean isCurrent(Edge edge, Edge mine) {
        return edge.equals(mine) || edge.equals(waiting.get(edge.thread()));
    }
}
