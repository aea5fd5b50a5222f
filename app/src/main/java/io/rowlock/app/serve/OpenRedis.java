package io.rowlock.app.serve;

import io.rowlock.cache.SharedTier;
import io.rowlock.engines.RedisServer;
import io.rowlock.redis.RedisTier;
import io.rowlock.redis.RedisTierOptions;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The way to the Redis that a service's caches share, and the server behind it if that was started here. */
final class OpenRedis implements AutoCloseable {
    private final @Nullable RedisTierOptions options;
    private final @Nullable RedisServer server;
    private final String title;

    private OpenRedis(@Nullable RedisTierOptions options, @Nullable RedisServer server, String title) {
        this.options = options;
        this.server = server;
        this.title = title;
    }

    /**
     * Starts a server if one is asked for. Whether one that was named answers is not asked: the service does without it until it does.
     *
     * @throws CannotStart if a server is not to be had here
     */
    static OpenRedis open(RedisChoice choice) throws CannotStart {
        if (choice instanceof RedisChoice.Own) {
            RedisServer server = EngineServer.startTemporaryRedis();
            RedisTierOptions options = RedisTierOptions.at("redis://" + server.host() + ":" + server.port())
                    .withPassword(server.password());
            return new OpenRedis(options, server, "Redis, started for this service");
        }
        return choice instanceof RedisChoice.Given given
                ? new OpenRedis(given.options(), null, "Redis, " + given.url())
                : new OpenRedis(null, null, "");
    }

    /** The tier of a cache, which closes it; empty if there is none. */
    Optional<SharedTier> tier() {
        return Optional.ofNullable(options).map(RedisTier::at);
    }

    /** What it is, for people; empty if there is none. */
    String title() {
        return title;
    }

    @Override
    public void close() {
        if (server != null) {
            server.close();
        }
    }
}
