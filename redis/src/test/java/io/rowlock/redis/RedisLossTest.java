package io.rowlock.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.Rowlock;
import io.rowlock.RowlockTables;
import io.rowlock.Table;
import io.rowlock.Version;
import io.rowlock.View;
import io.rowlock.cache.Cache;
import io.rowlock.cache.CacheOptions;
import io.rowlock.cache.Cached;
import io.rowlock.cache.Region;
import io.rowlock.cache.RegionSpec;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Actors;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.engines.Eventually;
import io.rowlock.engines.RedisServer;
import io.rowlock.engines.RedisServer.Durability;
import io.rowlock.event.RowlockEvent.CacheSource;
import io.rowlock.once.Codec;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * Two processes on one database and one Redis that is flushed, killed and started empty, replaced by a replica that lags, and cut off from
 * one of them. Nobody sees an error, and nobody is served less than what was acknowledged before he began.
 */
class RedisLossTest {
    private static final String PASSWORD = "of-all-servers";
    private static final Duration LIMIT = Duration.ofSeconds(40);
    private static final Duration BOUND = Duration.ofMillis(600);
    private static final int KEYS = 3;

    record Count(long id, long n, long version) {
        Count plusOne() {
            return new Count(id, n + 1, version);
        }
    }

    private static final Table<Count, Long> COUNTS = Table.of("counts", Count.class)
            .key("id", Long.class)
            .keysNeverReturn()
            .build();

    private static final Codec<Count> CODEC = Codec.text()
            .as(count -> count.id() + " " + count.n() + " " + count.version(), text -> {
                String[] parts = text.split(" ", -1);
                return new Count(Long.parseLong(parts[0]), Long.parseLong(parts[1]), Long.parseLong(parts[2]));
            });

    /** A process. */
    private static final class Node implements AutoCloseable {
        final Switchboard wire = new Switchboard();
        final Rowlock rowlock;
        final Cache cache;
        final Region<Long, Count> counts;

        Node(Database database, RedisServer redis) {
            wire.to(redis.uri());
            rowlock = Rowlock.on(database.dataSource()).build();
            cache = Cache.on(rowlock)
                    .tier(RedisTier.at(RedisTierOptions.at(wire.uri(PASSWORD))))
                    .options(CacheOptions.defaults()
                            .withEpochBound(BOUND)
                            .withReopenAfter(BOUND)
                            .withRefreshWait(Duration.ofSeconds(2))
                            .withVerifyEvery(3))
                    .build();
            counts = cache.region(RegionSpec.of(COUNTS, CODEC).withoutLocal());
        }

        void untilShared() {
            Eventually.until(
                    "the shared tier is used, but: " + counts.state(),
                    LIMIT,
                    () -> counts.state().shared());
        }

        @Override
        public void close() {
            cache.close();
            wire.close();
        }
    }

    private static RedisServer server() {
        RedisServer server = RedisServer.startTemporary(Durability.NONE, Map.of());
        try (Keys admin = new Keys(server.uri())) {
            admin.redis().configSet("masterauth", PASSWORD);
            admin.redis().configSet("requirepass", PASSWORD);
        }
        return server;
    }

    private static Keys admin(RedisServer server) {
        return new Keys(URI.create("redis://:" + PASSWORD + "@" + server.host() + ":" + server.port()));
    }

    private static void prepare(Database database) throws SQLException {
        database.execute(
                "DROP TABLE IF EXISTS counts",
                "CREATE TABLE counts (id BIGINT PRIMARY KEY, n BIGINT NOT NULL, version BIGINT DEFAULT 1 NOT NULL)",
                "INSERT INTO counts (id, n) VALUES (1, 1), (2, 1), (3, 1)");
        RowlockTables.createMissing(database.dataSource());
        database.execute("DELETE FROM rowlock_cache_epoch", "DELETE FROM rowlock_cache_outbox");
    }

    private static void killed(RedisServer server) {
        ProcessHandle process = ProcessHandle.of(server.pid()).orElseThrow();
        assertThat(process.destroyForcibly()).isTrue();
        Eventually.until("it is dead", LIMIT, () -> !process.isAlive());
        server.close();
    }

    private final AtomicLongArray acknowledged = new AtomicLongArray(KEYS + 1);
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicLong fromRedis = new AtomicLong();

    @Databases(Engine.POSTGRESQL)
    void whateverBecomesOfRedisNobodyIsServedLessThanWasAcknowledged(Database database) throws SQLException {
        prepare(database);
        long seed = new Random().nextLong();
        RedisServer first = server();
        try (Node one = new Node(database, first);
                Node two = new Node(database, first)) {
            one.untilShared();
            two.untilShared();
            List<Callable<Void>> actors = new ArrayList<>();
            actors.add(() -> write(one, new Random(seed)));
            actors.add(() -> write(two, new Random(seed + 1)));
            actors.add(() -> read(one, new Random(seed + 2)));
            actors.add(() -> read(two, new Random(seed + 3)));
            actors.add(() -> {
                try {
                    breakThings(first, one, two);
                } finally {
                    over.set(true);
                }
                return null;
            });

            Actors.run(Duration.ofSeconds(150), actors)
                    .forEach(outcome ->
                            assertThat(outcome.failure()).as("seed %d", seed).isNull());

            for (Node node : List.of(one, two)) {
                assertThat(node.cache.coherence().beyond()).as("seed %d", seed).isZero();
                assertThat(node.cache.coherence().checks()).isPositive();
            }
            assertThat(fromRedis).hasPositiveValue();
        }
    }

    private void breakThings(RedisServer first, Node one, Node two) {
        one.untilShared();
        servesFromRedis();
        try (Keys admin = admin(first)) {
            for (int i = 0; i < 20; i++) {
                admin.redis().flushall();
            }
        }
        servesFromRedis();

        // Killed, and another one with nothing in it in its place.
        killed(first);
        try (RedisServer second = server();
                RedisServer replica = server()) {
            bothTo(second, one, two);
            one.untilShared();
            two.untilShared();
            servesFromRedis();

            // One process is cut off, the other is not.
            one.wire.to(null);
            one.wire.cutAll();
            Eventually.until("it noticed", LIMIT, () -> !one.counts.state().shared());
            servesWrites();
            one.wire.to(second.uri());
            one.untilShared();
            two.untilShared();

            // A replica that has stopped following takes the master's place, with what was in it then.
            try (Keys admin = admin(replica);
                    Keys master = admin(second)) {
                admin.redis().replicaof(second.host(), second.port());
                Eventually.until(
                        "it follows",
                        LIMIT,
                        () -> admin.redis().info("replication").contains("master_link_status:up"));
                servesFromRedis();
                admin.redis().replicaofNoOne();
                assertThat(master.redis().dbsize()).isPositive();
                assertThat(admin.redis().dbsize()).isPositive();
            }
            servesWrites();
            bothTo(replica, one, two);
            one.untilShared();
            two.untilShared();
            servesFromRedis();
        }
    }

    private static void bothTo(RedisServer server, Node... nodes) {
        for (Node node : nodes) {
            node.wire.to(server.uri());
        }
        for (Node node : nodes) {
            node.wire.cutAll();
        }
    }

    private void servesFromRedis() {
        long before = fromRedis.get();
        Eventually.until("readers are served by Redis", LIMIT, () -> fromRedis.get() > before + 5);
    }

    private void servesWrites() {
        long before = acknowledged.get(1);
        Eventually.until("writers are acknowledged", LIMIT, () -> acknowledged.get(1) > before + 1);
    }

    private Void write(Node node, Random random) {
        while (!over.get()) {
            int key = 1 + random.nextInt(KEYS);
            long version = node.rowlock.<Long, RuntimeException>transact(tx -> tx.update(
                            tx.read(COUNTS, (long) key).orElseThrow(), Count::plusOne)
                    .version()
                    .number());
            acknowledged.accumulateAndGet(key, version, Math::max);
            // Keys that are always being written are never served by anything but the database.
            LockSupport.parkNanos(random.nextInt(8_000_000));
        }
        return null;
    }

    private Void read(Node node, Random random) {
        while (!over.get()) {
            int key = 1 + random.nextInt(KEYS);
            long before = acknowledged.get(key);
            Cached<Count> served = node.counts.get((long) key).orElseThrow();
            assertThat(served.version().number())
                    .as("key %d, from %s", key, served.source())
                    .isGreaterThanOrEqualTo(before);
            // A count of its changes: nobody lost one either.
            assertThat(served.value().n()).isEqualTo(served.version().number());
            if (served.source() == CacheSource.SHARED) {
                fromRedis.incrementAndGet();
            }
        }
        return null;
    }

    /** Nothing is kept apart from Redis while its messages are not heard. */
    @Databases(Engine.POSTGRESQL)
    void thisJvmsTierIsEmptyWhileRedisIsNotHeard(Database database) throws SQLException {
        prepare(database);
        try (RedisServer redis = server();
                Node writer = new Node(database, redis);
                Node reader = new Node(database, redis)) {
            RegionSpec<Long, Count> spec = RegionSpec.<Long, Count>of(
                            "kept",
                            CODEC,
                            (tx, id) -> tx.peek(COUNTS, id)
                                    .map(view -> new View<>(
                                            view.value(),
                                            Version.of(view.version().number()))))
                    .madeOf(COUNTS, id -> id)
                    .withLocal(Duration.ofHours(1), 100);
            Region<Long, Count> here = reader.cache.region(spec);
            Region<Long, Count> there = writer.cache.region(spec);
            Eventually.until(
                    "both are open",
                    LIMIT,
                    () -> here.state().shared() && there.state().shared());
            assertThat(here.get(1L).orElseThrow().version()).isEqualTo(Version.of(1));
            Eventually.eventually(
                    () -> assertThat(here.get(1L).map(Cached::source)).contains(CacheSource.LOCAL));

            // Heard: what another process writes is gone from here before long.
            raise(writer);
            Eventually.until(
                    "it was told",
                    LIMIT,
                    () -> here.get(1L).orElseThrow().version().equals(Version.of(2)));

            reader.wire.to(null);
            reader.wire.cutAll();
            Eventually.until("it noticed", LIMIT, () -> here.state().localValues() == 0);
            raise(writer);
            assertThat(here.get(1L).orElseThrow().version()).isEqualTo(Version.of(3));
            assertThat(here.get(1L).map(Cached::source)).contains(CacheSource.DATABASE);
            assertThat(here.state().localValues()).isZero();

            reader.wire.to(redis.uri());
            Eventually.until("it is used again", LIMIT, () -> here.state().shared());
            assertThat(here.get(1L).orElseThrow().version()).isEqualTo(Version.of(3));
        }
    }

    private static void raise(Node node) {
        long unused = node.rowlock.<Long, RuntimeException>transact(
                tx -> tx.update(tx.read(COUNTS, 1L).orElseThrow(), Count::plusOne)
                        .version()
                        .number());
    }
}
