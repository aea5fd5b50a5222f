package io.rowlock.lab.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One run as it goes: the database's register, and where each actor is. */
final class Play {

    /** A step of one actor's. */
    record Step(Actor actor, Act act) {
        @Override
        public String toString() {
            return actor + (act == Act.EVICT ? "" : "." + act.name().toLowerCase(Locale.ROOT));
        }
    }

    /** What is done in a step. */
    enum Act {
        SNAPSHOT,
        LOOKUP,
        READ,
        FILL,
        BEFORE,
        COMMIT,
        AFTER,
        /** A step at the store that it forgets. */
        LOST,
        CRASH,
        EVICT
    }

    /** Who does it. */
    record Actor(char kind, int number) {
        static final Actor STORE = new Actor('E', 0);

        static Actor reader(int number) {
            return new Actor('R', number);
        }

        static Actor writer(int number) {
            return new Actor('W', number);
        }

        @Override
        public String toString() {
            return kind == 'E' ? "evict" : "" + kind + number;
        }
    }

    private static final class Reader {
        @Nullable
        Long snapshot;

        Lookup.@Nullable Miss miss;
        boolean hit;
        long read;
    }

    private final CacheAdapter cache;
    private final boolean tells;
    private final List<String> schedule = new ArrayList<>();
    private final List<String> story = new ArrayList<>();
    private final Reader[] readers = new Reader[10];
    private final long[] written = new long[10];
    private long committed = 1;
    private long acknowledged = 1;
    private boolean servedOld;

    Play(CacheAdapter cache, boolean warm, boolean tells) {
        this.cache = cache;
        this.tells = tells;
        if (warm && cache.lookup() instanceof Lookup.Miss miss) {
            cache.fill(miss, 1, Snapshot.AFTER_LOOKUP);
        }
        if (tells) {
            schedule.add(warm ? "warm" : "cold");
            story.add(
                    warm
                            ? "The cache has version 1, as the database does."
                            : "The cache is empty, the database has version 1.");
        }
    }

    private Reader reader(int number) {
        Reader known = readers[number];
        if (known == null) {
            known = new Reader();
            readers[number] = known;
        }
        return known;
    }

    /** Does a step; of a reader that was served, nothing more is done. */
    void step(Step step) {
        Actor actor = step.actor;
        switch (step.act) {
            case SNAPSHOT -> {
                reader(actor.number).snapshot = committed;
                tell(step, actor + " begins a transaction, whose snapshot has version " + committed + ".");
            }
            case LOOKUP -> lookup(step, reader(actor.number));
            case READ -> {
                Reader reader = reader(actor.number);
                if (!reader.hit) {
                    reader.read = reader.snapshot == null ? committed : reader.snapshot;
                    tell(step, actor + " reads version " + reader.read + " from the database.");
                }
            }
            case FILL -> {
                Reader reader = reader(actor.number);
                if (!reader.hit && reader.miss != null) {
                    Snapshot snapshot = reader.snapshot == null ? Snapshot.AFTER_LOOKUP : Snapshot.BEFORE_LOOKUP;
                    cache.fill(reader.miss, reader.read, snapshot);
                    tell(step, actor + " fills with version " + reader.read + ".");
                }
            }
            case BEFORE -> {
                cache.beforeCommit(actor.number);
                tell(step, actor + " does what it does before its commit.");
            }
            case COMMIT -> {
                written[actor.number] = ++committed;
                tell(step, actor + " commits version " + committed + ".");
            }
            case AFTER -> {
                cache.afterCommit(actor.number, written[actor.number]);
                tell(step, actor + " does what it does after its commit.");
            }
            case LOST -> tell(step, "What " + actor + " does at the store next is lost.");
            case CRASH -> tell(step, actor + " dies.");
            case EVICT -> {
                cache.evict();
                tell(step, "The store forgets the key.");
            }
        }
    }

    private void lookup(Step step, Reader reader) {
        Lookup found = cache.lookup();
        if (found instanceof Lookup.Hit hit) {
            reader.hit = true;
            servedOld |= hit.version() < acknowledged;
            tell(step, step.actor + " is served version " + hit.version() + ".");
        } else {
            reader.miss = (Lookup.Miss) found;
            tell(step, step.actor + " finds nothing.");
        }
    }

    /** A writer has done all that it does. */
    void acknowledge(Actor writer) {
        acknowledged = Math.max(acknowledged, written[writer.number]);
    }

    private void tell(Step step, String line) {
        if (tells) {
            schedule.add(step.toString());
            story.add(line);
        }
    }

    boolean servedOld() {
        return servedOld;
    }

    long committed() {
        return committed;
    }

    /** What is served when all is over. */
    Optional<Long> cached() {
        return cache.lookup() instanceof Lookup.Hit hit ? Optional.of(hit.version()) : Optional.empty();
    }

    CacheRun end() {
        Optional<Long> cached = cached();
        if (tells) {
            story.add("In the end the cache "
                    + cached.map(version -> "serves version " + version).orElse("serves nothing")
                    + ", and the database has version " + committed + ".");
        }
        return new CacheRun(String.join(" ", schedule), story, cached, committed);
    }
}
