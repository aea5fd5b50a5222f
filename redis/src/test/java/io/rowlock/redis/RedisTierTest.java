package io.rowlock.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowlock.cache.SharedTier.Granted;
import io.rowlock.cache.SharedTier.Loading;
import io.rowlock.cache.TierAway;
import io.rowlock.engines.Eventually;
import io.rowlock.engines.RedisServer;
import io.rowlock.engines.RedisServer.Durability;
import io.rowlock.engines.TcpProxy;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** On a server by itself. */
class RedisTierTest extends RedisTierContract {

    @Override
    Keys newKeys() {
        return Keys.shared();
    }

    @Test
    void aWrongPasswordIsAwayAndIsNotRepeated() {
        URI wrong = URI.create("redis://:wrong-secret@" + keys.uri.getHost() + ":" + keys.uri.getPort());
        try (RedisTier other = RedisTier.at(RedisTierOptions.at(wrong))) {
            assertThatThrownBy(other::identity)
                    .isInstanceOf(TierAway.class)
                    .satisfies(away -> assertThat(away.getMessage()).doesNotContain("wrong-secret"));
            assertThat(other.toString()).doesNotContain("wrong-secret");
        }
        assertThatThrownBy(() -> RedisTierOptions.at("redis://:a secret@host"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("secret");
    }

    /** A server that stands still holds nobody for longer than a call may take, and is not used until it has answered again. */
    @Test
    void aServerThatHangsIsGivenUp() {
        try (TcpProxy proxy = TcpProxy.to(keys.uri.getHost(), keys.uri.getPort())) {
            URI through = URI.create("redis://" + keys.uri.getUserInfo() + "@" + proxy.host() + ":" + proxy.port());
            try (RedisTier slow = RedisTier.at(
                    RedisTierOptions.at(through).withPrefix(keys.prefix).withCallMax(Duration.ofMillis(200)))) {
                String identity = slow.identity();
                assertThat(slow.look(key, "a", LONG)).isInstanceOf(Granted.class);

                proxy.stall();
                assertThatThrownBy(() -> slow.look(key, "b", LONG))
                        .isInstanceOf(TierAway.class)
                        .hasMessageContaining("no answer in time");
                assertThatThrownBy(() -> slow.look(key, "b", LONG)).hasMessageContaining("not connected");
                proxy.resume();

                Eventually.eventually(() -> assertThat(slow.identity()).isEqualTo(identity));
                assertThat(slow.look(key, "c", LONG)).isInstanceOf(Loading.class);
            }
        }
    }

    /** One that was started again, or follows another, is not who it was. */
    @Test
    void anotherServerHasAnotherIdentity() {
        try (RedisServer one = RedisServer.startTemporary(Durability.NONE, Map.of());
                RedisServer two = RedisServer.startTemporary(Durability.NONE, Map.of());
                RedisTier first = RedisTier.at(RedisTierOptions.at(one.uri()));
                RedisTier second = RedisTier.at(RedisTierOptions.at(two.uri()));
                Keys admin = new Keys(two.uri())) {
            assertThat(first.identity()).isNotEqualTo(second.identity());
            String before = second.identity();
            admin.redis().configSet("masterauth", one.password());
            admin.redis().replicaof("127.0.0.1", one.port());
            assertThatThrownBy(second::identity).isInstanceOf(TierAway.class).hasMessageContaining("role");
            admin.redis().replicaofNoOne();
            assertThat(second.identity()).isNotEqualTo(before);
        }
    }

    /** What is done on one connection would not be told on the other. */
    @Test
    void bothConnectionsLeadToOneServer() {
        try (RedisServer one = RedisServer.startTemporary(Durability.NONE, Map.of());
                RedisServer two = RedisServer.startTemporary(Durability.NONE, Map.of());
                Switchboard balancer = new Switchboard()) {
            for (RedisServer server : List.of(one, two)) {
                try (Keys admin = new Keys(server.uri())) {
                    admin.redis().configSet("requirepass", "of-both");
                }
            }
            balancer.inTurnTo(one.uri(), two.uri());
            try (RedisTier other = RedisTier.at(Keys.options(balancer.uri("of-both")))) {
                assertThatThrownBy(other::identity).isInstanceOf(TierAway.class).hasMessageContaining("two servers");
            }
        }
    }

    @Test
    void optionsRefuseWhatCannotBe() {
        RedisTierOptions options = RedisTierOptions.at("redis://127.0.0.1");
        for (String uri :
                List.of("redis-sentinel://:se-cret@h", "redis://:se-cret@h/x", "http://:se-cret@h", "redis://")) {
            assertThatThrownBy(() -> RedisTierOptions.at(uri))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("Not the URI of a Redis")
                    .hasMessageNotContaining("se-cret");
        }
        assertThatThrownBy(() -> options.withPrefix("a:b")).hasMessageContaining("prefix");
        assertThatThrownBy(() -> options.withCallMax(Duration.ZERO)).hasMessageContaining("callMax");
        assertThatThrownBy(() -> options.withConnectMax(Duration.ofMillis(-1))).hasMessageContaining("connectMax");
        assertThat(options.withTrustStore(Path.of("a.p12"), "trust-secret").toString())
                .doesNotContain("trust-secret");
    }
}
