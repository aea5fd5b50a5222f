package io.rowlock.cache;

import static io.rowlock.cache.Shelf.BOOKS;
import static io.rowlock.cache.Shelf.untilShared;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.DatabaseFailure;
import io.rowlock.Version;
import io.rowlock.cache.SharedTier.TierKey;
import io.rowlock.cache.Shelf.Book;
import io.rowlock.cache.Shelf.Node;
import io.rowlock.companion.Enclosed;
import io.rowlock.dialect.Engine;
import io.rowlock.dialect.SqlFailure;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.engines.Eventually;
import io.rowlock.event.RowlockEvent;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** What a writer leaves behind in the database, and who clears it away. */
class SweepTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private static long left(Database database) {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM rowlock_cache_outbox")) {
            row.next();
            return row.getLong(1);
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static int put(Node node, Enclosed row) {
        return node.rowlock()
                .<Integer, RuntimeException>transact(
                        tx -> tx.execute(row.sql(), row.values().toArray()).count());
    }

    @Databases
    void aWriterThatLivesClearsUpAfterItself(Database database) throws SQLException {
        try (Shelf shelf = new Shelf(database)) {
            Node node = shelf.node();
            untilShared(node);

            node.rename(1, "new");

            Eventually.until("nothing is left", LIMIT, () -> left(database) == 0);
            assertThat(node.told(RowlockEvent.CacheSwept.class)).isFalse();
        }
    }

    /**
     * A writer outlasted its intent, committed and died: its row is there, and the old value, which a reader filled before the
     * commit.
     */
    @Databases
    void whatADeadWriterLeftIsFinishedByAnother(Database database) throws SQLException {
        try (Shelf shelf = new Shelf(database)) {
            Node node = shelf.node(Shelf.spec().withoutLocal(), Shelf.OPTIONS.withSweepAfter(Duration.ofMillis(200)));
            untilShared(node);
            assertThat(node.get(1).value().title()).isEqualTo("one");
            Outbox outbox = new Outbox(node.rowlock());
            Enclosed row = outbox.leave(new UUID(7, 7), List.of(new Outbox.Written("books", "1", Version.of(2))));
            assertThat(put(node, row)).isOne();
            database.execute("UPDATE books SET title = 'outlasted', version = 2 WHERE id = 1");

            Eventually.until("it is finished", LIMIT, () -> left(database) == 0);

            assertThat(node.get(1).value().title()).isEqualTo("outlasted");
            assertThat(shelf.steps).contains("release 1");
            assertThat(node.told(RowlockEvent.CacheSwept.class)).isTrue();
        }
    }

    /** It is finished in the epoch that is, whatever the writer knew of. */
    @Databases(Engine.POSTGRESQL)
    void aSweepGoesByTheEpochThatIs(Database database) throws SQLException {
        try (Shelf shelf = new Shelf(database)) {
            Node node = shelf.node(Shelf.spec().withoutLocal(), Shelf.OPTIONS.withSweepAfter(Duration.ofMillis(200)));
            untilShared(node);
            node.books().clear();
            untilShared(node);
            long epoch = node.books().state().epoch();
            shelf.store.plant(
                    new TierKey("", "books", epoch, "3"), Shelf.CODEC.encode(new Book(3, "stale", 1)), Version.of(1));
            database.execute("UPDATE books SET title = 'drei', version = 2 WHERE id = 3");
            Eventually.until(
                    "it is served", LIMIT, () -> node.get(3).value().title().equals("stale"));
            Enclosed enclosed =
                    new Outbox(node.rowlock()).leave(new UUID(7, 8), List.of(new Outbox.Written("books", "3", null)));
            assertThat(put(node, enclosed)).isOne();
            Eventually.until("it is finished", LIMIT, () -> left(database) == 0);

            assertThat(node.get(3).value().title()).isEqualTo("drei");
        }
    }

    /** The row stands or falls with the unit. */
    @Databases
    void aUnitThatComesToNothingLeavesNoRow(Database database) throws SQLException {
        try (Shelf shelf = new Shelf(database)) {
            Node node = shelf.node();
            untilShared(node);
            try {
                node.rowlock().<Void, RuntimeException>transact(tx -> {
                    tx.update(tx.read(BOOKS, 1L).orElseThrow(), book -> book.named("never"));
                    // The key is taken: the flush fails as a whole.
                    tx.insert(BOOKS, new Book(2, "two more", 0));
                    return null;
                });
            } catch (DatabaseFailure taken) {
                assertThat(taken.kind()).isEqualTo(SqlFailure.Kind.UNIQUE);
            }

            assertThat(left(database)).isZero();
            assertThat(node.get(1).value().title()).isEqualTo("one");
        }
    }

    /** Others whose tier is another one leave it to those whose it is. */
    @Databases(Engine.POSTGRESQL)
    void whatIsLeftOutlivesAStoreThatIsAway(Database database) throws SQLException {
        try (Shelf shelf = new Shelf(database)) {
            Node node = shelf.node(Shelf.spec().withoutLocal(), Shelf.OPTIONS.withSweepAfter(Duration.ofMillis(200)));
            untilShared(node);
            shelf.store.away(true);
            Enclosed enclosed = new Outbox(node.rowlock())
                    .leave(new UUID(7, 9), List.of(new Outbox.Written("books", "1", Version.of(1))));
            assertThat(put(node, enclosed)).isOne();

            // Longer than a sweep takes to come round.
            Eventually.until(
                    "the store has been asked for", LIMIT, () -> node.count(RowlockEvent.CacheTierAway.class) > 15);
            assertThat(left(database)).isOne();

            shelf.store.away(false);
            Eventually.until("it is finished", LIMIT, () -> left(database) == 0);
        }
    }
}
