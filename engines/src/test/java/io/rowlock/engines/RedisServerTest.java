package io.rowlock.engines;

import static io.rowlock.engines.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowlock.engines.RedisServer.Durability;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedisServerTest {

    private static final String URL = "rowlock.redis.url";

    @TempDir
    Path temporary;

    @Test
    void itAnswersWhoeverHasThePasswordAndNobodyElse() throws IOException {
        try (RedisServer server = RedisServer.startTemporary(Durability.NONE, Map.of("maxmemory", "16mb"))) {
            assertThat(server.uri())
                    .isEqualTo(URI.create("redis://:%s@127.0.0.1:%d".formatted(server.password(), server.port())));
            try (Resp redis = connect(server)) {
                assertThat(redis.ask("PING")).isEqualTo("PONG");
                assertThat(redis.ask("SET", "boat", "zwölf")).isEqualTo("OK");
                assertThat(redis.ask("GET", "boat")).isEqualTo("zwölf");
                assertThat(redis.ask("GET", "nothing")).isNull();
                assertThat(redis.ask("STRLEN", "boat")).isEqualTo(6L);
                assertThat(redis.ask("CONFIG", "GET", "maxmemory")).isEqualTo(List.of("maxmemory", "16777216"));
            }
            assertThatThrownBy(() -> ask(server.port(), "", "PING")).hasMessageContaining("NOAUTH");
            assertThatThrownBy(() -> ask(server.port(), "wrong", "PING")).hasMessageContaining("WRONGPASS");
        }
    }

    @Test
    void itListensOnTheLoopbackInterfaceAlone() throws IOException {
        try (RedisServer server = RedisServer.startTemporary(Durability.NONE, Map.of());
                Resp redis = connect(server)) {
            assertThat(redis.ask("CONFIG", "GET", "bind")).isEqualTo(List.of("bind", "127.0.0.1"));
            assertThat(redis.ask("CONFIG", "GET", "protected-mode")).isEqualTo(List.of("protected-mode", "yes"));
        }
    }

    @Test
    void itIsAsDurableAsWasAskedFor() throws IOException {
        RedisServer kept = RedisServer.start(temporary, Durability.EVERY_WRITE, Map.of());
        assertThat(kept.settings())
                .containsEntry("appendonly", "yes")
                .containsEntry("appendfsync", "always")
                .hasEntrySatisfying(
                        "redis_version", version -> assertThat(version).matches("([6-9]|\\d\\d)\\..*"));
        assertThatThrownBy(() -> RedisServer.start(temporary, Durability.EVERY_WRITE, Map.of()))
                .isInstanceOf(EngineUnavailable.class)
                .hasMessageContaining("in use by another server");
        try (Resp redis = connect(kept)) {
            assertThat(redis.ask("SET", "boat", "1")).isEqualTo("OK");
        }
        ProcessHandle.of(kept.pid()).orElseThrow().destroyForcibly();
        kept.close();

        try (RedisServer again = RedisServer.start(temporary, Durability.EVERY_WRITE, Map.of());
                Resp redis = connect(again)) {
            assertThat(again.password()).isEqualTo(kept.password());
            assertThat(redis.ask("GET", "boat")).isEqualTo("1");
        }
        try (RedisServer other = RedisServer.startTemporary(Durability.NONE, Map.of())) {
            assertThat(other.durability()).isEqualTo(Durability.NONE);
            assertThat(other.settings()).containsEntry("appendonly", "no").containsEntry("save", "");
        }
    }

    @Test
    void aClosedServerLeavesNothing() {
        RedisServer server = RedisServer.startTemporary(Durability.EVERY_SECOND, Map.of());
        assertThat(ProcessId.of(server.pid())).isPresent();

        server.close();
        server.close();

        assertThat(ProcessId.of(server.pid())).isEmpty();
        assertThat(server.folder()).doesNotExist();
    }

    @Test
    void aKilledJvmLeavesNoServer() {
        try (Fork fork = Fork.start(List.of(), "redis")) {
            Fork.Told told = fork.told();
            assertThat(ProcessId.of(told.pid())).isPresent();

            fork.kill();

            eventually(() -> {
                assertThat(ProcessId.of(told.pid())).isEmpty();
                assertThat(told.folder()).doesNotExist();
            });
        }
    }

    @Test
    void theWholeBuildHasOne() throws IOException {
        URI shared = RedisServer.shared();
        assertThat(RedisServer.shared()).isEqualTo(shared);
        if (System.getenv("ROWLOCK_REDIS_URL") == null) {
            String password = shared.getUserInfo().substring(1);
            assertThat(ask(shared.getPort(), password, "PING")).isEqualTo("PONG");
        }
    }

    @Test
    void aServerNamedByUrlIsUsedAndAnythingElseRefused() {
        String before = System.getProperty(URL, "");
        try {
            System.setProperty(URL, "redis://me:secret@cache.example:6380/3");
            assertThat(RedisServer.shared()).isEqualTo(URI.create("redis://me:secret@cache.example:6380/3"));
            System.setProperty(URL, "http://me:secret@cache.example");
            assertThatThrownBy(RedisServer::shared)
                    .isInstanceOf(EngineUnavailable.class)
                    .hasMessageContaining("expected=redis://")
                    .message()
                    .doesNotContain("secret");
        } finally {
            System.setProperty(URL, before);
        }
    }

    /** It listens to the others ten thousand above its port, wherever the system gives out ports. */
    @Test
    void aMemberOfAClusterHasRoomForItsBus() throws IOException {
        try (RedisServer server = RedisServer.startTemporary(Durability.NONE, Map.of("cluster-enabled", "yes"));
                Resp redis = connect(server)) {
            assertThat(server.port()).isLessThanOrEqualTo(55_535);
            assertThat(redis.ask("CLUSTER", "INFO")).asString().contains("cluster_state:fail");
        }
    }

    @Test
    void aSentinelAnswersWithoutAPasswordAndWatchesNobody() throws IOException {
        try (RedisServer sentinel = RedisServer.startTemporarySentinel()) {
            assertThat(ask(sentinel.port(), "", "SENTINEL", "MASTERS")).isEqualTo(List.of());
        }
    }

    @Test
    void aServerThatRefusesToStartTellsWhy() throws IOException {
        assertThatThrownBy(() -> RedisServer.startTemporary(Durability.NONE, Map.of("no-such-setting", "1"))
                        .close())
                .isInstanceOf(EngineUnavailable.class)
                .hasMessageContaining("The server did not start (engine=REDIS")
                .hasMessageContaining("no-such-setting");
        Files.createDirectories(temporary.resolve("data"));
        assertThatThrownBy(() -> RedisServer.start(temporary, Durability.NONE, Map.of()))
                .isInstanceOf(EngineUnavailable.class)
                .hasMessageContaining("holds something else");
    }

    private static Resp connect(RedisServer server) throws IOException {
        return Resp.connect(new LocalServer.Reach(server.port(), server.password()));
    }

    private static Object ask(int port, String password, String... words) throws IOException {
        try (Resp redis = Resp.connect(new LocalServer.Reach(port, password))) {
            return redis.ask(words);
        }
    }
}
