package io.rowlock.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.rowlock.cache.SharedTier.Listener;
import io.rowlock.cache.TierAway;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A link to the server that has the tier's keys, from when the cache is told that it hears of changes to when it is told that it does not.
 * Safe for use by many threads.
 */
final class Links implements Link.Ear {
    private final Link link;
    private final RedisTierOptions options;
    private final Listener listener;
    private final ReentrantLock turn = new ReentrantLock();
    private boolean begun;
    private volatile boolean ended;

    private Links(Link link, RedisTierOptions options, Listener listener) {
        this.link = link;
        this.options = options;
        this.listener = listener;
    }

    /**
     * Connects and subscribes.
     *
     * @throws TierAway if that does not come about in time
     */
    static Links open(RedisClient client, RedisURI uri, RedisTierOptions options, String channel, Listener listener) {
        long deadline = Replies.deadline(options.connectMax());
        CompletableFuture<Link> dialled = Link.dial(client, uri);
        try {
            Links links = new Links(Replies.await(dialled, deadline), options, listener);
            links.begin(channel, deadline);
            return links;
        } catch (Replies.Missing | Replies.Refused failed) {
            // If it comes about, now or later, it ends at once.
            CompletableFuture<Void> unused = dialled.thenCompose(Link::close);
            throw new TierAway("connect", String.valueOf(failed.getMessage()), failed);
        }
    }

    private void begin(String channel, long deadline) {
        link.begin(channel, this, deadline);
        turn.lock();
        try {
            if (!ended) {
                begun = true;
                listener.connected();
            }
        } finally {
            turn.unlock();
        }
    }

    @Override
    public void heard(String message) {
        int space = message.indexOf(' ');
        if (space > 0 && !ended) {
            listener.changed(message.substring(0, space), message.substring(space + 1));
        }
    }

    @Override
    public void ended() {
        close();
    }

    boolean isOpen() {
        return !ended && link.isOpen();
    }

    /** Ends all connections. What is under way on them ends with it. */
    void close() {
        turn.lock();
        try {
            if (ended) {
                return;
            }
            ended = true;
            if (begun) {
                listener.disconnected();
            }
        } finally {
            turn.unlock();
        }
        CompletableFuture<Void> unused = link.close();
    }

    /** As {@link #close}, and waits for the end, though not for long. */
    void closeNow() {
        close();
        try {
            Void unused = Replies.await(link.close(), Replies.deadline(options.callMax()));
        } catch (Replies.Missing slow) {
            // It ends by itself.
        }
    }

    /** Which server it is. */
    String identity() {
        Map<String, String> facts = link.ask().facts(Replies.deadline(options.callMax()));
        if (facts.getOrDefault("redis_mode", "").equals("cluster")) {
            throw new Replies.Refused("a cluster, which this tier does not know", null);
        }
        String role = facts.getOrDefault("role", "unknown");
        if (!role.equals("master")) {
            throw new Replies.Missing("its role is " + role, null);
        }
        return facts.getOrDefault("run_id", "") + "/" + facts.getOrDefault("master_replid", "");
    }

    /** One script for each key: all are on their way before the first answer is waited for. */
    List<List<Object>> run(Script script, List<byte[]> keys, List<byte[][]> arguments) {
        long deadline = Replies.deadline(options.callMax());
        List<RedisFuture<List<Object>>> sent = new ArrayList<>(keys.size());
        for (int i = 0; i < keys.size(); i++) {
            sent.add(link.send(script, keys.get(i), arguments.get(i)));
        }
        List<List<Object>> answers = new ArrayList<>(keys.size());
        for (int i = 0; i < keys.size(); i++) {
            try {
                answers.add(Replies.await(sent.get(i), deadline));
            } catch (Replies.Refused refused) {
                if (!refused.isUnknownScript()) {
                    throw refused;
                }
                answers.add(Replies.await(link.sendText(script, keys.get(i), arguments.get(i)), deadline));
            }
        }
        return answers;
    }
}
