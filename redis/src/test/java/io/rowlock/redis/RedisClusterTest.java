package io.rowlock.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.KillArgs;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.rowlock.Version;
import io.rowlock.cache.SharedTier.Change;
import io.rowlock.cache.SharedTier.Granted;
import io.rowlock.cache.SharedTier.Loading;
import io.rowlock.cache.SharedTier.TierKey;
import io.rowlock.cache.TierAway;
import io.rowlock.engines.Eventually;
import io.rowlock.engines.RedisServer;
import io.rowlock.engines.RedisServer.Durability;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** On a cluster of three masters, whose slots move, whose masters hang and die, and who no longer hear each other. */
class RedisClusterTest extends RedisTierContract {
    private static Cluster cluster;

    @BeforeAll
    static void start() {
        cluster = new Cluster(3, 0);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Override
    Keys newKeys() {
        return new Keys(cluster);
    }

    /** A key that this master serves. */
    private static TierKey keyAt(String store, Cluster in, String prefix, int master) {
        return IntStream.range(0, 1000)
                .mapToObj(i -> new TierKey(store, "books", 7, "k" + i))
                .filter(one -> in.ownerOf(Keys.at(prefix, one)) == master)
                .findFirst()
                .orElseThrow();
    }

    private TierKey keyAt(int master) {
        return keyAt(store, cluster, keys.prefix, master);
    }

    private static void assertAway(RedisTier tier, TierKey key, String why) {
        assertThatThrownBy(() -> tier.look(key, "away", LONG))
                .isInstanceOf(TierAway.class)
                .hasMessageContaining(why);
    }

    @Test
    void keysAreOnAllMasters() {
        List<TierKey> many = IntStream.range(0, 100)
                .mapToObj(i -> new TierKey(store, "books", 7, "k" + i))
                .toList();
        tier.intend(many, "w", LONG);
        for (Cluster.Node master : cluster.masters) {
            assertThat(master.redis().keys(keys.prefix + "*")).isNotEmpty();
        }
        assertThat(keys.redis().keys(keys.prefix + "*"))
                .containsExactlyInAnyOrderElementsOf(many.stream().map(keys::at).toList());
    }

    @Test
    void anyMemberLeadsToAllAndOneThatIsGoneIsPassedOver() {
        String identity = tier.identity();
        assertThat(identity).matches("[ -~]{1,200}");
        RedisServer gone = RedisServer.startTemporary(Durability.NONE, Map.of());
        gone.close();
        String last = cluster.uri(cluster.masters.subList(2, 3)).toString();
        for (String uri : List.of(last, last.replace("@", "@127.0.0.1:" + gone.port() + ","))) {
            try (RedisTier other = RedisTier.at(Keys.options(URI.create(uri)))) {
                assertThat(other.identity()).isEqualTo(identity);
                assertThat(other.toString()).doesNotContain(cluster.password);
            }
        }
    }

    @Test
    void ofManyHostsAllAreOfACluster() {
        try (RedisServer alone = RedisServer.startTemporary(Durability.NONE, Map.of());
                RedisTier other =
                        RedisTier.at(Keys.options(URI.create("redis://127.0.0.1:" + alone.port() + ",127.0.0.1:1"))
                                .withPassword(alone.password()))) {
            assertThatThrownBy(other::identity)
                    .isInstanceOf(TierAway.class)
                    .hasMessageContaining("no member of a cluster")
                    .hasMessageNotContaining(alone.password());
        }
        assertThatThrownBy(() -> RedisTierOptions.at("redis://127.0.0.1:1,127.0.0.1:2/3"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("database");
    }

    // ---- being told

    /** What one publishes the others do not pass on: only who listens to each hears of each. */
    @Test
    void everyChangeIsHeardThoughTheMastersDoNotHearEachOther() {
        Ear ear = new Ear();
        try (RedisTier other = RedisTier.at(keys.options())) {
            other.listen(ear);
            assertThat(other.identity()).isEqualTo(tier.identity());
            cluster.masters.forEach(master -> master.bus().stall());
            try {
                for (int master = 0; master < 3; master++) {
                    TierKey one = keyAt(master);
                    tier.release(List.of(new Change(one, Version.of(2))), "w", LONG);
                    Eventually.until("the other was told", Duration.ofSeconds(10), () -> ear.hasHeard(one));
                }
            } finally {
                cluster.masters.forEach(master -> master.bus().resume());
            }
        }
    }

    /** A process that is told of the changes of some keys only is told of none. */
    @Test
    void whoIsNotToldByAllIsNotConnected() {
        Ear ear = new Ear();
        try (RedisTier other = RedisTier.at(keys.options())) {
            other.listen(ear);
            allowSubscribing(cluster.masters.get(2), "-subscribe");
            try {
                assertThatThrownBy(other::identity).isInstanceOf(TierAway.class);
                assertThat(ear.told).isEmpty();
            } finally {
                allowSubscribing(cluster.masters.get(2), "+subscribe");
            }
            assertThat(other.identity()).isEqualTo(tier.identity());
            assertThat(ear.told).containsExactly("connected");
        }
    }

    private static void allowSubscribing(Cluster.Node master, String rule) {
        String done = master.redis()
                .dispatch(
                        CommandType.ACL,
                        new StatusOutput<>(StringCodec.UTF8),
                        new CommandArgs<>(StringCodec.UTF8)
                                .add("SETUSER")
                                .add("default")
                                .add(rule));
        assertThat(done).isEqualTo("OK");
    }

    @Test
    void aSubscriptionThatEndsEndsAll() {
        Ear ear = new Ear();
        try (RedisTier other = RedisTier.at(keys.options())) {
            other.listen(ear);
            String identity = other.identity();
            cluster.masters.get(1).redis().clientKill(KillArgs.Builder.typePubsub());
            Eventually.until("it noticed", Duration.ofSeconds(10), () -> ear.told.contains("disconnected"));
            for (int master = 0; master < 3; master++) {
                assertAway(other, keyAt(master), "not connected");
            }
            assertThat(other.identity()).isEqualTo(identity);
            assertThat(other.look(keyAt(1), "a", LONG)).isInstanceOf(Granted.class);
        }
        assertThat(ear.told).containsExactly("connected", "disconnected", "connected", "disconnected");
    }

    // ---- slots

    @Test
    void whereASlotHasGoneNobodyFollowsAndTheIdentityIsAnother() {
        String before = tier.identity();
        TierKey one = keyAt(0);
        TierKey other = keyAt(2);
        int slot = SlotHash.getSlot(keys.at(one));
        assertThat(tier.look(one, "a", LONG)).isInstanceOf(Granted.class);
        TierKey absent = new TierKey(store, "shelf", 7, one.key());
        assertThat(SlotHash.getSlot(keys.at(absent))).isEqualTo(slot);

        cluster.beginToMove(slot, cluster.masters.get(0), cluster.masters.get(1));
        assertAway(tier, absent, "ASK");
        assertAway(tier, other, "not connected");
        assertThatThrownBy(tier::identity).isInstanceOf(TierAway.class).hasMessageContaining("being moved");
        cluster.move(slot, cluster.masters.get(0), cluster.masters.get(1));

        Eventually.eventually(() -> assertThat(tier.identity()).isNotEqualTo(before));
        one = Keys.on(tier, one);
        assertThat(tier.look(one, "b", LONG)).isInstanceOf(Loading.class);

        // And back, while somebody still goes by what he was told before.
        String between = tier.identity();
        cluster.beginToMove(slot, cluster.masters.get(1), cluster.masters.get(0));
        cluster.move(slot, cluster.masters.get(1), cluster.masters.get(0));
        assertAway(tier, one, "MOVED");
        assertAway(tier, other, "not connected");
        Eventually.eventually(() -> assertThat(tier.identity()).isNotEqualTo(between));
        assertThat(tier.look(Keys.on(tier, one), "c", LONG)).isInstanceOf(Loading.class);
    }

    /** Whoever asks for the identity alone sees it too, between whichever masters it was. */
    @Test
    void aSlotThatMovedWhileNobodyUsedItMakesAnotherIdentity() {
        for (int from = 0; from < 3; from++) {
            String before = tier.identity();
            Cluster.Node old = cluster.masters.get(from);
            Cluster.Node next = cluster.masters.get((from + 1) % 3);
            int slot = SlotHash.getSlot(keys.at(keyAt(from)));
            cluster.beginToMove(slot, old, next);
            cluster.move(slot, old, next);
            assertThatThrownBy(tier::identity).isInstanceOf(TierAway.class).hasMessageContaining("slots have moved");
            Eventually.eventually(() -> assertThat(tier.identity()).isNotEqualTo(before));
        }
    }

    @Test
    void aSlotThatNobodyServesIsAway() {
        String before = tier.identity();
        TierKey one = keyAt(1);
        int slot = SlotHash.getSlot(keys.at(one));
        Cluster.Node master = cluster.masters.get(1);
        master.redis().clusterDelSlots(slot);
        try {
            assertAway(tier, one, "CLUSTERDOWN");
            assertAway(tier, keyAt(0), "not connected");
            assertThatThrownBy(tier::identity).isInstanceOf(TierAway.class);
            try (RedisTier other = RedisTier.at(Keys.options(cluster.uri(List.of(master))))) {
                assertThatThrownBy(other::identity)
                        .isInstanceOf(TierAway.class)
                        .hasMessageContaining("slots that nobody serves");
            }
        } finally {
            master.redis().clusterAddSlots(slot);
        }
        Eventually.eventually(() -> assertThat(tier.identity()).isEqualTo(before));
    }

    // ---- masters

    @Test
    void aMasterThatHangsEndsAll() throws IOException, InterruptedException {
        try (RedisTier slow = RedisTier.at(keys.options().withCallMax(Duration.ofMillis(500)))) {
            Eventually.eventually(() -> assertThat(slow.identity()).isEqualTo(tier.identity()));
            signal("STOP", cluster.masters.get(2));
            try {
                assertAway(slow, keyAt(2), "no answer in time");
                assertAway(slow, keyAt(0), "not connected");
            } finally {
                signal("CONT", cluster.masters.get(2));
            }
            Eventually.eventually(() -> assertThat(slow.identity()).isEqualTo(tier.identity()));
        }
    }

    private static void signal(String name, Cluster.Node node) throws IOException, InterruptedException {
        int exit = new ProcessBuilder(
                        "kill", "-" + name, Long.toString(node.server().pid()))
                .start()
                .waitFor();
        assertThat(exit).isZero();
    }

    @Test
    void aMasterThatWasAReplicaForAWhileOrDiesMakesAnotherIdentity() {
        Ear ear = new Ear();
        try (Cluster failing = new Cluster(3, 1);
                RedisTier one = RedisTier.at(Keys.options(failing.uri()));
                RedisTier other = RedisTier.at(Keys.options(failing.uri(failing.replicas)))) {
            other.listen(ear);
            String first = agreed(one, other, List.of());
            failing.promote(failing.replicas.get(0), false);
            String between = agreed(one, other, List.of(first));
            failing.promote(failing.masters.get(0), false);
            // All is where it was, but what was done in between may be missing.
            String before = agreed(one, other, List.of(first, between));
            TierKey key = keyAt(before, failing, "rowlock", 0);
            assertThat(one.look(key, "a", LONG)).isInstanceOf(Granted.class);

            failing.masters.get(0).kill();
            Eventually.until("it noticed", Cluster.LIMIT, () -> ear.last().equals("disconnected"));
            for (int master = 0; master < 3; master++) {
                TierKey any = keyAt(before, failing, "rowlock", master);
                assertThatThrownBy(() -> other.look(any, "b", LONG)).isInstanceOf(TierAway.class);
            }
            assertThatThrownBy(other::identity).isInstanceOf(TierAway.class);

            failing.promote(failing.replicas.get(0), true);
            String unused = agreed(one, other, List.of(first, between, before));
            assertThatThrownBy(() -> other.look(key, "c", LONG)).hasMessageContaining("another store");
            assertThat(other.look(Keys.on(other, key), "c", LONG)).isNotNull();
        }
        assertThat(ear.told).as("each once").containsExactlyElementsOf(ear.toldOnce());
        assertThat(ear.last()).isEqualTo("disconnected");
    }

    /** What both have come to see, which is none of these. */
    private static String agreed(RedisTier one, RedisTier other, List<String> former) {
        Eventually.eventually(
                Cluster.LIMIT,
                () -> assertThat(one.identity()).isEqualTo(other.identity()).isNotIn(former));
        return one.identity();
    }
}
