package io.rowlock.cache;

import io.rowlock.Rowlock;
import io.rowlock.RowlockTables;
import io.rowlock.Table;
import io.rowlock.Timing;
import io.rowlock.engines.Database;
import io.rowlock.engines.Eventually;
import io.rowlock.event.RowlockEvent;
import io.rowlock.event.RowlockEvent.CacheSource;
import io.rowlock.once.Codec;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;

/** A table of books, and processes with caches over it: each a Rowlock, a way to the store, a region. */
final class Shelf implements AutoCloseable {
    record Book(long id, String title, long version) {
        Book named(String next) {
            return new Book(id, next, version);
        }
    }

    static final Table<Book, Long> BOOKS =
            Table.of("books", Book.class).key("id", Long.class).tombstones().build();

    static final Codec<Book> CODEC = Codec.text().as(Shelf::write, Shelf::read);

    /** Short, so that tests are; long enough for a machine that is busy. */
    static final Duration BOUND = Duration.ofMillis(250);

    static final CacheOptions OPTIONS = CacheOptions.defaults()
            .withEpochBound(BOUND)
            .withReopenAfter(BOUND)
            .withRefreshWait(Duration.ofSeconds(2))
            .withVerifyEvery(1);

    /** For tests of what happens when no process stands still for as long as the bound. */
    static final CacheOptions CALM = OPTIONS.withEpochBound(Duration.ofSeconds(2));

    private static String write(Book book) {
        return book.id() + "|" + book.title() + "|" + book.version();
    }

    private static Book read(String text) {
        String[] parts = text.split("\\|", -1);
        return new Book(Long.parseLong(parts[0]), parts[1], Long.parseLong(parts[2]));
    }

    /** A process. */
    record Node(
            Rowlock rowlock, MemoryTier.Line line, Cache cache, Region<Long, Book> books, List<RowlockEvent> events) {
        boolean told(Class<? extends RowlockEvent> kind) {
            return events.stream().anyMatch(kind::isInstance);
        }

        long count(Class<? extends RowlockEvent> kind) {
            return events.stream().filter(kind::isInstance).count();
        }

        Cached<Book> get(long id) {
            return books.get(id).orElseThrow();
        }

        /** Reads until the value comes from there: a process that stood still does without the store for a while. */
        Cached<Book> getFrom(CacheSource source, long id) {
            Eventually.until(
                    "book " + id + " is served by " + source, Duration.ofSeconds(30), () -> get(id).source() == source);
            return get(id);
        }

        /** Changes a title, and answers the version that it has then. */
        long rename(long id, String title) {
            return rowlock.transact(tx -> tx.update(tx.read(BOOKS, id).orElseThrow(), book -> book.named(title))
                    .version()
                    .number());
        }
    }

    final Database database;
    /** What was done at the store, in order: {@code intend 7}. */
    final List<String> steps = new CopyOnWriteArrayList<>();

    /** What happens in front of the next look at the store, once. */
    final AtomicReference<Runnable> beforeLook = new AtomicReference<>(() -> {});

    final MemoryTier store = new MemoryTier(this::step);
    private final List<Node> nodes = new ArrayList<>();

    Shelf(Database database) throws SQLException {
        this.database = database;
        database.execute(
                "DROP TABLE IF EXISTS books",
                "CREATE TABLE books (id BIGINT PRIMARY KEY, title VARCHAR(100) NOT NULL, version BIGINT DEFAULT 1 NOT NULL)",
                "INSERT INTO books (id, title) VALUES (1, 'one'), (2, 'two'), (3, 'three')");
        RowlockTables.createMissing(database.dataSource());
        database.execute(
                "DELETE FROM rowlock_cache_epoch", "DELETE FROM rowlock_cache_outbox", "DELETE FROM rowlock_tombstone");
    }

    private void step(String step) {
        steps.add(step);
        if (step.startsWith("look ")) {
            beforeLook.getAndSet(() -> {}).run();
        }
    }

    static RegionSpec<Long, Book> spec() {
        return RegionSpec.of(BOOKS, CODEC);
    }

    /** One without a tier of its own JVM, so that what it is served is the store's. */
    Node node() {
        return node(spec().withoutLocal(), OPTIONS);
    }

    Node calm() {
        return node(spec().withoutLocal(), CALM);
    }

    Node node(RegionSpec<Long, Book> spec, CacheOptions options) {
        return node(spec, options, Timing.system());
    }

    Node node(RegionSpec<Long, Book> spec, CacheOptions options, Timing timing) {
        MemoryTier.Line line = store.line();
        List<RowlockEvent> events = new CopyOnWriteArrayList<>();
        Rowlock rowlock = Rowlock.on(database.dataSource())
                .listener(events::add)
                .timing(timing)
                .build();
        Cache cache = Cache.on(rowlock).tier(line).options(options).build();
        Node node = new Node(rowlock, line, cache, cache.region(spec), events);
        nodes.add(node);
        return node;
    }

    /** A process without a store. */
    Node lonely(RegionSpec<Long, Book> spec) {
        List<RowlockEvent> events = new CopyOnWriteArrayList<>();
        Rowlock rowlock =
                Rowlock.on(database.dataSource()).listener(events::add).build();
        Cache cache = Cache.on(rowlock).options(OPTIONS).build();
        Node node = new Node(rowlock, store.line(), cache, cache.region(spec), events);
        nodes.add(node);
        return node;
    }

    static void untilShared(Node... nodes) {
        for (Node node : nodes) {
            Eventually.until(
                    "the shared tier is used, but: " + node.books().state(),
                    Duration.ofSeconds(30),
                    () -> node.books().state().shared());
        }
    }

    @Override
    public void close() {
        nodes.forEach(node -> node.cache().close());
    }
}
