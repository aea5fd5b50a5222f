package io.rowlock.cache;

import static io.rowlock.cache.Shelf.untilShared;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.Version;
import io.rowlock.cache.Shelf.Node;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Actors;
import io.rowlock.engines.Choices;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.event.RowlockEvent.CacheSource;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** This JVM's tier: what may be put in, what may be served, and for how long. */
class LocalTierTest {
    /** Longer than anything here takes. */
    private static final Duration LONG = Duration.ofSeconds(30);

    private final AtomicLong now = new AtomicLong(1_000_000);
    private final LocalTier<String> tier = new LocalTier<>(Duration.ofNanos(100), 1000, true, now::get);

    private void fill(Generations.Ticket ticket, String value, long version) {
        tier.fill("a", ticket, value, Version.of(version), now.get(), now.get());
    }

    private String served() {
        LocalTier.Kept<String> kept = tier.find("a");
        return kept == null ? "nothing" : kept.value();
    }

    @Test
    void servesWhatWasPutInUntilItsTimeHasPassed() {
        fill(tier.ticket("a"), "one", 1);
        assertThat(served()).isEqualTo("one");
        now.addAndGet(99);
        assertThat(served()).isEqualTo("one");
        now.addAndGet(1);
        assertThat(served()).isEqualTo("nothing");
    }

    /** Every order of a load and a change, a writer, a flush. */
    @Test
    void nothingThatWasReadBeforeAChangeIsServedAfterIt() {
        for (String change : new String[] {"changed", "written", "flush", "deaf"}) {
            int runs = Choices.exhaust(choices -> {
                LocalTier<String> each = new LocalTier<>(Duration.ofNanos(100), 1000, true, now::get);
                int at = choices.choose(3);
                change(each, change, at == 0);
                Generations.Ticket ticket = each.ticket("a");
                change(each, change, at == 1);
                each.fill("a", ticket, "old", Version.of(1), now.get(), now.get());
                change(each, change, at == 2);
                boolean servesOld = each.find("a") != null;
                assertThat(servesOld).as("%s at %d", change, at).isEqualTo(at == 0 && !change.equals("deaf"));
            });
            assertThat(runs).isEqualTo(3);
        }
    }

    private static void change(LocalTier<String> tier, String change, boolean now) {
        if (now) {
            switch (change) {
                case "changed" -> tier.changed("a");
                case "written" -> {
                    tier.writing("a");
                    tier.written("a");
                }
                case "flush" -> tier.flush(true);
                default -> tier.flush(false);
            }
        }
    }

    @Test
    void nothingIsPutInWhileAWriterOfThisJvmIsUnderWay() {
        tier.writing("a");
        fill(tier.ticket("a"), "old", 1);
        assertThat(served()).isEqualTo("nothing");
        tier.written("a");
        fill(tier.ticket("a"), "new", 2);
        assertThat(served()).isEqualTo("new");
    }

    /** A value that is forgotten must not take with it that its key was written. */
    @Test
    void forgettingAValueDoesNotForgetItsWriter() {
        LocalTier<String> small = new LocalTier<>(Duration.ofSeconds(1), 1, true, now::get);
        Generations.Ticket ticket = small.ticket("a");
        small.changed("a");
        for (int i = 0; i < 100; i++) {
            String other = "other " + i;
            small.fill(other, small.ticket(other), other, Version.of(1), now.get(), now.get());
        }
        small.fill("a", ticket, "old", Version.of(1), now.get(), now.get());
        assertThat(small.find("a")).isNull();
    }

    @Test
    void withoutATimeThereIsNoTier() {
        LocalTier<String> none = new LocalTier<>(Duration.ZERO, 10, true, now::get);
        none.fill("a", none.ticket("a"), "one", Version.of(1), now.get(), now.get());
        assertThat(none.find("a")).isNull();
        assertThat(none.size()).isZero();
        none.flush(true);
    }

    /** Loads and changes by many threads: what is served is never older than the last change that was over before. */
    @Test
    void threadsAreNeverServedWhatWasChangedBefore() {
        LocalTier<Long> each = new LocalTier<>(Duration.ofHours(1), 100, true, System::nanoTime);
        AtomicLong database = new AtomicLong(1);
        AtomicLong over = new AtomicLong(1);
        var outcomes = Actors.run(
                () -> {
                    for (int i = 0; i < 20_000; i++) {
                        each.writing("a");
                        long next = database.incrementAndGet();
                        each.written("a");
                        over.set(next);
                    }
                    return null;
                },
                () -> reads(each, database, over),
                () -> reads(each, database, over));
        outcomes.forEach(outcome -> assertThat(outcome.failure()).isNull());
    }

    private static Void reads(LocalTier<Long> tier, AtomicLong database, AtomicLong over) {
        for (int i = 0; i < 40_000; i++) {
            long before = over.get();
            LocalTier.Kept<Long> kept = tier.find("a");
            if (kept != null) {
                assertThat(kept.value()).isGreaterThanOrEqualTo(before);
            } else {
                Generations.Ticket ticket = tier.ticket("a");
                long read = database.get();
                tier.fill("a", ticket, read, Version.of(read), System.nanoTime(), System.nanoTime());
            }
        }
        return null;
    }

    // ---- as part of a cache

    private static RegionSpec<Long, Shelf.Book> localForLong() {
        return Shelf.spec().withLocal(LONG, 100);
    }

    @Databases(Engine.SQLITE)
    void ownWritesAreSeenAndThoseOfOthersWhenTheyAreTold(Database database) throws SQLException {
        try (Shelf shelf = new Shelf(database)) {
            Node one = shelf.node(localForLong(), Shelf.OPTIONS);
            Node two = shelf.node(localForLong(), Shelf.OPTIONS);
            untilShared(one, two);
            assertThat(two.get(1).source()).isEqualTo(CacheSource.DATABASE);
            assertThat(two.getFrom(CacheSource.LOCAL, 1).value().title()).isEqualTo("one");
            assertThat(one.getFrom(CacheSource.LOCAL, 1).value().title()).isEqualTo("one");

            one.rename(1, "new");

            assertThat(one.get(1).value().title()).isEqualTo("new");
            assertThat(two.get(1).value().title()).isEqualTo("new");
        }
    }

    /** A message that never comes, which nobody notices: with the token nothing older is served all the same. */
    @Databases(Engine.SQLITE)
    void whoCarriesATokenIsServedWhatHeWrote(Database database) throws SQLException {
        try (Shelf shelf = new Shelf(database)) {
            Node one = shelf.node(localForLong(), Shelf.OPTIONS);
            Node two = shelf.node(localForLong(), Shelf.OPTIONS);
            untilShared(one, two);
            assertThat(two.getFrom(CacheSource.LOCAL, 1).value().title()).isEqualTo("one");
            two.line().mute(true);

            WriteReceipt receipt = one.rowlock().<WriteReceipt, RuntimeException>transact(tx -> {
                tx.update(tx.read(Shelf.BOOKS, 1L).orElseThrow(), book -> book.named("new"));
                return one.cache().receiptOf(tx);
            });

            assertThat(two.get(1).value().title()).isEqualTo("one");
            WriteToken token = WriteToken.parse(receipt.token().toString());
            assertThat(two.books().get(1L, token).orElseThrow().value().title()).isEqualTo("new");
            // And from then on to everybody.
            assertThat(two.get(1).value().title()).isEqualTo("new");
        }
    }

    /** While messages are not heard nothing is kept; when they are heard again, nothing from before is. */
    @Databases(Engine.SQLITE)
    void whileChangesAreNotHeardNothingIsKept(Database database) throws SQLException {
        try (Shelf shelf = new Shelf(database)) {
            Node one = shelf.node(localForLong(), Shelf.OPTIONS);
            Node two = shelf.node(localForLong(), Shelf.OPTIONS);
            untilShared(one, two);
            assertThat(two.getFrom(CacheSource.LOCAL, 1).value().title()).isEqualTo("one");

            two.line().cut(true);
            one.rename(1, "unheard");
            assertThat(two.get(1).value().title()).isEqualTo("unheard");
            assertThat(two.get(1).source()).isEqualTo(CacheSource.DATABASE);
            assertThat(two.books().state().localValues()).isZero();

            two.line().cut(false);
            untilShared(two);
            assertThat(two.get(1).value().title()).isEqualTo("unheard");
            one.rename(1, "heard");
            assertThat(two.get(1).value().title()).isEqualTo("heard");
        }
    }

    /** Without a store a process is coherent by itself. */
    @Databases(Engine.SQLITE)
    void withoutAStoreOwnWritesAreSeen(Database database) throws SQLException {
        try (Shelf shelf = new Shelf(database)) {
            Node node = shelf.lonely(localForLong());
            assertThat(node.get(1).source()).isEqualTo(CacheSource.DATABASE);
            assertThat(node.get(1).source()).isEqualTo(CacheSource.LOCAL);
            for (int i = 2; i < 20; i++) {
                node.rename(1, "title " + i);
                assertThat(node.get(1).value().title()).isEqualTo("title " + i);
                assertThat(node.get(1).source()).isEqualTo(CacheSource.LOCAL);
            }
            assertThat(node.books().state().why()).isEqualTo("there is no shared tier");
        }
    }
}
