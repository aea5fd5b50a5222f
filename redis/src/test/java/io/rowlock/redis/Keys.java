package io.rowlock.redis;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.RedisClusterURIUtil;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import io.rowlock.cache.SharedTier.TierKey;
import io.rowlock.engines.RedisServer;
import io.rowlock.lab.cache.PatternStore;
import java.net.URI;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.UUID;

/** A Redis as tests see it: keys under a name of the test's own, gone when it ends. */
final class Keys implements AutoCloseable {
    private static final String IS_NEWER = """
            local v, b = redis.call('HGET', KEYS[1], 'v'), redis.call('HGET', KEYS[1], 'b')
            local limit = tonumber(ARGV[2])
            if (v and tonumber(v) > limit) or (b and tonumber(b) > limit) then return 0 end
            """;
    private static final String SET_UNLESS_NEWER = IS_NEWER + "redis.call('HSET', KEYS[1], 'v', ARGV[1]) return 1";
    private static final String BURY =
            IS_NEWER + "redis.call('HDEL', KEYS[1], 'v') redis.call('HSET', KEYS[1], 'b', ARGV[1]) return 1";

    final URI uri;
    final String prefix = "test-" + UUID.randomUUID().toString().substring(0, 8);
    private final AbstractRedisClient client;
    private final StatefulConnection<String, String> connection;
    private final RedisClusterCommands<String, String> redis;
    private long number;

    Keys(URI uri) {
        this.uri = uri;
        RedisClient one = RedisClient.create(uri.toString());
        this.client = one;
        StatefulRedisConnection<String, String> line = one.connect();
        this.connection = line;
        this.redis = line.sync();
    }

    /** Of all its masters. */
    Keys(Cluster cluster) {
        this.uri = cluster.uri();
        RedisClusterClient all = RedisClusterClient.create(RedisClusterURIUtil.toRedisURIs(uri));
        this.client = all;
        StatefulRedisClusterConnection<String, String> line = all.connect();
        this.connection = line;
        this.redis = line.sync();
    }

    static Keys shared() {
        return new Keys(RedisServer.shared());
    }

    RedisClusterCommands<String, String> redis() {
        return redis;
    }

    RedisTierOptions options() {
        return options(uri).withPrefix(prefix);
    }

    /** With bounds that a busy machine keeps. */
    static RedisTierOptions options(URI uri) {
        return RedisTierOptions.at(uri).withCallMax(Duration.ofSeconds(5)).withConnectMax(Duration.ofSeconds(10));
    }

    RedisTier tier() {
        RedisTier tier = RedisTier.at(options());
        assertConnected(tier);
        return tier;
    }

    /** Where a tier has a key. */
    /** The same key, at the store that this tier is on now. */
    static TierKey on(RedisTier tier, TierKey key) {
        return new TierKey(tier.identity(), key.region(), key.epoch(), key.key());
    }

    String at(TierKey key) {
        return at(prefix, key);
    }

    static String at(String prefix, TierKey key) {
        return prefix + ":cache:" + key.region() + ":" + key.epoch() + ":{" + key.key() + "}";
    }

    private static void assertConnected(RedisTier tier) {
        if (tier.identity().isEmpty()) {
            throw new IllegalStateException("No identity");
        }
    }

    String nextKey() {
        return prefix + ":" + ++number;
    }

    /** A key of its own, empty. */
    PatternStore store() {
        String key = nextKey();
        RedisClusterCommands<String, String> redis = redis();
        return new PatternStore() {
            @Override
            public OptionalLong get() {
                String value = redis.hget(key, "v");
                return value == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(value));
            }

            @Override
            public void set(long version) {
                redis.hset(key, "v", Long.toString(version));
            }

            @Override
            public void setIfAbsent(long version) {
                redis.hsetnx(key, "v", Long.toString(version));
            }

            @Override
            public void setUnlessNewer(long version) {
                eval(SET_UNLESS_NEWER, version, version);
            }

            @Override
            public void bury(long version) {
                eval(BURY, version, version - 1);
            }

            private void eval(String script, long version, long limit) {
                Long unused = redis.eval(
                        script,
                        ScriptOutputType.INTEGER,
                        new String[] {key},
                        Long.toString(version),
                        Long.toString(limit));
            }

            @Override
            public void delete() {
                redis.del(key);
            }
        };
    }

    @Override
    public void close() {
        for (String key : redis().keys(prefix + "*")) {
            redis().unlink(key);
        }
        connection.close();
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    }
}
