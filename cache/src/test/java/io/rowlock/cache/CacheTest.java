package io.rowlock.cache;

import static io.rowlock.cache.Shelf.BOOKS;
import static io.rowlock.cache.Shelf.untilShared;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowlock.Row;
import io.rowlock.Rowlock;
import io.rowlock.Rows;
import io.rowlock.Timing;
import io.rowlock.Update;
import io.rowlock.Version;
import io.rowlock.cache.Shelf.Book;
import io.rowlock.cache.Shelf.Node;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.engines.Eventually;
import io.rowlock.event.RowlockEvent;
import io.rowlock.event.RowlockEvent.CacheSource;
import io.rowlock.event.RowlockEvent.FillRefusal;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** What a cache answers, and what units tell it, while all is well. */
class CacheTest {

    @Databases(Engine.POSTGRESQL)
    void aValueIsLoadedOnceAndThenServedToAllProcesses(Database database) throws SQLException {
        try (Shelf shelf = new Shelf(database)) {
            Node one = shelf.node();
            Node two = shelf.node();
            untilShared(one, two);

            Cached<Book> first = one.get(1);
            Cached<Book> second = two.getFrom(CacheSource.SHARED, 1);

            assertThat(first.source()).isEqualTo(CacheSource.DATABASE);
            assertThat(second.value()).isEqualTo(new Book(1, "one", 1));
            assertThat(second.version()).isEqualTo(Version.of(1));
            assertThat(second.age()).isPositive();
        }
    }

    @Databases
    void whatWasWrittenIsReadEverywhereAtOnce(Database database) throws SQLException {
        try (Shelf shelf = new Shelf(database)) {
            Node one = shelf.node();
            Node two = shelf.node();
            untilShared(one, two);
            for (int i = 2; i <= 30; i++) {
                assertThat(two.get(1).value().version()).isEqualTo(i - 1);
                assertThat(one.rename(1, "title " + i)).isEqualTo(i);
                assertThat(two.get(1).value().title()).isEqualTo("title " + i);
            }
            assertThat(two.getFrom(CacheSource.SHARED, 1).value().title()).isEqualTo("title 30");
            assertThat(one.cache().coherence().beyond()).isZero();
            assertThat(one.cache().coherence().atOnce()).isPositive();
        }
    }

    /** The store hears of a write before it happens, and that it is over. */
    @Databases(Engine.POSTGRESQL)
    void aWriteIsAnnouncedBeforeItIsCommittedAndReleasedAfterwards(Database database) throws SQLException {
        try (Shelf shelf = new Shelf(database)) {
            Node node = shelf.calm();
            untilShared(node);
            shelf.steps.clear();

            node.rowlock().transact(tx -> {
                Row<Book> book = tx.update(tx.read(BOOKS, 1L).orElseThrow(), old -> old.named("new"));
                tx.afterCommit(() -> shelf.steps.add("hook"));
                return book;
            });

            assertThat(shelf.steps.stream().filter(step -> !step.startsWith("peek")))
                    .containsExactly("intend 1", "release 1", "hook");
        }
    }

    @Databases(Engine.POSTGRESQL)
    void aSaveIsAWriteToo(Database database) throws SQLException {
        try (Shelf shelf = new Shelf(database)) {
            Node one = shelf.node();
            Node two = shelf.node();
            untilShared(one, two);
            Cached<Book> seen = two.get(1);

            Update<Book> saved = one.rowlock().save(BOOKS, seen.value().named("saved"), seen.version());

            assertThat(saved).isInstanceOf(Update.Applied.class);
            assertThat(two.get(1).value().title()).isEqualTo("saved");
            // What was seen before is a version that is expected, and no more.
            assertThat(one.rowlock().save(BOOKS, seen.value().named("late"), seen.version()))
                    .isInstanceOf(Update.Conflict.class);
        }
    }

    @Databases
    void aDeletedRowIsGoneAndOneMadeAgainIsSeen(Database database) throws SQLException {
        try (Shelf shelf = new Shelf(database)) {
            Node one = shelf.node();
            Node two = shelf.node();
            untilShared(one, two);
            assertThat(two.get(2).value().title()).isEqualTo("two");

            one.rowlock().<Void, RuntimeException>transact(tx -> {
                tx.delete(tx.read(BOOKS, 2L).orElseThrow());
                return null;
            });
            assertThat(two.books().get(2L)).isEmpty();

            one.rowlock()
                    .transact(tx -> tx.insert(BOOKS, new Book(2, "again", 0)).value());
            assertThat(two.get(2).value().title()).isEqualTo("again");
            assertThat(two.getFrom(CacheSource.SHARED, 2).value().title()).isEqualTo("again");
        }
    }

    @Databases(Engine.POSTGRESQL)
    void aUnitThatComesToNothingLeavesNothingBehind(Database database) throws SQLException {
        try (Shelf shelf = new Shelf(database)) {
            Node node = shelf.calm();
            untilShared(node);

            assertThatThrownBy(() -> node.rowlock().transact(tx -> {
                        tx.update(tx.read(BOOKS, 1L).orElseThrow(), book -> book.named("never"));
                        tx.flush();
                        throw new IllegalArgumentException("no");
                    }))
                    .hasMessage("no");

            assertThat(shelf.steps).contains("withdraw 1");
            assertThat(node.get(1).value().title()).isEqualTo("one");
            assertThat(node.getFrom(CacheSource.SHARED, 1).version()).isEqualTo(Version.of(1));
        }
    }

    /** Rows that are only locked are announced too, and nothing of it stays. */
    @Databases(Engine.POSTGRESQL)
    void aRowThatIsLockedAndNotWrittenNeedsNoOutbox(Database database) throws SQLException {
        try (Shelf shelf = new Shelf(database)) {
            Node node = shelf.calm();
            untilShared(node);

            String title = node.rowlock()
                    .<String, RuntimeException>transact(
                            tx -> tx.lock(BOOKS, 1L).orElseThrow().value().title());

            assertThat(title).isEqualTo("one");
            assertThat(shelf.steps).containsSubsequence("intend 1", "withdraw 1");
            assertThat(shelf.steps).doesNotContain("release 1");
            assertThat(node.get(1).version()).isEqualTo(Version.of(1));
        }
    }

    /** SQL of the application's own is seen by nobody: it says what it writes. */
    @Databases
    void whatIsWrittenBySqlIsAnnouncedByHand(Database database) throws SQLException {
        try (Shelf shelf = new Shelf(database)) {
            Node one = shelf.node();
            Node two = shelf.node();
            untilShared(one, two);
            assertThat(two.get(1).value().title()).isEqualTo("one");

            int changed = one.rowlock().<Integer, RuntimeException>transact(tx -> {
                one.books().announce(tx, List.of(1L));
                Rows rows = tx.execute("UPDATE books SET title = 'by hand', version = version + 1 WHERE id = 1");
                return rows.count();
            });

            assertThat(changed).isOne();
            assertThat(two.get(1).value().title()).isEqualTo("by hand");
        }
    }

    @Databases(Engine.POSTGRESQL)
    void aReadInsideAUnitGoesThroughItAndFillsNothing(Database database) throws SQLException {
        try (Shelf shelf = new Shelf(database)) {
            Node node = shelf.node();
            untilShared(node);

            node.rowlock().<Void, RuntimeException>transact(tx -> {
                assertThatThrownBy(() -> node.books().get(1L))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("region.get(tx, key)");
                tx.update(tx.read(BOOKS, 1L).orElseThrow(), book -> book.named("mine"));
                Cached<Book> own = node.books().get(tx, 1L).orElseThrow();
                assertThat(own.value().title()).isEqualTo("mine");
                assertThat(own.source()).isEqualTo(CacheSource.DATABASE);
                return null;
            });

            assertThat(shelf.steps).doesNotContain("fill 1");
            assertThat(node.events()).contains(new RowlockEvent.CacheFillRefused("books", FillRefusal.OLD_SNAPSHOT));
        }
    }

    @Databases(Engine.POSTGRESQL)
    void whatIsTooLargeIsReadFromTheDatabase(Database database) throws SQLException {
        try (Shelf shelf = new Shelf(database)) {
            Node node = shelf.node(Shelf.spec().withoutLocal().withBytesMax(8), Shelf.OPTIONS);
            untilShared(node);
            assertThat(node.rename(1, "far too long a title")).isEqualTo(2);

            RowlockEvent tooLarge = new RowlockEvent.CacheFillRefused("books", FillRefusal.TOO_LARGE);
            Eventually.eventually(() -> {
                assertThat(node.get(1).source()).isEqualTo(CacheSource.DATABASE);
                assertThat(node.events()).contains(tooLarge);
            });
            assertThat(shelf.steps).doesNotContain("fill 1");
        }
    }

    @Databases(Engine.POSTGRESQL)
    void clearingForgetsWhatWasWrittenBehindItsBack(Database database) throws SQLException {
        try (Shelf shelf = new Shelf(database)) {
            Node one = shelf.node();
            Node two = shelf.node();
            untilShared(one, two);
            assertThat(two.getFrom(CacheSource.SHARED, 1).value().title()).isEqualTo("one");
            database.execute("UPDATE books SET title = 'behind', version = version + 1 WHERE id = 1");
            Eventually.eventually(() -> assertThat(two.get(1).value().title()).isEqualTo("one"));

            one.books().clear();

            assertThat(two.get(1).value().title()).isEqualTo("behind");
            untilShared(one, two);
            assertThat(two.get(1).value().title()).isEqualTo("behind");
        }
    }

    /** Above a number of keys it is cheaper to begin anew. */
    @Databases
    void aUnitWithTooManyKeysClosesTheRegion(Database database) throws SQLException {
        try (Shelf shelf = new Shelf(database)) {
            Node one = shelf.node(Shelf.spec().withoutLocal(), Shelf.OPTIONS.withKeysMax(2));
            Node two = shelf.node();
            untilShared(one, two);
            for (long id = 1; id <= 3; id++) {
                assertThat(two.get(id).version()).isEqualTo(Version.of(1));
            }

            one.rowlock().<Void, RuntimeException>transact(tx -> {
                for (Row<Book> book : tx.lockAll(BOOKS, List.of(1L, 2L, 3L)).values()) {
                    tx.update(book, old -> old.named("all"));
                }
                return null;
            });

            for (long id = 1; id <= 3; id++) {
                assertThat(two.get(id).value().title()).isEqualTo("all");
            }
            assertThat(one.told(RowlockEvent.CacheClosed.class)).isTrue();
            assertThat(one.told(RowlockEvent.CacheWriteHeld.class)).isTrue();
        }
    }

    /** A value that is made of several rows is written with each of them. */
    @Databases(Engine.POSTGRESQL)
    void aValueCanBeMadeOfSeveralRows(Database database) throws SQLException {
        try (Shelf shelf = new Shelf(database)) {
            RegionSpec<String, Book> shelves = RegionSpec.<String, Book>of(
                            "shelves",
                            Shelf.CODEC,
                            (tx, name) -> tx.peek(BOOKS, 1L)
                                    .flatMap(first -> tx.peek(BOOKS, 2L)
                                            .map(second -> new io.rowlock.View<>(
                                                    first.value()
                                                            .named(first.value().title() + "+"
                                                                    + second.value()
                                                                            .title()),
                                                    Version.of(first.version().number()
                                                            + second.version().number())))))
                    .madeOf(BOOKS, id -> "all")
                    .withoutLocal();
            Node one = shelf.node();
            Node two = shelf.node();
            Region<String, Book> here = one.cache().region(shelves);
            Region<String, Book> there = two.cache().region(shelves);
            untilShared(one, two);
            Eventually.until(
                    "both regions are open",
                    Duration.ofSeconds(30),
                    () -> here.state().shared() && there.state().shared());
            assertThat(there.get("all").orElseThrow().value().title()).isEqualTo("one+two");
            Eventually.eventually(
                    () -> assertThat(there.get("all").map(Cached::source)).contains(CacheSource.SHARED));

            assertThat(one.rename(2, "zwei")).isEqualTo(2);

            assertThat(there.get("all").orElseThrow().value().title()).isEqualTo("one+zwei");
            Eventually.eventually(
                    () -> assertThat(here.get("all").map(Cached::source)).contains(CacheSource.SHARED));
        }
    }

    /** In the lab nothing may happen that no actor does. */
    @Databases(Engine.POSTGRESQL)
    void withoutThreadsNothingHappensButWhatACallDoes(Database database) throws SQLException {
        try (Shelf shelf = new Shelf(database)) {
            AtomicLong ahead = new AtomicLong();
            Timing system = Timing.system();
            Rowlock rowlock = Rowlock.on(database.dataSource())
                    .timing(new Timing(
                            system.clock(), () -> System.nanoTime() + ahead.get(), ahead::addAndGet, system.random()))
                    .build();
            try (Cache cache = Cache.on(rowlock)
                    .tier(shelf.store.line())
                    .options(Shelf.CALM)
                    .withoutThreads()
                    .build()) {
                Region<Long, Book> books = cache.region(Shelf.spec().withoutLocal());
                ahead.addAndGet(Shelf.CALM.reopenAfter().toNanos());
                assertThat(books.get(1L)).isPresent();
                assertThat(books.state().shared()).isFalse();
                assertThat(shelf.steps).isEmpty();

                for (int i = 0; i < 2; i++) {
                    cache.maintain();
                    ahead.addAndGet(Shelf.CALM.epochBound().toNanos());
                }
                cache.maintain();

                assertThat(books.state().shared()).as("%s", books.state()).isTrue();
                assertThat(books.get(1L).map(Cached::source)).contains(CacheSource.DATABASE);
                assertThat(books.get(1L).map(Cached::source)).contains(CacheSource.SHARED);
            }
        }
    }

    @Databases(Engine.POSTGRESQL)
    void aRegionIsBegunOnceAndNeedsItsTables(Database database) throws SQLException {
        try (Shelf shelf = new Shelf(database)) {
            Node node = shelf.node();

            assertThatThrownBy(() -> node.cache().region(Shelf.spec()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("region of this name");
            assertThatThrownBy(() -> node.rowlock()
                            .<WriteToken, RuntimeException>transact(
                                    tx -> node.cache().receiptOf(tx).token()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("not committed");
        }
    }
}
