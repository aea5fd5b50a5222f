package io.rowlock.cache;

import static io.rowlock.cache.Shelf.BOOKS;
import static io.rowlock.cache.Shelf.untilShared;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.Version;
import io.rowlock.cache.SharedTier.TierKey;
import io.rowlock.cache.Shelf.Book;
import io.rowlock.cache.Shelf.Node;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.engines.Eventually;
import io.rowlock.event.RowlockEvent;
import io.rowlock.event.RowlockEvent.CacheSource;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** The store goes away, forgets, is another one, or is reached by some and not by others: nothing old is served after an answer. */
class TierLossTest {

    @Databases
    void withoutTheStoreEverythingComesFromTheDatabase(Database database) throws SQLException {
        try (Shelf shelf = new Shelf(database)) {
            Node one = shelf.node();
            Node two = shelf.node();
            untilShared(one, two);
            assertThat(two.get(1).value().title()).isEqualTo("one");

            shelf.store.away(true);
            assertThat(one.rename(1, "while away")).isEqualTo(2);
            assertThat(two.get(1).value().title()).isEqualTo("while away");
            assertThat(two.get(1).source()).isEqualTo(CacheSource.DATABASE);
            assertThat(one.told(RowlockEvent.CacheClosed.class)).isTrue();
            assertThat(one.told(RowlockEvent.CacheWriteHeld.class)).isTrue();

            // It comes back as it was, with what is old by now: under keys that nobody asks for any more.
            shelf.store.away(false);
            untilShared(one, two);
            assertThat(two.get(1).value().title()).isEqualTo("while away");
            assertThat(one.rename(1, "back")).isEqualTo(3);
            assertThat(two.get(1).value().title()).isEqualTo("back");
        }
    }

    /** Once it is known that nobody goes by the store, there is nobody to wait for. */
    @Databases(Engine.POSTGRESQL)
    void onlyTheFirstWriteWithoutTheStoreIsHeld(Database database) throws SQLException {
        try (Shelf shelf = new Shelf(database)) {
            Node node = shelf.node();
            untilShared(node);
            shelf.store.away(true);

            for (int i = 0; i < 20; i++) {
                assertThat(node.rename(1, "title " + i)).isEqualTo(i + 2);
            }

            assertThat(node.count(RowlockEvent.CacheWriteHeld.class)).isBetween(1L, 9L);
        }
    }

    /** A writer is cut off, and readers are not: what they would be served is closed by the write itself. */
    @Databases(Engine.POSTGRESQL)
    void aWriterThatIsCutOffIsWaitedForByNobodyAndSeenByAll(Database database) throws SQLException {
        try (Shelf shelf = new Shelf(database)) {
            Node writer = shelf.node();
            Node reader = shelf.node();
            untilShared(writer, reader);
            writer.line().cut(true);
            for (int i = 2; i <= 3; i++) {
                untilShared(reader);
                assertThat(reader.get(1).version()).isEqualTo(Version.of(i - 1));
                assertThat(reader.getFrom(CacheSource.SHARED, 1)).isNotNull();

                assertThat(writer.rename(1, "cut off " + i)).isEqualTo(i);

                assertThat(reader.get(1).value().title()).isEqualTo("cut off " + i);
            }
            assertThat(writer.count(RowlockEvent.CacheWriteHeld.class)).isEqualTo(2);
        }
    }

    /** The intent is told, the release is not: the region is closed after the fact. */
    @Databases
    void aReleaseThatFailsIsMadeGoodBeforeTheAnswer(Database database) throws SQLException {
        try (Shelf shelf = new Shelf(database)) {
            Node writer = shelf.node();
            Node reader = shelf.node();
            untilShared(writer, reader);
            assertThat(reader.get(1).version()).isEqualTo(Version.of(1));
            writer.line().failNext("release");

            assertThat(writer.rename(1, "unreleased")).isEqualTo(2);

            assertThat(reader.get(1).value().title()).isEqualTo("unreleased");
            assertThat(writer.told(RowlockEvent.CacheClosed.class)).isTrue();
            untilShared(writer, reader);
            assertThat(reader.get(1).value().title()).isEqualTo("unreleased");
        }
    }

    @Databases(Engine.POSTGRESQL)
    void aStoreThatForgetsEverythingIsFilledAgain(Database database) throws SQLException {
        try (Shelf shelf = new Shelf(database)) {
            Node one = shelf.node();
            Node two = shelf.node();
            untilShared(one, two);
            assertThat(two.get(1).value().title()).isEqualTo("one");
            shelf.store.forgetAll();

            assertThat(two.get(1).source()).isEqualTo(CacheSource.DATABASE);
            assertThat(two.getFrom(CacheSource.SHARED, 1)).isNotNull();
            assertThat(one.rename(1, "after")).isEqualTo(2);
            assertThat(two.get(1).value().title()).isEqualTo("after");
        }
    }

    /** The intent is forgotten between a write's announcement and its commit, and a reader fills what is old by then. */
    @Databases(Engine.POSTGRESQL)
    void aForgottenIntentDoesNotOutliveItsWrite(Database database) throws SQLException {
        try (Shelf shelf = new Shelf(database)) {
            Node writer = shelf.node();
            Node reader = shelf.node();
            untilShared(writer, reader);

            long version = writer.rowlock().<Long, RuntimeException>transact(tx -> {
                Book old = tx.read(BOOKS, 1L).orElseThrow().value();
                writer.books().announce(tx, List.of(1L));
                shelf.store.forgetAll();
                assertThat(reader.get(old.id()).source()).isEqualTo(CacheSource.DATABASE);
                assertThat(reader.getFrom(CacheSource.SHARED, old.id())).isNotNull();
                return tx.update(tx.read(BOOKS, 1L).orElseThrow(), book -> book.named("new"))
                        .version()
                        .number();
            });

            assertThat(reader.get(1).version().number()).isEqualTo(version);
        }
    }

    /** A replica takes the place of the store, without what was last told to it: another store, another epoch. */
    @Databases(Engine.POSTGRESQL)
    void anotherStoreUnderTheSameAddressBeginsEmpty(Database database) throws SQLException {
        try (Shelf shelf = new Shelf(database)) {
            Node one = shelf.node();
            Node two = shelf.node();
            untilShared(one, two);
            assertThat(one.rename(1, "acknowledged")).isEqualTo(2);
            long epoch = two.books().state().epoch();

            shelf.store.replace("store-2");
            shelf.store.plant(
                    new TierKey("", "books", epoch, "1"), Shelf.CODEC.encode(new Book(1, "one", 1)), Version.of(1));
            Eventually.until(
                    "the region is on the other store",
                    Duration.ofSeconds(30),
                    () -> two.books().state().epoch() > epoch);
            untilShared(one, two);

            assertThat(two.get(1).value().title()).isEqualTo("acknowledged");
            assertThat(two.getFrom(CacheSource.SHARED, 1)).isNotNull();
        }
    }

    /** A reader has seen that its store is the right one, and is held up: what is there by then lacks the last write. */
    @Databases(Engine.POSTGRESQL)
    void aReaderThatIsHeldUpIsNotServedByAnotherStore(Database database) throws SQLException {
        try (Shelf shelf = new Shelf(database)) {
            Node one = shelf.node();
            untilShared(one);
            assertThat(one.rename(1, "acknowledged")).isEqualTo(2);
            assertThat(one.getFrom(CacheSource.SHARED, 1).version()).isEqualTo(Version.of(2));
            AtomicBoolean wasHeldUp = new AtomicBoolean();
            shelf.beforeLook.set(() -> {
                shelf.store.plant(
                        new TierKey("", "books", one.books().state().epoch(), "1"),
                        Shelf.CODEC.encode(new Book(1, "one", 1)),
                        Version.of(1));
                shelf.store.promote("store-2");
                wasHeldUp.set(true);
            });

            Eventually.until("a reader was held up", Duration.ofSeconds(30), () -> {
                assertThat(one.get(1).value().title()).isEqualTo("acknowledged");
                return wasHeldUp.get();
            });
        }
    }

    /** Two processes, two stores: each opens the region on its own in turn, and neither serves what is old. */
    @Databases(Engine.POSTGRESQL)
    void aSplitStoreServesLittleAndNothingOld(Database database) throws SQLException {
        try (Shelf shelf = new Shelf(database);
                Shelf other = new Shelf(database)) {
            other.store.replace("store-2");
            Node one = shelf.node();
            Node two = other.node();
            for (int i = 0; i < 6; i++) {
                Node writer = i % 2 == 0 ? one : two;
                Node reader = i % 2 == 0 ? two : one;
                long version = writer.rename(1, "split " + i);
                assertThat(reader.get(1).version().number()).isEqualTo(version);
                assertThat(writer.get(1).version().number()).isEqualTo(version);
            }
        }
    }
}
