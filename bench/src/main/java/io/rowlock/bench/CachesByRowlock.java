package io.rowlock.bench;

import com.zaxxer.hikari.HikariDataSource;
import io.rowlock.Rowlock;
import io.rowlock.RowlockTables;
import io.rowlock.Table;
import io.rowlock.cache.Cache;
import io.rowlock.cache.Cached;
import io.rowlock.cache.Region;
import io.rowlock.cache.RegionSpec;
import io.rowlock.engines.RedisServer;
import io.rowlock.event.RowlockEvent.CacheSource;
import io.rowlock.redis.RedisTier;
import io.rowlock.redis.RedisTierOptions;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/** Rowlock's cache, with the defaults. What it opened it closes. */
final class CachesByRowlock implements AutoCloseable {
    private static final Table<Account, Long> FIXED =
            Table.of(FixedAccounts.TABLE, Account.class).key("id", Long.class).build();

    /** Beside those of its threads a cache needs one to read epochs, one for the outbox and one for what is verified. */
    private static final int FURTHER_CONNECTIONS = 3;

    private static final long OPEN_MAX_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** Where values are kept. */
    enum Tiers {
        /** In this JVM for a second, and in Redis. */
        LOCAL,
        /** In Redis alone. */
        SHARED
    }

    private final Rig rig;
    private final RedisServer redis;
    private final int threads;
    private final Map<Tiers, Instance> open = new EnumMap<>(Tiers.class);

    /**
     * None yet.
     *
     * @param threads the most that will work at once
     */
    CachesByRowlock(Rig rig, RedisServer redis, int threads) {
        this.rig = rig;
        this.redis = redis;
        this.threads = threads;
    }

    static void createTables(Rig rig) throws SQLException {
        RowlockTables.createMissing(rig.automatic());
    }

    /** A process, as the others see it: with a pool and keys in Redis of its own. */
    private static final class Instance implements AutoCloseable {
        private final HikariDataSource pool;
        private final Rowlock rowlock;
        private final Cache cache;
        private final Region<Long, Account> fixed;
        private final Region<Long, Account> written;
        private final long epoch;

        Instance(HikariDataSource pool, RedisTier tier, Tiers tiers) {
            this.pool = pool;
            this.rowlock = Rowlock.on(pool).build();
            this.cache = Cache.on(rowlock).tier(tier).build();
            this.fixed = cache.region(spec(FIXED, tiers));
            this.written = cache.region(spec(ByRowlock.ACCOUNTS, tiers));
            awaitOpen(fixed);
            awaitOpen(written);
            this.epoch = written.state().epoch();
        }

        private static RegionSpec<Long, Account> spec(Table<Account, Long> table, Tiers tiers) {
            RegionSpec<Long, Account> spec = RegionSpec.of(table, Account.CODEC);
            return tiers == Tiers.LOCAL ? spec : spec.withoutLocal();
        }

        /** A region that was just opened serves nothing for a second. */
        private static void awaitOpen(Region<Long, Account> region) {
            long until = System.nanoTime() + OPEN_MAX_NANOS;
            while (!region.state().shared()) {
                if (System.nanoTime() - until > 0) {
                    throw new IllegalStateException("Redis is not used (region=" + region.state() + ")");
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }

        @Override
        public void close() {
            cache.close();
            pool.close();
        }
    }

    private Instance instance(Tiers tiers) {
        return open.computeIfAbsent(tiers, none -> {
            String name = "bench-" + (tiers == Tiers.LOCAL ? "local" : "shared");
            return new Instance(
                    rig.instance(name, threads + FURTHER_CONNECTIONS),
                    RedisTier.at(RedisTierOptions.at(redis.uri()).withPrefix(name)),
                    tiers);
        });
    }

    Reading reading(Tiers tiers) {
        Region<Long, Account> region = instance(tiers).fixed;
        LongAdder loads = new LongAdder();
        return new Reading(
                id -> {
                    Cached<Account> cached = region.get(id).orElseThrow();
                    if (cached.source() == CacheSource.DATABASE) {
                        loads.increment();
                    }
                    return cached.value();
                },
                loads::sum,
                // What this JVM has kept is over in a second by itself, long before a key comes again.
                () -> {});
    }

    /** A unit that the cache goes along with. */
    Op save(Tiers tiers, int thread) {
        return new ByRowlock(rig, instance(tiers).rowlock).save(thread);
    }

    /** How often a region was closed, or opened again, since it was had: a write that cannot tell Redis in time does that. */
    long epochs() {
        return open.values().stream()
                .mapToLong(instance -> instance.written.state().epoch() - instance.epoch)
                .max()
                .orElse(0);
    }

    @Override
    public void close() {
        open.values().forEach(Instance::close);
    }
}
