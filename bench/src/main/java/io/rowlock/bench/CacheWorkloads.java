package io.rowlock.bench;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.rowlock.bench.CachesByRowlock.Tiers;
import io.rowlock.engines.RedisServer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** What {@code bench cache} measures. What a candidate needs is opened when it is first asked for an operation. */
final class CacheWorkloads implements AutoCloseable {
    static final String HIT = "hit";
    static final String MISS = "miss";
    static final String WRITE = "write";

    static final String HAND = "hand";
    static final String ROWLOCK_LOCAL = "rowlock-local";
    static final String ROWLOCK_SHARED = "rowlock-shared";
    static final String SAVE = "save";
    static final String CAFFEINE = "caffeine";
    static final String SPRING = "spring";
    static final String REDISSON = "redisson";

    /** All names that {@code --only} takes. */
    static final List<String> NAMES =
            List.of(HIT, MISS, WRITE, ROWLOCK_LOCAL, ROWLOCK_SHARED, SAVE, CAFFEINE, SPRING, REDISSON);

    /** How many keys a thread reads again and again. */
    private static final int HOT = 20;

    /** A look at the clock is as dear as a hit in this JVM, so many of those make one operation. */
    private static final int LOCAL_BATCH = 100;

    private final Rig rig;
    private final CachesByPeers peers;
    private final CachesByRowlock rowlock;
    private final RedisClient client;
    private final StatefulRedisConnection<String, String> connection;
    private final Map<String, Reading> readings = new HashMap<>();
    private final AtomicLong missed = new AtomicLong();

    /**
     * On a rig whose tables are there.
     *
     * @param threads the most that will work at once
     */
    CacheWorkloads(Rig rig, RedisServer redis, int threads) {
        this.rig = rig;
        this.peers = new CachesByPeers(rig, redis);
        this.rowlock = new CachesByRowlock(rig, redis, threads);
        this.client = RedisClient.create(redis.uri().toString());
        this.connection = client.connect();
    }

    static void createTables(Rig rig) throws SQLException {
        FixedAccounts.createTable(rig);
        CachesByRowlock.createTables(rig);
    }

    // ---- reading

    /** Which keys a thread reads, and what is done before. */
    @FunctionalInterface
    private interface Reader {
        Op of(int thread, Reads reads, Reading reading) throws Exception;
    }

    private final class Candidates {
        private final List<Candidate> candidates = new ArrayList<>();
        private final Map<String, Reads> reads = new LinkedHashMap<>();
        private final Reader reader;

        Candidates(Reader reader) {
            this.reader = reader;
        }

        void add(String name, String title, int batch, Supplier<Reading> opening) {
            Reads own = new Reads(batch);
            candidates.add(new Candidate(
                    name,
                    title,
                    thread -> reader.of(thread, own, readings.computeIfAbsent(name, none -> opening.get())),
                    batch));
            reads.put(name, own);
        }
    }

    /** Reads of few keys that were read before. */
    ReadWorkload hit(boolean withPeers) {
        return reading(HIT, "read a row that was read before", LOCAL_BATCH, withPeers, CacheWorkloads::hitting);
    }

    private static Op hitting(int thread, Reads reads, Reading reading) throws Exception {
        long first = 1 + (long) thread * HOT;
        for (long id = first; id < first + HOT; id++) {
            FixedAccounts.require(reading.read().of(id), id);
        }
        return reads.op(reading, walk(first, HOT), () -> {});
    }

    /**
     * Reads of keys that no tier has. All walk through the same rows, of which each is read by one, and before each slice
     * everything is thrown away that Redis and this JVM have kept.
     */
    ReadWorkload miss(boolean withPeers) {
        LongSupplier ids = () -> FixedAccounts.ROWS - missed.getAndIncrement() % FixedAccounts.ROWS;
        return reading(
                MISS,
                "read a row that no cache has, and keep it",
                1,
                withPeers,
                (thread, reads, reading) -> reads.op(reading, ids, thread == 0 ? () -> throwAway(reading) : () -> {}));
    }

    private void throwAway(Reading reading) {
        reading.forget().run();
        String unused = connection.sync().flushdb();
    }

    private static LongSupplier walk(long first, int keys) {
        return new LongSupplier() {
            private int next;

            @Override
            public long getAsLong() {
                long id = first + next;
                next = next + 1 == keys ? 0 : next + 1;
                return id;
            }
        };
    }

    private ReadWorkload reading(String name, String title, int localBatch, boolean withPeers, Reader reader) {
        Candidates all = new Candidates(reader);
        all.add(HAND, "by hand, no cache: SELECT", 1, this::byHand);
        all.add(
                ROWLOCK_LOCAL,
                "rowlock cache, in this JVM for 1 s and in Redis",
                localBatch,
                () -> rowlock.reading(Tiers.LOCAL));
        all.add(ROWLOCK_SHARED, "rowlock cache, in Redis alone", 1, () -> rowlock.reading(Tiers.SHARED));
        if (withPeers) {
            all.add(CAFFEINE, "Caffeine, in this JVM alone", localBatch, peers::caffeine);
            all.add(SPRING, "Spring Cache in Redis", 1, peers::springReading);
            all.add(REDISSON, "Redisson RLocalCachedMap", localBatch, peers::redissonReading);
        }
        Workload workload = new Workload(
                name,
                title,
                all.candidates,
                () -> all.reads.values().stream().mapToLong(Reads::right).sum());
        return new ReadWorkload(workload, all.reads);
    }

    private Reading byHand() {
        FixedAccounts rows = new FixedAccounts(rig);
        return new Reading(rows::load, rows::loads, () -> {});
    }

    // ---- writing

    /** Writes of one row each, with what the cache needs. */
    Workload write(boolean withPeers) {
        List<Candidate> candidates = new ArrayList<>(List.of(
                new Candidate(HAND, "by hand, no cache: UPDATE", new ByHand(rig)::add),
                new Candidate(SAVE, "rowlock.save, no cache", new ByRowlock(rig)::save),
                new Candidate(
                        ROWLOCK_LOCAL,
                        "rowlock.save, cached in this JVM and in Redis",
                        thread -> rowlock.save(Tiers.LOCAL, thread)),
                new Candidate(
                        ROWLOCK_SHARED,
                        "rowlock.save, cached in Redis alone",
                        thread -> rowlock.save(Tiers.SHARED, thread))));
        if (withPeers) {
            candidates.add(new Candidate(CAFFEINE, "UPDATE; Caffeine invalidate", peers.caffeineWrites()));
            candidates.add(
                    new Candidate(SPRING, "Spring transaction: UPDATE; COMMIT; evict", opening(peers::springWrites)));
            candidates.add(new Candidate(REDISSON, "UPDATE; Redisson fastRemove", opening(peers::redissonWrites)));
        }
        return new Workload(WRITE, "write a row, and let the cache know", candidates, rig::operations);
    }

    /** Operations whose first one opens what all need. */
    private static Candidate.Ops opening(Supplier<Candidate.Ops> opening) {
        Candidate.Ops[] opened = new Candidate.Ops[1];
        return thread -> {
            if (opened[0] == null) {
                opened[0] = opening.get();
            }
            return opened[0].of(thread);
        };
    }

    /** Says whether Rowlock's writes have gone by Redis all the time. */
    void tellWhetherOpen(Report report) {
        long epochs = rowlock.epochs();
        report.fact("rowlock: Redis was told in time", epochs == 0, epochs + " times was the region closed or opened");
    }

    @Override
    public void close() {
        rowlock.close();
        peers.close();
        connection.close();
        client.shutdown();
    }
}
