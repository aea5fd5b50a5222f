package io.rowlock.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.sentinel.api.sync.RedisSentinelCommands;
import io.rowlock.cache.TierAway;
import io.rowlock.engines.Eventually;
import io.rowlock.engines.RedisServer;
import io.rowlock.engines.RedisServer.Durability;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** On a master that Sentinel names, which dies. */
class RedisSentinelTest extends RedisTierContract {
    private static final Duration LIMIT = Duration.ofSeconds(40);
    private static final String NAME = "main";

    /** A master, a replica, and one Sentinel, whose word is enough. */
    private static final class Watched implements AutoCloseable {
        final String password = UUID.randomUUID().toString();
        final RedisServer master = server();
        final RedisServer replica = server();
        final RedisServer sentinel = RedisServer.startTemporarySentinel();
        private final RedisClient client = RedisClient.create();
        final RedisSentinelCommands<String, String> watcher = client.connectSentinel(
                        RedisURI.create(sentinel.host(), sentinel.port()))
                .sync();

        /** Passwords last: a Sentinel that was refused before it had one comes back only when it takes the server for dead. */
        Watched() {
            try (Keys admin = new Keys(open(replica))) {
                admin.redis().replicaof(master.host(), master.port());
                Eventually.until(
                        "it follows",
                        LIMIT,
                        () -> admin.redis().info("replication").contains("master_link_status:up"));
            }
            watcher.monitor(NAME, master.host(), master.port(), 1);
            watcher.set(NAME, "auth-pass", password);
            Eventually.until(
                    "it knows the replica", LIMIT, () -> !watcher.replicas(NAME).isEmpty());
            for (RedisServer server : List.of(replica, master)) {
                try (Keys admin = new Keys(open(server))) {
                    admin.redis().configSet("masterauth", password);
                    admin.redis().configSet("requirepass", password);
                }
            }
        }

        /** One that asks for no password yet. */
        private static RedisServer server() {
            RedisServer server = RedisServer.startTemporary(Durability.NONE, Map.of());
            try (Keys admin = new Keys(server.uri())) {
                admin.redis().configSet("requirepass", "");
            }
            return server;
        }

        private static URI open(RedisServer server) {
            return URI.create("redis://" + server.host() + ":" + server.port());
        }

        private URI uri(RedisServer server) {
            return URI.create("redis://:" + password + "@" + server.host() + ":" + server.port());
        }

        URI uri() {
            return URI.create(
                    "redis-sentinel://:" + password + "@" + sentinel.host() + ":" + sentinel.port() + "#" + NAME);
        }

        @Override
        public void close() {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
            sentinel.close();
            replica.close();
            master.close();
        }
    }

    private static Watched watched;

    @BeforeAll
    static void start() {
        watched = new Watched();
    }

    @AfterAll
    static void stop() {
        watched.close();
    }

    @Override
    Keys newKeys() {
        return new Keys(watched.uri());
    }

    @Test
    void itIsTheServerThatIsNamedByWhicheverIsThere() {
        URI firstIsGone = URI.create(watched.uri().toString().replace("@", "@127.0.0.1:1,"));
        try (RedisTier straight = RedisTier.at(Keys.options(watched.uri(watched.master)));
                RedisTier other = RedisTier.at(Keys.options(firstIsGone))) {
            assertThat(tier.identity()).isEqualTo(straight.identity());
            assertThat(other.identity()).isEqualTo(straight.identity());
            assertThat(other.toString()).contains("127.0.0.1:1,").doesNotContain(watched.password);
        }
    }

    @Test
    void aMasterThatDiesMakesAnotherIdentity() {
        Ear ear = new Ear();
        try (Watched failing = new Watched();
                RedisTier one = RedisTier.at(Keys.options(failing.uri()))) {
            one.listen(ear);
            String before = one.identity();
            assertThat(ProcessHandle.of(failing.master.pid()).orElseThrow().destroyForcibly())
                    .isTrue();
            Eventually.until("it noticed", LIMIT, () -> ear.told.contains("disconnected"));
            assertThatThrownBy(() -> one.look(key, "a", LONG)).hasMessageContaining("not connected");
            assertThatThrownBy(one::identity).isInstanceOf(TierAway.class);

            Eventually.eventually(
                    LIMIT, () -> assertThat(failing.watcher.failover(NAME)).isEqualTo("OK"));
            Eventually.eventually(LIMIT, () -> assertThat(one.identity()).isNotEqualTo(before));
            try (RedisTier straight = RedisTier.at(Keys.options(failing.uri(failing.replica)))) {
                assertThat(one.identity()).isEqualTo(straight.identity());
            }
            assertThat(one.look(Keys.on(one, key), "a", LONG)).isNotNull();
        }
        assertThat(ear.told).containsExactly("connected", "disconnected", "connected", "disconnected");
    }
}
