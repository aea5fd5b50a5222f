package io.rowlock.app.naive;

import io.rowlock.lab.Steps;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The state of a learner in a cache beside the database, as it is mostly written: whoever finds nothing loads it and puts it in, whoever
 * saves takes it out. The cache is one entry in memory; what it is asked are steps, so that others can come between.
 *
 * <p>Stands on the tables of {@link NaiveMastery}. Safe for use by many threads.
 */
public final class NaiveCache {
    private static final int LEARNER = 1;

    /**
     * What the cache has.
     *
     * @param stamp by the clock of whoever has put it in
     */
    private record Entry(int events, long stamp) {}

    private final DataSource pool;
    private final AtomicReference<@Nullable Entry> entry = new AtomicReference<>();
    private final AtomicLong clock = new AtomicLong();
    private volatile boolean away;

    /** In front of a database. */
    public NaiveCache(DataSource pool) {
        this.pool = pool;
    }

    /** Nothing is in it. */
    public void reset() {
        entry.set(null);
        clock.set(0);
        away = false;
    }

    /** What one event has made is in it. */
    public void resetFilled() {
        reset();
        entry.set(new Entry(1, 0));
    }

    // ---- what is asked of the cache

    private @Nullable Entry get() {
        Steps.pass("cache.get");
        return away ? null : entry.get();
    }

    private void put(Entry value) {
        Steps.pass("cache.put");
        if (!away) {
            entry.set(value);
        }
    }

    private void delete() {
        Steps.pass("cache.delete");
        if (!away) {
            entry.set(null);
        }
    }

    /** It cannot be reached, and keeps what it has. */
    public String goAway() {
        Steps.pass("cache.dies");
        away = true;
        return NaiveMastery.DONE;
    }

    /** It can be reached again. */
    public String comeBack() {
        Steps.pass("cache.returns");
        away = false;
        return NaiveMastery.DONE;
    }

    // ---- what a program does with it

    /** Looks at a learner: in the cache, else in the database, and then it is put in. */
    public String look() throws SQLException {
        Entry found = get();
        if (found == null) {
            long stamp = clock.incrementAndGet();
            found = new Entry(events(), stamp);
            put(found);
        }
        return NaiveMastery.DONE;
    }

    /** Takes the state out, and saves. */
    public String deleteAndSave() throws SQLException {
        delete();
        save();
        return NaiveMastery.DONE;
    }

    /** Saves, and takes the state out; a cache that cannot be reached is no reason to tell anybody of an error. */
    public String saveAndDelete() throws SQLException {
        save();
        delete();
        return NaiveMastery.DONE;
    }

    /** A3: as {@link #deleteAndSave}, and puts the new state in unless what is there has a later stamp; its own is that of its beginning. */
    public String deleteSaveAndRefresh() throws SQLException {
        long stamp = clock.incrementAndGet();
        delete();
        save();
        Entry refreshed = new Entry(events(), stamp);
        Steps.pass("cache.refresh");
        Entry unused = entry.accumulateAndGet(
                refreshed, (there, mine) -> there != null && there.stamp() > mine.stamp() ? there : mine);
        return NaiveMastery.DONE;
    }

    private int events() throws SQLException {
        try (Connection connection = pool.getConnection()) {
            return events(connection);
        }
    }

    private static int events(Connection connection) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT events FROM naive_learner_state WHERE id = ?")) {
            select.setInt(1, LEARNER);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? row.getInt(1) : 0;
            }
        }
    }

    private void save() throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement update = connection.prepareStatement(
                        "UPDATE naive_learner_state SET events = events + 1 WHERE id = ?")) {
            update.setInt(1, LEARNER);
            int unused = update.executeUpdate();
        }
    }

    // ---- what came of it

    /** What the cache would go on to serve though something else is stored; empty if there is no such thing. */
    public Optional<String> stale(Connection connection) throws SQLException {
        Entry there = entry.get();
        int stored = events(connection);
        return there == null || there.events() == stored
                ? Optional.empty()
                : Optional.of("the cache has " + there.events() + " events, the database " + stored);
    }
}
