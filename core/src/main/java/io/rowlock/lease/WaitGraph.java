package io.rowlock.lease;

import io.rowlock.Key;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Who waits for whom among all processes, at one moment: an actor that waits for a key waits for the actor that holds it.
 * Immutable.
 *
 * @param holders the leases that are waited for
 * @param waiters the waits that have been written down
 */
public record WaitGraph(List<LeaseHolder> holders, List<LeaseWaiter> waiters) {

    /**
     * One wait for one other.
     *
     * @param waiter who waits
     * @param holder the wait, in another place, of whoever holds the key
     */
    public record Edge(LeaseWaiter waiter, LeaseWaiter holder) {}

    public WaitGraph {
        holders = List.copyOf(holders);
        waiters = List.copyOf(waiters);
    }

    /** The edges between actors that wait themselves: every circle consists of these. */
    public List<Edge> edges() {
        Map<Key, LeaseHolder> held = new HashMap<>();
        holders.forEach(holder -> held.put(holder.key(), holder));
        Map<Key, List<LeaseWaiter>> holding = new HashMap<>();
        for (LeaseWaiter waiter : waiters) {
            for (LeaseWaiter.Held one : waiter.holds()) {
                LeaseHolder holder = held.get(one.key());
                if (holder != null && one.token() >= holder.firstToken() && one.token() <= holder.token()) {
                    holding.computeIfAbsent(one.key(), key -> new ArrayList<>()).add(waiter);
                }
            }
        }
        List<Edge> edges = new ArrayList<>();
        for (LeaseWaiter waiter : waiters) {
            for (LeaseWaiter holder : holding.getOrDefault(waiter.key(), List.of())) {
                edges.add(new Edge(waiter, holder));
            }
        }
        return edges;
    }

    /** Circles of waits, each as its members in order: every one waits for the next, and the last for the first. */
    public List<List<LeaseWaiter>> circles() {
        Map<LeaseWaiter, List<LeaseWaiter>> next = new LinkedHashMap<>();
        edges().forEach(edge ->
                next.computeIfAbsent(edge.waiter(), waiter -> new ArrayList<>()).add(edge.holder()));
        List<List<LeaseWaiter>> circles = new ArrayList<>();
        Set<LeaseWaiter> done = new HashSet<>();
        for (LeaseWaiter start : next.keySet()) {
            follow(start, next, new ArrayList<>(), done, circles);
        }
        return circles;
    }

    /** Depth first; depth is bounded by the number of waits. */
    private static void follow(
            LeaseWaiter at,
            Map<LeaseWaiter, List<LeaseWaiter>> next,
            List<LeaseWaiter> path,
            Set<LeaseWaiter> done,
            List<List<LeaseWaiter>> circles) {
        int seen = path.indexOf(at);
        if (seen >= 0) {
            circles.add(List.copyOf(path.subList(seen, path.size())));
            return;
        }
        if (!done.add(at)) {
            return;
        }
        path.add(at);
        for (LeaseWaiter holder : next.getOrDefault(at, List.of())) {
            follow(holder, next, path, done, circles);
        }
        path.remove(path.size() - 1);
    }

    /**
     * Which wait of a circle ends: the one that was written down last, so that every process that looks names the same.
     */
    public static LeaseWaiter victim(List<LeaseWaiter> circle) {
        return circle.stream()
                .max(Comparator.comparing(LeaseWaiter::since).thenComparing(LeaseWaiter::id))
                .orElseThrow();
    }

    /** A circle in words, one clause a member. */
    public static String describe(List<LeaseWaiter> circle) {
        return circle.stream()
                .map(waiter -> waiter.actor() + " (" + waiter.owner() + ") holds "
                        + waiter.holds().stream()
                                .map(held -> held.key() + "#" + held.token())
                                .collect(Collectors.joining(", "))
                        + " and waits for " + waiter.key() + " at " + waiter.callSite())
                .collect(Collectors.joining("; "));
    }
}
