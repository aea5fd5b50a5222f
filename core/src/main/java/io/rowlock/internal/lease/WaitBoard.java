package io.rowlock.internal.lease;

import io.rowlock.Key;
import io.rowlock.internal.unit.Errands;
import io.rowlock.lease.LeaseHolder;
import io.rowlock.lease.LeaseSettings;
import io.rowlock.lease.LeaseWaiter;
import io.rowlock.lease.WaitGraph;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes down who of this process waits and what he holds meanwhile, so that other processes see it, and looks for circles of
 * waits. One thread for all waits, which is there only while somebody waits; those who wait do nothing for it.
 *
 * <p>A wait is written down once it has lasted {@link #ANNOUNCE_NANOS}, and circles are looked for every
 * {@link #LOOK_NANOS}. A circle that is seen twice ends one of its waits, the one that was written down last: all processes
 * that see the circle see the same rows and name the same. So a circle is ended within two seconds of its last wait, as long as
 * the database answers at once. It cannot come apart by itself, since all its members wait; seeing it twice leaves out what
 * was read while a lease changed hands.
 *
 * <p>Each wait is written with what its actor holds, as key and token. That is current, because only its own process knows
 * which of its actors has a lease that is passed on in memory.
 */
final class WaitBoard {
    static final long ANNOUNCE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    /** How long the thread stays without anybody who waits: under contention waits are short and many. */
    private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final long REFRESH_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final LeaseService service;
    private final Errands errands;
    private final LeaseSettings settings;
    private final Set<Waiting> waiting = ConcurrentHashMap.newKeySet();
    private final AtomicReference<@Nullable Thread> thread = new AtomicReference<>();
    private final ReleaseListener listener;

    WaitBoard(LeaseService service, Errands errands, LeaseSettings settings) {
        this.service = service;
        this.errands = errands;
        this.settings = settings;
        this.listener = new ReleaseListener(errands, this::freed);
    }

    /** Somebody goes to sleep; may be called again. */
    void waits(Waiting one) {
        String unused = one.callSite();
        if (waiting.add(one) && thread.get() == null) {
            start();
        }
    }

    /** Somebody's wait is over. */
    void left(Waiting one) {
        waiting.remove(one);
    }

    boolean isListening() {
        return listener.isListening();
    }

    /** Another process says that it has given the key back. */
    private void freed(Key key) {
        for (Waiting one : waiting) {
            if (one.key.equals(key) && one.isFirst()) {
                one.nudge();
            }
        }
    }

    private void start() {
        Thread starting = new Thread(() -> new Ticks().run(), "rowlock-lease-waits");
        starting.setDaemon(true);
        if (thread.compareAndSet(null, starting)) {
            starting.start();
        }
    }

    // ---- looking

    List<LeaseWaiter> waiters() {
        return rows().all();
    }

    private WaiterRows rows() {
        return new WaiterRows(errands, service.store());
    }

    WaitGraph graph() {
        List<LeaseWaiter> all = waiters();
        Set<Key> keys = all.stream().map(LeaseWaiter::key).collect(Collectors.toSet());
        List<LeaseHolder> holders = service.holders().stream()
                .filter(holder -> keys.contains(holder.key()))
                .toList();
        return new WaitGraph(holders, all);
    }

    // ---- the thread

    /** The life of one thread: what it has written down, and when it does what next. */
    private final class Ticks {
        private final Map<UUID, String> written = new HashMap<>();
        private Set<UUID> seenBefore = Set.of();
        private long lookAt = errands.nanoTime();
        private long refreshAt = errands.nanoTime() + REFRESH_NANOS;

        void run() {
            try {
                long busyAt = errands.nanoTime();
                while (errands.nanoTime() - busyAt < LINGER_NANOS) {
                    LockSupport.parkNanos(TICK_NANOS);
                    tick();
                    busyAt = isIdle() ? busyAt : errands.nanoTime();
                }
            } finally {
                listener.stop();
                thread.compareAndSet(Thread.currentThread(), null);
                if (!waiting.isEmpty() && thread.get() == null) {
                    start();
                }
            }
        }

        private boolean isIdle() {
            return waiting.isEmpty() && written.isEmpty();
        }

        private void tick() {
            try {
                List<Waiting> now = old();
                if (now.isEmpty()) {
                    listener.stop();
                } else if (settings.listening()) {
                    listener.start();
                }
                if (now.isEmpty() && written.isEmpty()) {
                    return;
                }
                write(now);
                if (errands.nanoTime() - lookAt >= 0 && !now.isEmpty()) {
                    lookAt = errands.nanoTime() + LOOK_NANOS;
                    lookForCircles(now);
                }
            } catch (RuntimeException away) {
                // Nothing is decided here: waits go on, and are written down when the database is back. A pool that is
                // closed underneath throws what it likes.
                if (waiting.isEmpty()) {
                    written.clear();
                }
            }
        }

        private List<Waiting> old() {
            long now = errands.nanoTime();
            return waiting.stream()
                    .filter(one -> now - one.since >= ANNOUNCE_NANOS)
                    .toList();
        }

        private void write(List<Waiting> now) {
            WaiterRows rows = rows();
            Map<String, String> holds = holdsByActor();
            List<WaiterRows.Written> fresh = new ArrayList<>();
            Set<UUID> there = new HashSet<>();
            for (Waiting one : now) {
                String held = holds.getOrDefault(one.actor, "");
                there.add(one.id);
                if (!Objects.equals(written.get(one.id), held)) {
                    fresh.add(new WaiterRows.Written(one.id, one.key, one.owner, one.actor, one.callSite(), held));
                }
            }
            List<UUID> gone =
                    written.keySet().stream().filter(id -> !there.contains(id)).toList();
            boolean refresh = errands.nanoTime() - refreshAt >= 0;
            if (fresh.isEmpty() && gone.isEmpty() && !refresh) {
                return;
            }
            rows.write(service.process(), fresh, gone, refresh);
            gone.forEach(written::remove);
            fresh.forEach(one -> written.put(one.id(), one.holds()));
            if (refresh) {
                refreshAt = errands.nanoTime() + REFRESH_NANOS;
            }
        }

        /** What each actor of this process holds, as it is written down. */
        private Map<String, String> holdsByActor() {
            Map<String, List<LeaseWaiter.Held>> held = new HashMap<>();
            for (Line line : service.lines()) {
                line.lock.lock();
                try {
                    Handle lease = line.grant == null ? null : line.grant.current;
                    if (lease != null) {
                        held.computeIfAbsent(lease.actor, actor -> new ArrayList<>())
                                .add(new LeaseWaiter.Held(lease.key(), lease.token()));
                    }
                } finally {
                    line.lock.unlock();
                }
            }
            Map<String, String> texts = new HashMap<>();
            held.forEach((actor, leases) -> texts.put(actor, WaiterRows.text(leases)));
            return texts;
        }

        private void lookForCircles(List<Waiting> now) {
            // Only who waits and holds something can be part of a circle.
            boolean couldBe = now.stream().anyMatch(one -> !"".equals(written.getOrDefault(one.id, "")));
            if (!couldBe) {
                seenBefore = Set.of();
                return;
            }
            Set<UUID> seen = new HashSet<>();
            for (List<LeaseWaiter> circle : graph().circles()) {
                LeaseWaiter victim = WaitGraph.victim(circle);
                seen.add(victim.id());
                if (seenBefore.contains(victim.id())) {
                    end(victim.id(), WaitGraph.describe(circle));
                }
            }
            seenBefore = seen;
        }

        private void end(UUID id, String circle) {
            for (Waiting one : waiting) {
                if (one.id.equals(id)) {
                    one.end(circle);
                }
            }
        }
    }
}
