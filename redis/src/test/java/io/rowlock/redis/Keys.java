package io.rowlock.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.rowlock.engines.RedisServer;
import io.rowlock.lab.cache.PatternStore;
import java.net.URI;
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
    private final RedisClient client;
    private final StatefulRedisConnection<String, String> connection;
    private long number;

    Keys(URI uri) {
        this.uri = uri;
        this.client = RedisClient.create(uri.toString());
        this.connection = client.connect();
    }

    static Keys shared() {
        return new Keys(RedisServer.shared());
    }

    RedisCommands<String, String> redis() {
        return connection.sync();
    }

    RedisTier tier() {
        RedisTier tier = RedisTier.at(RedisTierOptions.at(uri).withPrefix(prefix));
        assertConnected(tier);
        return tier;
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
        RedisCommands<String, String> redis = redis();
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
        client.shutdown();
    }
}
