package io.rowlock.cache;

import static io.rowlock.cache.Shelf.BOOKS;
import static io.rowlock.cache.Shelf.untilShared;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.Timing;
import io.rowlock.cache.Shelf.Node;
import io.rowlock.engines.Actors;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.event.RowlockEvent.CacheSource;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Processes that read and write the same few keys, while the store goes away, comes back, forgets, is replaced, fails in the middle, and is
 * cut off from one process and not from another. Whoever reads is never served less than what was acknowledged before he began.
 */
class CacheSimulationTest {
    private static final int KEYS = 3;
    private static final int WRITES = 15;

    @Databases
    void nobodyIsServedLessThanWasAcknowledgedBefore(Database database) throws SQLException {
        long seed = new Random().nextLong();
        try (Shelf shelf = new Shelf(database)) {
            List<Node> nodes = List.of(shelf.node(), shelf.node(), shelf.node());
            untilShared(nodes.toArray(new Node[0]));
            AtomicLongArray acknowledged = new AtomicLongArray(KEYS + 1);
            AtomicBoolean over = new AtomicBoolean();
            AtomicLong reads = new AtomicLong();
            List<Callable<Void>> actors = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                Random random = new Random(seed + i);
                Node writer = nodes.get(i);
                actors.add(() -> write(writer, random, acknowledged, over));
            }
            for (int i = 0; i < 3; i++) {
                Random random = new Random(seed + 10 + i);
                Node reader = nodes.get(i);
                actors.add(() -> read(reader, random, acknowledged, over, reads));
            }
            actors.add(() -> breakThings(shelf, nodes, new Random(seed + 20), over));

            Actors.run(Duration.ofMinutes(2), actors)
                    .forEach(outcome ->
                            assertThat(outcome.failure()).as("seed %d", seed).isNull());

            assertThat(reads.get()).as("seed %d", seed).isPositive();
            for (Node node : nodes) {
                assertThat(node.cache().coherence().beyond())
                        .as("seed %d", seed)
                        .isZero();
            }
            // And when all is well again, all are served the same by the store.
            untilShared(nodes.toArray(new Node[0]));
            for (long key = 1; key <= KEYS; key++) {
                for (Node node : nodes) {
                    assertThat(node.get(key).version().number())
                            .as("seed %d", seed)
                            .isEqualTo(acknowledged.get((int) key));
                    assertThat(node.getFrom(CacheSource.SHARED, key).version().number())
                            .as("seed %d", seed)
                            .isEqualTo(acknowledged.get((int) key));
                }
            }
        }
    }

    private static Void write(Node node, Random random, AtomicLongArray acknowledged, AtomicBoolean over) {
        try {
            for (int i = 0; i < WRITES; i++) {
                int key = 1 + random.nextInt(KEYS);
                boolean locks = random.nextBoolean();
                boolean fails = random.nextInt(10) == 0;
                try {
                    long version = node.rowlock().<Long, IllegalArgumentException>transact(tx -> {
                        var book = locks
                                ? tx.lock(BOOKS, (long) key).orElseThrow()
                                : tx.read(BOOKS, (long) key).orElseThrow();
                        long next = tx.update(book, old -> old.named("t" + old.version()))
                                .version()
                                .number();
                        if (fails) {
                            throw new IllegalArgumentException("no");
                        }
                        return next;
                    });
                    acknowledged.accumulateAndGet(key, version, Math::max);
                } catch (IllegalArgumentException refused) {
                    assertThat(refused).hasMessage("no");
                }
            }
        } finally {
            over.set(true);
        }
        return null;
    }

    private static Void read(
            Node node, Random random, AtomicLongArray acknowledged, AtomicBoolean over, AtomicLong reads) {
        while (!over.get()) {
            int key = 1 + random.nextInt(KEYS);
            long before = acknowledged.get(key);
            Cached<Shelf.Book> served = node.get(key);
            assertThat(served.version().number())
                    .as("key %d, from %s", key, served.source())
                    .isGreaterThanOrEqualTo(before);
            assertThat(served.value().version()).isEqualTo(served.version().number());
            reads.incrementAndGet();
        }
        return null;
    }

    private static Void breakThings(Shelf shelf, List<Node> nodes, Random random, AtomicBoolean over)
            throws InterruptedException {
        int stores = 1;
        while (!over.get()) {
            Node one = nodes.get(random.nextInt(nodes.size()));
            switch (random.nextInt(8)) {
                case 0 -> {
                    shelf.store.away(true);
                    aWhile(random, 300);
                    shelf.store.away(false);
                }
                case 1 -> {
                    shelf.store.away(true);
                    shelf.store.replace("store-" + ++stores);
                    shelf.store.away(false);
                }
                case 2 -> shelf.store.forgetAll();
                case 3 -> {
                    one.line().cut(true);
                    aWhile(random, 300);
                    one.line().cut(false);
                }
                case 4 -> one.line().failNext("release");
                case 5 -> one.line().failNext("intend");
                default -> {
                    // Time to serve something.
                }
            }
            aWhile(random, 400);
        }
        return null;
    }

    /** What is broken stays so for a while; nothing here waits for that. */
    private static void aWhile(Random random, int millisMax) throws InterruptedException {
        Timing.system().sleeper().sleep(TimeUnit.MILLISECONDS.toNanos(random.nextInt(millisMax)));
    }
}
