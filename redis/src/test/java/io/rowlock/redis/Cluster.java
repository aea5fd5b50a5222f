package io.rowlock.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.MigrateArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.rowlock.engines.Eventually;
import io.rowlock.engines.RedisServer;
import io.rowlock.engines.RedisServer.Durability;
import io.rowlock.engines.TcpProxy;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A Redis Cluster of a test's own: masters that share the slots evenly, and replicas of the first of them. */
final class Cluster implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(40);
    private static final int BUS_DISTANCE = 10_000;

    /**
     * A member.
     *
     * @param bus what the others reach it by
     */
    record Node(RedisServer server, TcpProxy bus, RedisClient client, RedisCommands<String, String> redis, String id) {
        void kill() {
            assertThat(ProcessHandle.of(server.pid()).orElseThrow().destroyForcibly())
                    .isTrue();
        }

        boolean isAlive() {
            return ProcessHandle.of(server.pid()).filter(ProcessHandle::isAlive).isPresent();
        }
    }

    final String password = UUID.randomUUID().toString();
    final List<Node> masters;
    final List<Node> replicas;
    private final int[] owners = new int[SlotHash.SLOT_COUNT];

    Cluster(int masterCount, int replicaCount) {
        this(masterCount, replicaCount, Map.of());
    }

    Cluster(int masterCount, int replicaCount, Map<String, String> settings) {
        masters = IntStream.range(0, masterCount).mapToObj(i -> start(settings)).toList();
        replicas =
                IntStream.range(0, replicaCount).mapToObj(i -> start(settings)).toList();
        for (int i = 0; i < masterCount; i++) {
            int from = i * SlotHash.SLOT_COUNT / masterCount;
            int to = (i + 1) * SlotHash.SLOT_COUNT / masterCount;
            for (int slot = from; slot < to; slot++) {
                owners[slot] = i;
            }
            masters.get(i).redis().clusterSetConfigEpoch(i + 1);
            masters.get(i).redis().clusterAddSlots(IntStream.range(from, to).toArray());
        }
        all().stream()
                .skip(1)
                .forEach(other ->
                        // Lettuce has no word for the port of the bus.
                        masters.get(0)
                                .redis()
                                .dispatch(
                                        CommandType.CLUSTER,
                                        new StatusOutput<>(StringCodec.UTF8),
                                        new CommandArgs<>(StringCodec.UTF8)
                                                .add("MEET")
                                                .add("127.0.0.1")
                                                .add(other.server().port())
                                                .add(other.bus().port())));
        untilAgreed();
        for (Node replica : replicas) {
            replica.redis().clusterReplicate(masters.get(0).id());
            Eventually.until(
                    "it follows",
                    LIMIT,
                    () -> replica.redis().info("replication").contains("master_link_status:up"));
        }
        replicas.forEach(this::untilKnownToFollow);
    }

    /** Whom a master still takes for one, it elects to nothing. */
    private void untilKnownToFollow(Node replica) {
        for (Node node : all()) {
            Eventually.until(
                    "all know that it follows",
                    LIMIT,
                    () -> !node.isAlive()
                            || node.redis()
                                    .clusterNodes()
                                    .lines()
                                    .anyMatch(line -> line.startsWith(replica.id()) && line.contains("slave")));
        }
    }

    /**
     * Has a replica take its master's place.
     *
     * @param elected by the masters that are left, which they do once in half a minute; else it takes it by itself
     */
    void promote(Node replica, boolean elected) {
        untilKnownToFollow(replica);
        String unused = replica.redis().clusterFailover(elected, !elected);
        Eventually.until(
                "it is a master",
                LIMIT,
                () -> replica.redis().info("replication").contains("role:master"));
    }

    private Node start(Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(more);
        settings.put("cluster-enabled", "yes");
        settings.put("cluster-announce-ip", "127.0.0.1");
        RedisServer server = RedisServer.startTemporary(Durability.NONE, settings);
        TcpProxy bus = TcpProxy.to(server.host(), server.port() + BUS_DISTANCE);
        RedisClient client = RedisClient.create(server.uri().toString());
        RedisCommands<String, String> redis = client.connect().sync();
        redis.configSet("masterauth", password);
        redis.configSet("requirepass", password);
        redis.configSet("cluster-announce-bus-port", Integer.toString(bus.port()));
        return new Node(server, bus, client, redis, redis.clusterMyId());
    }

    List<Node> all() {
        List<Node> all = new ArrayList<>(masters);
        all.addAll(replicas);
        return all;
    }

    private void untilAgreed() {
        for (Node node : all()) {
            Eventually.until("all know all", LIMIT, () -> {
                String info = node.redis().clusterInfo();
                return info.contains("cluster_state:ok")
                        && info.contains("cluster_known_nodes:" + all().size())
                        && info.contains("cluster_slots_ok:" + SlotHash.SLOT_COUNT);
            });
        }
    }

    /** Names all masters. */
    URI uri() {
        return uri(masters);
    }

    URI uri(List<Node> named) {
        return URI.create("redis://:" + password + "@"
                + named.stream()
                        .map(node -> node.server().host() + ":" + node.server().port())
                        .collect(Collectors.joining(",")));
    }

    /** The number of the master that serves a key. */
    int ownerOf(String key) {
        return owners[SlotHash.getSlot(key)];
    }

    /** Tells two masters that a slot goes from one to the other: what is there stays for now, what is new is had there. */
    void beginToMove(int slot, Node from, Node to) {
        to.redis().clusterSetSlotImporting(slot, from.id());
        from.redis().clusterSetSlotMigrating(slot, to.id());
    }

    void move(int slot, Node from, Node to) {
        List<String> keys = from.redis().clusterGetKeysInSlot(slot, 1000);
        if (!keys.isEmpty()) {
            from.redis()
                    .migrate(
                            to.server().host(),
                            to.server().port(),
                            0,
                            LIMIT.toMillis(),
                            MigrateArgs.Builder.<String>keys(keys).auth(password));
        }
        to.redis().clusterSetSlotNode(slot, to.id());
        for (Node other : masters) {
            other.redis().clusterSetSlotNode(slot, to.id());
        }
        owners[slot] = masters.indexOf(to);
    }

    @Override
    public void close() {
        for (Node node : all()) {
            node.client().shutdown(Duration.ZERO, Duration.ofSeconds(2));
            node.bus().close();
            node.server().close();
        }
    }
}
