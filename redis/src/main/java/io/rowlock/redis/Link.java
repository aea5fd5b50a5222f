package io.rowlock.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Two connections to one server, for steps and for being told, which are opened together and end together. Safe for use by many threads.
 */
final class Link {

    /** Who is told of what comes on a link. On Lettuce's threads. */
    interface Ear {
        void heard(String message);

        /** One of the connections has ended, whoever ended it. */
        void ended();
    }

    private final StatefulRedisConnection<byte[], byte[]> steps;
    private final StatefulRedisPubSubConnection<String, String> told;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final CompletableFuture<Void> over = new CompletableFuture<>();

    private Link(StatefulRedisConnection<byte[], byte[]> steps, StatefulRedisPubSubConnection<String, String> told) {
        this.steps = steps;
        this.told = told;
    }

    /** Connects. Whoever does not want it any more, closes it when it comes. */
    static CompletableFuture<Link> dial(RedisClient client, RedisURI uri) {
        try {
            CompletableFuture<StatefulRedisConnection<byte[], byte[]>> first =
                    client.connectAsync(ByteArrayCodec.INSTANCE, uri).toCompletableFuture();
            CompletableFuture<StatefulRedisPubSubConnection<String, String>> second =
                    client.connectPubSubAsync(StringCodec.UTF8, uri).toCompletableFuture();
            return first.thenCombine(second, Link::new).whenComplete((link, failed) -> {
                if (failed != null) {
                    CompletableFuture<Void> unused1 = first.thenCompose(StatefulRedisConnection::closeAsync);
                    CompletableFuture<Void> unused2 = second.thenCompose(StatefulRedisPubSubConnection::closeAsync);
                }
            });
        } catch (RuntimeException unfit) {
            // Lettuce reads the trust store here, and says at once what is wrong with it.
            return CompletableFuture.failedFuture(unfit);
        }
    }

    /** Teaches the server the scripts, and subscribes. */
    void begin(String channel, Ear ear, long deadline) {
        told.addListener(new RedisPubSubAdapter<String, String>() {
            @Override
            public void message(String from, String message) {
                ear.heard(message);
            }
        });
        RedisConnectionStateListener end = new RedisConnectionStateListener() {
            @Override
            public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
                ear.ended();
            }
        };
        told.addListener(end);
        steps.addListener(end);
        requireOneServer(deadline);
        List<RedisFuture<String>> taught = new ArrayList<>();
        for (Script script : Script.values()) {
            taught.add(steps.async().scriptLoad(script.text()));
        }
        taught.forEach(one -> Replies.await(one, deadline));
        Replies.await(told.async().subscribe(channel), deadline);
    }

    /** Sentinel, a name or a balancer may have led the two to different ones: then what one does is not told on the other. */
    private void requireOneServer(long deadline) {
        RedisFuture<String> here = steps.async().info("server");
        RedisFuture<String> there = told.async().info("server");
        String one = facts(Replies.await(here, deadline)).getOrDefault("run_id", "");
        if (!one.equals(facts(Replies.await(there, deadline)).getOrDefault("run_id", ""))) {
            throw new Replies.Missing("two connections led to two servers", null);
        }
    }

    boolean isOpen() {
        return !closed.get() && steps.isOpen() && told.isOpen();
    }

    /**
     * Ends both connections. What is under way on them ends with it.
     *
     * @return done when they have ended
     */
    CompletableFuture<Void> close() {
        // Once: Lettuce warns of a connection that is closed again.
        if (closed.compareAndSet(false, true)) {
            CompletableFuture<Void> unused = CompletableFuture.allOf(steps.closeAsync(), told.closeAsync())
                    .whenComplete((done, failed) -> over.complete(null));
        }
        return over;
    }

    // ---- which server it is

    /**
     * Questions that are on their way.
     *
     * @param known whose answers are lines of names and values
     * @param nodes asked of a member of a cluster
     */
    record Asked(List<RedisFuture<String>> known, @Nullable RedisFuture<String> nodes, RedisFuture<String> heard) {
        /** What was answered, once both connections have. */
        Map<String, String> facts(long deadline) {
            Map<String, String> facts = new HashMap<>();
            known.forEach(one -> facts.putAll(Link.facts(Replies.await(one, deadline))));
            String unused = Replies.await(heard, deadline);
            return facts;
        }

        String nodes(long deadline) {
            return nodes == null ? "" : Replies.await(nodes, deadline);
        }
    }

    Asked ask(boolean member) {
        RedisAsyncCommands<byte[], byte[]> commands = steps.async();
        List<RedisFuture<String>> known =
                new ArrayList<>(List.of(commands.info("replication"), commands.info("server")));
        if (member) {
            known.add(commands.clusterInfo());
        }
        return new Asked(
                known, member ? commands.clusterNodes() : null, told.async().ping());
    }

    /** Whether it is a server by itself, or a member of a cluster. */
    String mode(long deadline) {
        return facts(Replies.await(steps.async().info("server"), deadline)).getOrDefault("redis_mode", "");
    }

    List<Object> slots(long deadline) {
        return Replies.await(steps.async().clusterSlots(), deadline);
    }

    static Map<String, String> facts(String info) {
        Map<String, String> facts = new HashMap<>();
        info.lines().forEach(line -> {
            int colon = line.indexOf(':');
            if (colon > 0) {
                facts.put(line.substring(0, colon), line.substring(colon + 1).strip());
            }
        });
        return facts;
    }

    // ---- scripts

    RedisFuture<List<Object>> send(Script script, byte[] key, byte[]... arguments) {
        return steps.async().evalsha(script.digest(), RedisTier.output(), new byte[][] {key}, arguments);
    }

    /** For a server that has forgotten the script. */
    RedisFuture<List<Object>> sendText(Script script, byte[] key, byte[]... arguments) {
        return steps.async().eval(script.text(), RedisTier.output(), new byte[][] {key}, arguments);
    }
}
