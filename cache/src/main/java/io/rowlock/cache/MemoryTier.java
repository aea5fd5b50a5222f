package io.rowlock.cache;

import io.rowlock.Version;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A store in the memory of this JVM, for tests and the lab: caches of several "processes" share it, each by a {@link #line} of its own that
 * can be cut off; the store itself can go away, forget, or be another one.
 *
 * <pre>{@code
 * MemoryTier store = new MemoryTier();
 * Cache here = Cache.on(rowlock).tier(store.line()).build();
 * Cache there = Cache.on(another).tier(store.line()).build();
 * store.away(true);
 * }</pre>
 *
 * <p><b>Holds when</b> the caches are of one JVM. <b>Breaks when</b> they are not: each JVM has a store of its own. Its steps are those of
 * Redis's scripts, each of them atomic; it is bounded by nothing, and evicts nothing by itself. Deadlines go by {@link System#nanoTime}.
 *
 * <p>Safe for use by many threads.
 */
public final class MemoryTier {
    private static final class Cell {
        byte @Nullable [] bytes;

        @Nullable
        Version version;

        long readNanos;

        @Nullable
        String token;

        long tokenUntil;

        @Nullable
        Version floor;

        final Map<String, Long> writers = new HashMap<>();
    }

    /** What a key is called here, on whatever store. */
    private record Name(String region, long epoch, String key) {}

    private final Map<Name, Cell> cells = new HashMap<>();
    private final List<Line> lines = new CopyOnWriteArrayList<>();
    private final Consumer<String> steps;
    private volatile String identity = "store-1";
    private volatile boolean away;

    /** One whose steps nobody watches. */
    public MemoryTier() {
        this(step -> {});
    }

    /**
     * One whose steps are told.
     *
     * @param steps told of each before it is done, on the thread that does it, such as {@code intend 7}: the lab can stop an actor there
     */
    public MemoryTier(Consumer<String> steps) {
        this.steps = Objects.requireNonNull(steps, "steps");
    }

    // ---- what a test does to the store

    /** All that was there is gone, and nobody is told. */
    public synchronized void forgetAll() {
        cells.clear();
    }

    /** Another server, with nothing in it, under the same address. */
    public synchronized void replace(String other) {
        cells.clear();
        identity = other;
    }

    /** Another server under the same address, with all that was there: a replica that was promoted. */
    public synchronized void promote(String other) {
        identity = other;
    }

    /** Nobody reaches it, or everybody who is not cut off does. */
    public void away(boolean isAway) {
        away = isAway;
        if (isAway) {
            lines.forEach(line -> line.hears(false));
        }
    }

    /** Puts a value in, past all rules. */
    synchronized void plant(SharedTier.TierKey key, byte[] bytes, Version version) {
        Cell cell = cell(key);
        cell.bytes = bytes;
        cell.version = version;
        cell.readNanos = System.nanoTime();
    }

    /** A process's way to it. */
    public Line line() {
        Line line = new Line();
        lines.add(line);
        return line;
    }

    private Cell cell(SharedTier.TierKey key) {
        return cells.computeIfAbsent(new Name(key.region(), key.epoch(), key.key()), none -> new Cell());
    }

    /** A process's way to the store. */
    public final class Line implements SharedTier {
        private volatile boolean cut;
        private volatile boolean mute;
        /** Whether it has been asked which store it is since it was cut off last, as a connection has when it is made. */
        private volatile boolean connected;

        private volatile String failsAt = "";
        private volatile @Nullable Listener listener;
        private boolean hearing;

        private Line() {}

        /** This process reaches the store, or does not. */
        public void cut(boolean isCut) {
            cut = isCut;
            if (isCut) {
                hears(false);
            }
        }

        /** Messages of changes do not come, and nobody notices. */
        public void mute(boolean isMute) {
            mute = isMute;
        }

        /** The next step of this name fails; nothing of it is done. */
        public void failNext(String step) {
            failsAt = step;
        }

        private synchronized void hears(boolean now) {
            connected &= now;
            Listener told = listener;
            if (told != null && now != hearing) {
                hearing = now;
                if (now) {
                    told.connected();
                } else {
                    told.disconnected();
                }
            }
        }

        private void step(String name, Object about) {
            steps.accept(name + " " + about);
            if (away || cut || !connected) {
                throw new TierAway(name, "cut", null);
            }
            if (failsAt.equals(name)) {
                failsAt = "";
                throw new TierAway(name, "told to fail", null);
            }
        }

        /** What is asked of one store is not done by another. */
        private Cell cellFor(String step, TierKey key) {
            if (!key.store().equals(identity)) {
                throw new TierAway(step, "another store", null);
            }
            return cell(key);
        }

        @Override
        public String identity() {
            if (away || cut) {
                throw new TierAway("identity", "cut", null);
            }
            hears(true);
            connected = true;
            return identity;
        }

        @Override
        public void listen(Listener told) {
            listener = told;
        }

        @Override
        public Looked look(TierKey key, String token, Duration loadFor) {
            step("look", key.key());
            synchronized (MemoryTier.this) {
                long now = System.nanoTime();
                Cell cell = cellFor("look", key);
                cell.writers.values().removeIf(until -> until - now <= 0);
                if (!cell.writers.isEmpty()) {
                    return new Writing();
                }
                if (cell.bytes != null && cell.version != null) {
                    return new Hit(cell.bytes, cell.version, Duration.ofNanos(now - cell.readNanos));
                }
                if (cell.token != null && cell.tokenUntil - now > 0) {
                    return new Loading();
                }
                cell.token = token;
                cell.tokenUntil = now + loadFor.toNanos();
                return new Granted();
            }
        }

        @Override
        public boolean fill(TierKey key, String token, byte[] bytes, Version version, Duration age, Duration keepFor) {
            step("fill", key.key());
            synchronized (MemoryTier.this) {
                long now = System.nanoTime();
                Cell cell = cellFor("fill", key);
                cell.writers.values().removeIf(until -> until - now <= 0);
                boolean under = cell.floor != null && CachedRegion.isOlder(version, cell.floor);
                if (!token.equals(cell.token) || !cell.writers.isEmpty() || under) {
                    return false;
                }
                cell.bytes = bytes.clone();
                cell.version = version;
                cell.readNanos = now - age.toNanos();
                cell.token = null;
                return true;
            }
        }

        @Override
        public void intend(Collection<TierKey> keys, String operation, Duration lasts) {
            keys.forEach(key -> step("intend", key.key()));
            synchronized (MemoryTier.this) {
                for (TierKey key : keys) {
                    Cell cell = cellFor("intend", key);
                    drop(cell);
                    cell.writers.put(operation, System.nanoTime() + lasts.toNanos());
                }
            }
        }

        @Override
        public void release(Collection<Change> changes, String operation, Duration floorFor) {
            changes.forEach(change -> step("release", change.key().key()));
            synchronized (MemoryTier.this) {
                for (Change change : changes) {
                    Cell cell = cellFor("release", change.key());
                    drop(cell);
                    cell.writers.remove(operation);
                    if (change.version() != null
                            && (cell.floor == null || CachedRegion.isOlder(cell.floor, change.version()))) {
                        cell.floor = change.version();
                    }
                }
            }
            for (Line line : new ArrayList<>(lines)) {
                Listener told = line.listener;
                if (told != null && !line.cut && !line.mute) {
                    changes.forEach(change ->
                            told.changed(change.key().region(), change.key().key()));
                }
            }
        }

        private void drop(Cell cell) {
            cell.bytes = null;
            cell.version = null;
            cell.token = null;
        }

        @Override
        public void withdraw(Collection<TierKey> keys, String operation) {
            keys.forEach(key -> step("withdraw", key.key()));
            synchronized (MemoryTier.this) {
                keys.forEach(key -> cellFor("withdraw", key).writers.remove(operation));
            }
        }

        @Override
        public Optional<Version> peek(TierKey key) {
            step("peek", key.key());
            synchronized (MemoryTier.this) {
                Cell cell = cellFor("peek", key);
                return cell.writers.isEmpty() ? Optional.ofNullable(cell.version) : Optional.empty();
            }
        }

        @Override
        public void close() {
            lines.remove(this);
        }
    }
}
