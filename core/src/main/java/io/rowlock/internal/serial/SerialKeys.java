package io.rowlock.internal.serial;

import io.rowlock.Interrupted;
import io.rowlock.Key;
import io.rowlock.LockTimeout;
import io.rowlock.SerialDeadlock;
import io.rowlock.SerialHold;
import io.rowlock.SerialWork;
import io.rowlock.Timing;
import io.rowlock.event.RowlockEvent;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keys held in this JVM: exact (no two keys share a lock), first come first served, and nothing kept of a key that nobody
 * holds.
 *
 * <p>A key that is held is an entry of one map. Uncontended, taking it is one {@code putIfAbsent} and freeing it one
 * {@code remove}. Who finds an entry joins its queue under the entry's monitor; who frees it hands it to the head of the
 * queue, and only an entry without a queue is closed and removed. A thread that comes between the closing and the removal
 * sees that the entry is closed and begins again; it can never wait on an entry that nobody will hand on. Whoever would wait in a
 * circle is told instead: {@link WaitGraph}.
 */
public final class SerialKeys {
    private static final System.Logger LOG = System.getLogger("io.rowlock");

    /** How long a hold over its limit may go unreported; all holds are looked at each time. */
    private static final long LOOK_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(100);

    private final ConcurrentMap<Key, Hold> held = new ConcurrentHashMap<>();
    private final Timing timing;
    private final Duration holdLimit;
    private final long holdLimitNanos;
    private final Consumer<Supplier<RowlockEvent>> events;
    private final WaitGraph waits = new WaitGraph();
    private final Watch watch;
    private final AtomicBoolean watched = new AtomicBoolean();
    private final long lookNanos;
    private volatile long lookedAt;

    /** Who calls {@link #look} now and then. */
    public interface Watch {
        /** From here on. */
        void begin();

        /** No longer. */
        void end();
    }

    /**
     * Keys of one Rowlock.
     *
     * @param watch who looks while anything is held, and only then
     */
    public SerialKeys(Timing timing, Duration holdLimit, Consumer<Supplier<RowlockEvent>> events, Watch watch) {
        this.timing = timing;
        this.holdLimit = holdLimit;
        this.holdLimitNanos = holdLimit.toNanos();
        this.events = events;
        this.watch = watch;
        this.lookNanos = Math.min(LOOK_NANOS_MAX, holdLimit.toNanos() / 10);
        this.lookedAt = now() - lookNanos;
    }

    /** Runs the body while holding the key. */
    public <R extends @Nullable Object, X extends Exception> R run(Key key, Duration wait, SerialWork<R, X> body)
            throws X {
        Hold hold = acquire(new Hold(key, Thread.currentThread(), now()), wait);
        try {
            return body.run();
        } finally {
            release(hold);
        }
    }

    /** Takes a key until it is freed; for bodies that free it before they have quite ended. */
    public Taken take(Key key, Duration wait) {
        Hold mine = new Hold(key, Thread.currentThread(), now());
        Hold hold = acquire(mine, wait);
        return new Taken(hold, hold != mine);
    }

    /** A key that was taken. For the thread that took it. */
    public final class Taken {
        private final Hold hold;
        private final boolean shared;
        private boolean freed;

        private Taken(Hold hold, boolean shared) {
            this.hold = hold;
            this.shared = shared;
        }

        /** Whether somebody had it before. */
        public boolean wasShared() {
            return shared;
        }

        /** Frees it; a second call does nothing. */
        public void free() {
            if (!freed) {
                freed = true;
                release(hold);
            }
        }
    }

    private long now() {
        return timing.nanoTime().getAsLong();
    }

    private Hold acquire(Hold mine, Duration wait) {
        Key key = mine.key();
        Thread me = mine.holder();
        while (true) {
            Hold there = held.putIfAbsent(key, mine);
            if (there == null) {
                if (!watched.get()) {
                    beWatched();
                }
                return mine;
            }
            if (there.holder() == me) {
                there.reenter();
                return there;
            }
            Waiter waiter = there.join(me, mine.since());
            if (waiter == null) {
                // Closed, and on its way out of the map.
                held.remove(key, there);
                continue;
            }
            await(there, waiter, wait);
            return there;
        }
    }

    private void await(Hold hold, Waiter waiter, Duration wait) {
        List<SerialDeadlock.Wait> circle = wait.isZero() ? List.of() : waits.begin(hold, waiter);
        if (!circle.isEmpty() && hold.giveUp(waiter)) {
            throw deadlock(hold, waiter, circle);
        }
        try {
            await(hold, waiter, wait.toNanos());
        } finally {
            waits.end(waiter);
        }
    }

    private void await(Hold hold, Waiter waiter, long nanos) {
        long began = waiter.since();
        while (!waiter.granted()) {
            boolean interrupted = Thread.interrupted();
            long left = nanos - (now() - began);
            if ((left <= 0 || interrupted) && hold.giveUp(waiter)) {
                Duration waited = Duration.ofNanos(now() - began);
                events.accept(() -> new RowlockEvent.SerialWaited(hold.key().kind(), waited, false));
                throw interrupted ? interrupted(hold, waited) : timedOut(hold, waited);
            }
            if (interrupted) {
                // Handed over in the same moment: the caller holds the key and finds its interrupt where it left it.
                Thread.currentThread().interrupt();
                break;
            }
            if (left > 0) {
                LockSupport.parkNanos(this, left);
            }
        }
        events.accept(() -> new RowlockEvent.SerialWaited(hold.key().kind(), Duration.ofNanos(now() - began), true));
    }

    private SerialDeadlock deadlock(Hold hold, Waiter waiter, List<SerialDeadlock.Wait> circle) {
        Duration waited = Duration.ofNanos(now() - waiter.since());
        events.accept(() -> new RowlockEvent.SerialDeadlocked(hold.key().kind(), circle.size(), waited));
        return new SerialDeadlock(facts(hold, waited), circle);
    }

    private LockTimeout timedOut(Hold hold, Duration waited) {
        return new LockTimeout(facts(hold, waited), null);
    }

    private Interrupted interrupted(Hold hold, Duration waited) {
        Thread.currentThread().interrupt();
        return new Interrupted(facts(hold, waited), null);
    }

    private Map<String, Object> facts(Hold hold, Duration waited) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("key", hold.key());
        facts.put("waited", waited);
        facts.put("holder", hold.holder().getName());
        facts.put("heldFor", Duration.ofNanos(now() - hold.since()));
        return facts;
    }

    private void release(Hold hold) {
        long now = now();
        reportIfLong(hold, now);
        if (hold.leave(now)) {
            held.remove(hold.key(), hold);
        }
    }

    private void reportIfLong(Hold hold, long now) {
        long nanos = now - hold.since();
        if (nanos > holdLimitNanos && hold.reportOnce()) {
            report(hold, Duration.ofNanos(nanos));
        }
    }

    private void beWatched() {
        // Looked at before it is written: every key taken passes here, on all processors.
        if (!watched.get() && watched.compareAndSet(false, true)) {
            watch.begin();
        }
    }

    /** Reports what is held over its limit, if it is time to; ends the watch if nothing is held. */
    public void look(long now) {
        if (held.isEmpty()) {
            watch.end();
            watched.set(false);
            // A key that was taken since the first line found itself watched.
            if (!held.isEmpty()) {
                beWatched();
            }
        } else if (now - lookedAt >= lookNanos) {
            lookedAt = now;
            held.values().forEach(hold -> reportIfLong(hold, now));
        }
    }

    /** Whether any key is held. */
    public boolean isIdle() {
        return held.isEmpty();
    }

    private void report(Hold hold, Duration heldFor) {
        String site = CallSite.of(hold.holder());
        LOG.log(
                Level.WARNING,
                "Key held over its limit (key=" + hold.key() + ", heldFor=" + heldFor + ", limit=" + holdLimit
                        + ", holder=" + hold.holder().getName() + ", at=" + site + ")");
        events.accept(() ->
                new RowlockEvent.SerialHeldLong(hold.key().kind(), hold.key().toString(), heldFor, site));
    }

    /** What is held now. */
    public List<SerialHold> holds() {
        long now = now();
        List<SerialHold> seen = new ArrayList<>();
        for (Hold hold : held.values()) {
            List<SerialHold.Waiter> waiters = hold.waiters().stream()
                    .map(waiter -> new SerialHold.Waiter(
                            waiter.thread(), Duration.ofNanos(now - waiter.since()), CallSite.of(waiter.thread())))
                    .toList();
            Thread holder = hold.holder();
            seen.add(new SerialHold(
                    hold.key(), holder, Duration.ofNanos(now - hold.since()), CallSite.of(holder), waiters));
        }
        return seen;
    }
}
