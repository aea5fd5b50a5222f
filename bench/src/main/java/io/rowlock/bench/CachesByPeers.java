package io.rowlock.bench;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.RedisServer;
import java.time.Duration;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.redisson.api.RLocalCachedMap;
import org.redisson.api.RedissonClient;
import org.redisson.api.options.LocalCachedMapOptions;
import org.redisson.client.codec.BaseCodec;
import org.redisson.client.codec.LongCodec;
import org.redisson.client.protocol.Decoder;
import org.redisson.client.protocol.Encoder;
import org.redisson.codec.CompositeCodec;
import org.springframework.data.redis.cache.RedisCacheConfiguration;
import org.springframework.data.redis.cache.RedisCacheManager;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.serializer.RedisSerializationContext.SerializationPair;
import org.springframework.data.redis.serializer.RedisSerializer;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Caches of other libraries, used as their manuals say, with the same bytes in Redis. What it opened it closes. */
final class CachesByPeers implements AutoCloseable {
    /** As many values as Rowlock keeps in a JVM, and for as long as it keeps them in Redis. */
    private static final int LOCAL_MAX = 10_000;

    private static final Duration KEEP_FOR = Duration.ofMinutes(10);

    private static final String WRITTEN = "account";

    private final Rig rig;
    private final RedisServer redis;
    private final ByHand hand;
    private @Nullable Spring spring;
    private @Nullable RedissonClient redisson;

    CachesByPeers(Rig rig, RedisServer redis) {
        this.rig = rig;
        this.redis = redis;
        this.hand = new ByHand(rig);
    }

    // ---- Caffeine

    Reading caffeine() {
        FixedAccounts rows = new FixedAccounts(rig);
        LoadingCache<Long, Account> cache =
                Caffeine.newBuilder().maximumSize(LOCAL_MAX).build(rows::load);
        return new Reading(id -> Objects.requireNonNull(cache.get(id)), rows::loads, cache::invalidateAll);
    }

    /** For all threads. */
    Candidate.Ops caffeineWrites() {
        Cache<Long, Account> cache =
                Caffeine.newBuilder().maximumSize(LOCAL_MAX).build();
        return thread -> {
            Long id = Rig.written(thread);
            return () -> {
                hand.add(id);
                cache.invalidate(id);
            };
        };
    }

    // ---- Spring Cache

    /** What Spring's lines share. */
    private record Spring(LettuceConnectionFactory connections, RedisCacheManager manager) {
        static Spring open(RedisServer redis) {
            RedisStandaloneConfiguration place = new RedisStandaloneConfiguration(redis.host(), redis.port());
            place.setPassword(redis.password());
            LettuceConnectionFactory connections = new LettuceConnectionFactory(place);
            connections.afterPropertiesSet();
            connections.start();
            RedisCacheManager manager = RedisCacheManager.builder(connections)
                    .cacheDefaults(RedisCacheConfiguration.defaultCacheConfig()
                            .disableCachingNullValues()
                            .entryTtl(KEEP_FOR)
                            .serializeValuesWith(SerializationPair.fromSerializer(new AccountSerializer())))
                    .transactionAware()
                    .build();
            manager.afterPropertiesSet();
            return new Spring(connections, manager);
        }

        org.springframework.cache.Cache cache(String name) {
            return Objects.requireNonNull(manager.getCache(name));
        }
    }

    private static final class AccountSerializer implements RedisSerializer<Account> {
        @Override
        public byte @Nullable [] serialize(@Nullable Account account) {
            return account == null ? null : Account.CODEC.encode(account);
        }

        @Override
        public @Nullable Account deserialize(byte @Nullable [] bytes) {
            return bytes == null ? null : Account.CODEC.decode(bytes);
        }
    }

    private Spring spring() {
        Spring known = spring;
        if (known == null) {
            known = Spring.open(redis);
            spring = known;
        }
        return known;
    }

    /** As {@code @Cacheable} reads: look, else load and put. */
    Reading springReading() {
        FixedAccounts rows = new FixedAccounts(rig);
        org.springframework.cache.Cache cache = spring().cache(FixedAccounts.TABLE);
        return new Reading(id -> Objects.requireNonNull(cache.get(id, () -> rows.load(id))), rows::loads, () -> {});
    }

    /** As {@code @Transactional} and {@code @CacheEvict} write: the eviction waits for the commit. */
    Candidate.Ops springWrites() {
        org.springframework.cache.Cache cache = spring().cache(WRITTEN);
        DataSource pool = rig.engine() == Engine.SQLITE ? rig.immediate() : rig.manual();
        TransactionTemplate transactions = new TransactionTemplate(new DataSourceTransactionManager(pool));
        JdbcTemplate jdbc = new JdbcTemplate(pool);
        return thread -> {
            Long id = Rig.written(thread);
            return () -> transactions.executeWithoutResult(status -> {
                ByHand.requireOne(jdbc.update(ByHand.ADD, id), id);
                cache.evict(id);
            });
        };
    }

    // ---- Redisson

    private static final class AccountCodec extends BaseCodec {
        private final Encoder encoder = account -> Unpooled.wrappedBuffer(Account.CODEC.encode((Account) account));
        private final Decoder<Object> decoder = (buffer, state) -> Account.CODEC.decode(read(buffer));

        private static byte[] read(ByteBuf buffer) {
            byte[] bytes = new byte[buffer.readableBytes()];
            buffer.readBytes(bytes);
            return bytes;
        }

        @Override
        public Encoder getValueEncoder() {
            return encoder;
        }

        @Override
        public Decoder<Object> getValueDecoder() {
            return decoder;
        }
    }

    private RLocalCachedMap<Long, Account> redisson(String name) {
        RedissonClient known = redisson;
        if (known == null) {
            known = LocksByPeers.connect(redis);
            redisson = known;
        }
        return known.getLocalCachedMap(LocalCachedMapOptions.<Long, Account>name("redisson-" + name)
                .codec(new CompositeCodec(LongCodec.INSTANCE, new AccountCodec()))
                .cacheProvider(LocalCachedMapOptions.CacheProvider.CAFFEINE)
                .evictionPolicy(LocalCachedMapOptions.EvictionPolicy.LRU)
                .cacheSize(LOCAL_MAX)
                .reconnectionStrategy(LocalCachedMapOptions.ReconnectionStrategy.CLEAR)
                .syncStrategy(LocalCachedMapOptions.SyncStrategy.INVALIDATE));
    }

    Reading redissonReading() {
        FixedAccounts rows = new FixedAccounts(rig);
        RLocalCachedMap<Long, Account> map = redisson(FixedAccounts.TABLE);
        return new Reading(
                id -> {
                    Account known = map.get(id);
                    if (known != null) {
                        return known;
                    }
                    Account loaded = rows.load(id);
                    boolean unused = map.fastPut(id, loaded);
                    return loaded;
                },
                rows::loads,
                map::clearLocalCache);
    }

    Candidate.Ops redissonWrites() {
        RLocalCachedMap<Long, Account> map = redisson(WRITTEN);
        return thread -> {
            Long id = Rig.written(thread);
            return () -> {
                hand.add(id);
                long unused = map.fastRemove(id);
            };
        };
    }

    @Override
    public void close() {
        if (spring != null) {
            spring.connections.destroy();
        }
        if (redisson != null) {
            redisson.shutdown();
        }
    }
}
