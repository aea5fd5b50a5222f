package io.rowlock.redis;

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
import io.rowlock.cache.SharedTier.Listener;
import io.rowlock.cache.TierAway;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Two connections to one server, for steps and for being told, which are opened together and end together. Safe for use by many threads.
 */
final class Link {
    private final StatefulRedisConnection<byte[], byte[]> steps;
    private final StatefulRedisPubSubConnection<String, String> told;
    private final RedisTierOptions options;
    private final Listener listener;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final CompletableFuture<Void> over = new CompletableFuture<>();

    private Link(
            StatefulRedisConnection<byte[], byte[]> steps,
            StatefulRedisPubSubConnection<String, String> told,
            RedisTierOptions options,
            Listener listener) {
        this.steps = steps;
        this.told = told;
        this.options = options;
        this.listener = listener;
    }

    /** Connects, teaches the server the scripts, and subscribes. */
    static Link open(RedisClient client, RedisURI uri, RedisTierOptions options, String channel, Listener listener) {
        long deadline = Replies.deadline(options.connectMax());
        CompletableFuture<StatefulRedisConnection<byte[], byte[]>> first =
                client.connectAsync(ByteArrayCodec.INSTANCE, uri).toCompletableFuture();
        CompletableFuture<StatefulRedisPubSubConnection<String, String>> second =
                client.connectPubSubAsync(StringCodec.UTF8, uri).toCompletableFuture();
        try {
            StatefulRedisConnection<byte[], byte[]> steps = Replies.await(first, deadline);
            Link link = new Link(steps, Replies.await(second, deadline), options, listener);
            for (Script script : Script.values()) {
                String unused = Replies.await(steps.async().scriptLoad(script.text()), deadline);
            }
            link.subscribe(channel, deadline);
            return link;
        } catch (Replies.Missing | Replies.Refused failed) {
            // Whichever of them comes about, now or later, ends at once.
            CompletableFuture<Void> unused1 = first.thenCompose(StatefulRedisConnection::closeAsync);
            CompletableFuture<Void> unused2 = second.thenCompose(StatefulRedisPubSubConnection::closeAsync);
            throw new TierAway("connect", String.valueOf(failed.getMessage()), failed);
        }
    }

    private void subscribe(String channel, long deadline) {
        told.addListener(new RedisPubSubAdapter<String, String>() {
            @Override
            public void message(String from, String message) {
                int space = message.indexOf(' ');
                if (space > 0 && !ended.get()) {
                    listener.changed(message.substring(0, space), message.substring(space + 1));
                }
            }
        });
        RedisConnectionStateListener end = new RedisConnectionStateListener() {
            @Override
            public void onRedisDisconnected(io.lettuce.core.RedisChannelHandler<?, ?> connection) {
                close();
            }
        };
        told.addListener(end);
        steps.addListener(end);
        Replies.await(told.async().subscribe(channel), deadline);
        listener.connected();
        if (ended.get()) {
            // It ended before it was said that it had begun.
            listener.disconnected();
        }
    }

    boolean isOpen() {
        return !ended.get() && steps.isOpen() && told.isOpen();
    }

    /** Ends both connections. What is under way on them ends with it. */
    void close() {
        if (ended.compareAndSet(false, true)) {
            listener.disconnected();
            // Once: Lettuce warns of a connection that is closed again.
            CompletableFuture<Void> unused = CompletableFuture.allOf(steps.closeAsync(), told.closeAsync())
                    .whenComplete((done, failed) -> over.complete(null));
        }
    }

    /** As {@link #close}, and waits for the end, though not for long. */
    void closeNow() {
        close();
        try {
            Void unused = Replies.await(over, Replies.deadline(options.callMax()));
        } catch (Replies.Missing slow) {
            // It ends by itself.
        }
    }

    /** Which server it is, once both connections have answered. */
    String identity() {
        long deadline = Replies.deadline(options.callMax());
        RedisFuture<String> replication = steps.async().info("replication");
        RedisFuture<String> server = steps.async().info("server");
        RedisFuture<String> heard = told.async().ping();
        Map<String, String> facts = new HashMap<>();
        read(Replies.await(replication, deadline), facts);
        read(Replies.await(server, deadline), facts);
        String unused = Replies.await(heard, deadline);
        if (facts.getOrDefault("redis_mode", "").equals("cluster")) {
            throw new Replies.Refused("a cluster, which this tier does not know", null);
        }
        String role = facts.getOrDefault("role", "unknown");
        if (!role.equals("master")) {
            throw new Replies.Missing("its role is " + role, null);
        }
        return facts.getOrDefault("run_id", "") + "/" + facts.getOrDefault("master_replid", "");
    }

    private static void read(String info, Map<String, String> facts) {
        info.lines().forEach(line -> {
            int colon = line.indexOf(':');
            if (colon > 0) {
                facts.put(line.substring(0, colon), line.substring(colon + 1).strip());
            }
        });
    }

    // ---- scripts

    RedisFuture<List<Object>> send(Script script, byte[] key, byte[]... arguments) {
        RedisAsyncCommands<byte[], byte[]> commands = steps.async();
        return commands.evalsha(script.digest(), RedisTier.output(), new byte[][] {key}, arguments);
    }

    /** The answers to what was sent; where the server has forgotten the script, it is sent with its text. */
    List<List<Object>> answers(
            List<RedisFuture<List<Object>>> sent, Script script, List<byte[]> keys, List<byte[][]> arguments) {
        long deadline = Replies.deadline(options.callMax());
        List<List<Object>> answers = new ArrayList<>(sent.size());
        for (int i = 0; i < sent.size(); i++) {
            try {
                answers.add(Replies.await(sent.get(i), deadline));
            } catch (Replies.Refused refused) {
                if (!refused.isUnknownScript()) {
                    throw refused;
                }
                RedisFuture<List<Object>> again = steps.async()
                        .eval(script.text(), RedisTier.output(), new byte[][] {keys.get(i)}, arguments.get(i));
                answers.add(Replies.await(again, deadline));
            }
        }
        return answers;
    }
}
