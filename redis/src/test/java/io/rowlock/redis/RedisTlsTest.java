package io.rowlock.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.rowlock.Version;
import io.rowlock.cache.SharedTier.Change;
import io.rowlock.cache.SharedTier.Granted;
import io.rowlock.cache.SharedTier.TierKey;
import io.rowlock.cache.TierAway;
import io.rowlock.engines.Eventually;
import io.rowlock.engines.RedisServer;
import io.rowlock.engines.RedisServer.Durability;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On servers that speak TLS and nothing else, with a certificate that nobody has signed. */
class RedisTlsTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final TierKey KEY = new TierKey("", "books", 7, "one");

    @TempDir
    static Path folder;

    @TempDir
    static Path otherFolder;

    private static Certificate certificate;
    private static RedisServer server;

    @BeforeAll
    static void start() throws Exception {
        certificate = Certificate.of(folder, "ip:127.0.0.1");
        server = server(certificate);
    }

    private static RedisServer server(Certificate certificate) {
        RedisServer server = RedisServer.startTemporary(Durability.NONE, certificate.settings());
        RedisClient client = RedisClient.create(server.uri().toString());
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            speakTlsAlone(connection.sync(), server.port());
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        }
        return server;
    }

    /** At the port at which it was found to answer; what is connected stays so. */
    private static void speakTlsAlone(RedisCommands<String, String> redis, int port) {
        redis.configSet("port", "0");
        redis.configSet("tls-port", Integer.toString(port));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static RedisTierOptions options(RedisServer of) {
        return Keys.options(URI.create("rediss://" + of.host() + ":" + of.port()))
                .withPassword(of.password());
    }

    private static void assertAway(RedisTierOptions options, String why) {
        try (RedisTier tier = RedisTier.at(options)) {
            assertThatThrownBy(tier::identity)
                    .isInstanceOf(TierAway.class)
                    .hasMessageContaining(why)
                    .hasMessageNotContaining(server.password())
                    .hasMessageNotContaining(Certificate.PASSWORD);
        }
    }

    @Test
    void whoeverTrustsItConnects() {
        Ear ear = new Ear();
        try (RedisTier tier = RedisTier.at(options(server).withTrustStore(certificate.trust(), Certificate.PASSWORD))) {
            tier.listen(ear);
            assertThat(tier.identity()).isNotEmpty();
            TierKey key = Keys.on(tier, KEY);
            assertThat(tier.look(key, "a", LONG)).isInstanceOf(Granted.class);
            tier.release(List.of(new Change(key, Version.of(2))), "w", LONG);
            Eventually.until("it was told", Duration.ofSeconds(10), () -> ear.hasHeard(KEY));
        }
    }

    @Test
    void whoeverDoesNotTrustItIsAwayAndSaysWhy() {
        assertAway(options(server), "its certificate is not accepted");
        assertAway(
                options(server).withTrustStore(certificate.trust(), "another"),
                "the password of the trust store is wrong");
        assertAway(
                Keys.options(URI.create("redis://127.0.0.1:" + server.port())).withPassword(server.password()),
                "during=connect");
        assertAway(
                options(server)
                        .withTrustStore(certificate.trust(), Certificate.PASSWORD)
                        .withPassword("wrong-secret"),
                "WRONGPASS");
    }

    @Test
    void theCertificateIsOfTheHostUnlessNobodyLooks() throws Exception {
        Certificate other = Certificate.of(otherFolder, "dns:elsewhere.example.org");
        try (RedisServer elsewhere = server(other)) {
            RedisTierOptions options = options(elsewhere).withTrustStore(other.trust(), Certificate.PASSWORD);
            assertAway(options, "its certificate is not accepted");
            try (RedisTier tier = RedisTier.at(options.withoutPeerVerification())) {
                assertThat(tier.identity()).isNotEmpty();
            }
        }
    }

    @Test
    void allMembersOfAClusterSpeakIt() {
        try (Cluster cluster = new Cluster(2, 0, certificate.settings())) {
            for (Cluster.Node node : cluster.masters) {
                // Of a bus without TLS, it would tell the ports without.
                node.redis()
                        .configSet(
                                "cluster-announce-port",
                                Integer.toString(node.server().port()));
                speakTlsAlone(node.redis(), node.server().port());
            }
            URI uri = URI.create(cluster.uri().toString().replace("redis:", "rediss:"));
            assertAway(Keys.options(uri), "its certificate is not accepted");
            try (RedisTier tier =
                    RedisTier.at(Keys.options(uri).withTrustStore(certificate.trust(), Certificate.PASSWORD))) {
                Eventually.eventually(
                        Cluster.LIMIT, () -> assertThat(tier.identity()).isNotEmpty());
                String store = tier.identity();
                List<TierKey> many = IntStream.range(0, 50)
                        .mapToObj(i -> new TierKey(store, "books", 7, "k" + i))
                        .toList();
                tier.intend(many, "w", LONG);
                cluster.masters.forEach(
                        master -> assertThat(master.redis().dbsize()).isPositive());
            }
        }
    }
}
