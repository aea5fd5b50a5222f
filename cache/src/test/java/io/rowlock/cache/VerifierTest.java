package io.rowlock.cache;

import static io.rowlock.cache.Shelf.CALM;
import static io.rowlock.cache.Shelf.CODEC;
import static io.rowlock.cache.Shelf.OPTIONS;
import static io.rowlock.cache.Shelf.spec;
import static io.rowlock.cache.Shelf.untilShared;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.Timing;
import io.rowlock.Version;
import io.rowlock.cache.SharedTier.TierKey;
import io.rowlock.cache.Shelf.Book;
import io.rowlock.cache.Shelf.Node;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.engines.Eventually;
import io.rowlock.event.RowlockEvent.CacheSource;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A cache is made to serve what is old, past all rules: whether that is measured. */
class VerifierTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Changes the first book, and puts what it was before back into the store. */
    private static void makeOld(Shelf shelf, Node node) {
        long version = node.rename(1, "new");
        TierKey key = new TierKey(
                "", node.books().state().name(), node.books().state().epoch(), "1");
        shelf.store.plant(key, CODEC.encode(new Book(1, "one", version - 1)), Version.of(version - 1));
        shelf.steps.clear();
        assertThat(node.getFrom(CacheSource.SHARED, 1).version()).isEqualTo(Version.of(version - 1));
    }

    @Databases(Engine.SQLITE)
    void whatStaysOldIsBeyondTheBound(Database database) throws SQLException {
        try (Shelf shelf = new Shelf(database)) {
            Node node = shelf.node(spec().withoutLocal(), OPTIONS);
            untilShared(node);
            makeOld(shelf, node);

            Eventually.until(
                    "what stays old is noticed",
                    PATIENCE,
                    () -> node.cache().coherence().beyond() > 0);
            assertThat(node.cache().coherence().longest()).isGreaterThan(Shelf.BOUND);
        }
    }

    /** Nobody looked in between: that it was old for so long has nobody seen. */
    @Databases(Engine.SQLITE)
    void whatIsLookedAtTooLateIsNotBeyondTheBound(Database database) throws SQLException {
        AtomicLong ahead = new AtomicLong();
        Timing system = Timing.system();
        Timing timing =
                new Timing(Clock.systemUTC(), () -> System.nanoTime() + ahead.get(), system.sleeper(), system.random());
        try (Shelf shelf = new Shelf(database)) {
            Node node = shelf.node(spec().withoutLocal(), CALM, timing);
            untilShared(node);
            makeOld(shelf, node);
            Eventually.until("the verifier has seen it", PATIENCE, () -> shelf.steps.contains("peek 1"));

            shelf.store.forgetAll();
            ahead.addAndGet(Duration.ofMinutes(1).toNanos());

            Eventually.until(
                    "the verifier has looked again",
                    PATIENCE,
                    () -> node.cache().coherence().later() > 0);
            assertThat(node.cache().coherence().beyond()).isZero();
        }
    }
}
