package io.rowlock.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.SslVerifyMode;
import io.lettuce.core.TimeoutOptions;
import io.rowlock.Version;
import io.rowlock.cache.SharedTier;
import io.rowlock.cache.TierAway;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A {@link SharedTier} on Redis: a server by itself, one that Sentinel names, or a cluster.
 *
 * <pre>{@code
 * SharedTier tier = RedisTier.at(RedisTierOptions.at("redis://:secret@cache.example.org"));
 * Cache cache = Cache.on(rowlock).tier(tier).build();
 * }</pre>
 *
 * <p>It opens two connections to a server, one for steps and one on which it is told of changes, when the cache first asks
 * {@link #identity}, and again there after they broke; nothing else connects, and nothing that was sent is ever sent again. So a step never
 * reaches a server of which it is not known which it is, nor another than its key is meant for.
 *
 * <p><b>A cluster</b> is one store. The member that answers first tells the masters; each of them has two connections, and all live and end
 * together: without one of the masters the tier is away, with all its keys. A step goes to the master of its key, and is never sent on: who is
 * told {@code MOVED} or {@code ASK} is away, and connects anew. The identity is of all masters with the slots that each serves by its own
 * account, so that a failover or a slot that has moved is another store: the cache begins a new epoch, and so with nothing in it. While slots are
 * being moved the tier is away.
 *
 * <p><b>Holds when</b> a server that lost what it had acknowledged was started again, or is another one, or serves other slots: as with Sentinel's
 * failover, a cluster's, and a server that comes back empty or with an old file. <b>Breaks when</b> a server forgets in place what it had done and keeps values
 * that are older: by a file that is loaded into it, or a write by hand. What becomes of a server that is told to follow another stands in
 * {@code docs/internals/cache.md}.
 *
 * <p>The server needs no durability, and may evict ({@code maxmemory-policy volatile-lru}, for one: every key has an expiry). The user needs
 * {@code EVALSHA}, {@code EVAL}, {@code SCRIPT LOAD}, {@code INFO}, {@code PING}, {@code SUBSCRIBE}, {@code PUBLISH}, {@code TIME},
 * {@code PTTL}, {@code PEXPIRE} and the commands of hashes, on keys and channels under the {@linkplain RedisTierOptions#prefix prefix}; at a
 * cluster {@code CLUSTER SLOTS}, {@code CLUSTER NODES} and {@code CLUSTER INFO} too.
 *
 * <p>Safe for use by many threads.
 */
public final class RedisTier implements SharedTier {
    private static final Duration SHUTDOWN_MAX = Duration.ofSeconds(2);

    private final RedisTierOptions options;
    private final RedisClient client;
    private final List<RedisURI> uris;
    private final String channel;
    private final ReentrantLock connecting = new ReentrantLock();
    private volatile @Nullable Links links;
    private volatile @Nullable Listener listener;
    private volatile boolean closed;

    private RedisTier(RedisTierOptions options) {
        this.options = options;
        this.uris = RedisTierOptions.uris(options.uri());
        uris.forEach(one -> apply(options, one));
        this.channel = options.prefix() + ":cache:changes";
        this.client = RedisClient.create();
        client.setOptions(ClientOptions.builder()
                // What was not answered is not sent again, to whoever is there by then.
                .autoReconnect(false)
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(options.connectMax())
                        .keepAlive(true)
                        .build())
                .timeoutOptions(TimeoutOptions.enabled(options.callMax()))
                .sslOptions(ssl(options))
                .build());
    }

    private static void apply(RedisTierOptions options, RedisURI uri) {
        uri.setTimeout(options.callMax());
        String password = options.password();
        if (password != null) {
            options.user()
                    .ifPresentOrElse(
                            user -> uri.setAuthentication(user, password), () -> uri.setAuthentication(password));
        }
        uri.setVerifyPeer(options.verifyPeer() ? SslVerifyMode.FULL : SslVerifyMode.NONE);
    }

    private static SslOptions ssl(RedisTierOptions options) {
        SslOptions.Builder ssl = SslOptions.builder().jdkSslProvider();
        if (options.trustStore() != null) {
            String password = options.trustStorePassword() == null ? "" : options.trustStorePassword();
            ssl.truststore(options.trustStore().toFile(), password);
        }
        return ssl.build();
    }

    /** A tier at a Redis. Connects when it is first asked. */
    public static RedisTier at(RedisTierOptions options) {
        return new RedisTier(options);
    }

    // ---- connections

    @Override
    public void listen(Listener listener) {
        this.listener = listener;
    }

    @Override
    public String identity() {
        connecting.lock();
        try {
            if (closed) {
                throw new TierAway("identity", "closed", null);
            }
            Links all = links;
            return all != null && all.isOpen() ? guarded(all, "identity", all::identity) : connect();
        } finally {
            connecting.unlock();
        }
    }

    private String connect() {
        Links before = links;
        if (before != null) {
            before.close();
        }
        Listener told = listener;
        Links all = Links.open(client, uris, options, channel, told == null ? new Deaf() : told);
        try {
            String identity = guarded(all, "identity", all::identity);
            // Not before: what was there a moment ago may be there no more, and others still go by it.
            links = all;
            return identity;
        } catch (TierAway away) {
            all.close();
            throw away;
        }
    }

    private static final class Deaf implements Listener {
        @Override
        public void changed(String region, String key) {}

        @Override
        public void connected() {}

        @Override
        public void disconnected() {}
    }

    private interface Call<R> {
        R call();
    }

    /** A connection on which something did not come in time is not trusted any more: what comes on it would be late. */
    private static <R> R guarded(Links all, String during, Call<R> call) {
        try {
            return call.call();
        } catch (Replies.Refused refused) {
            throw new TierAway(during, refused.why(), refused);
        } catch (Replies.Missing missing) {
            all.close();
            throw new TierAway(during, missing.why(), missing);
        }
    }

    /** The links to the store that the keys are meant for: where it was replaced since the caller asked, the step is not for the new one. */
    private Links open(String during, List<TierKey> keys) {
        Links all = links;
        if (all == null || !all.isOpen()) {
            throw new TierAway(during, "not connected", null);
        }
        if (!keys.stream().allMatch(key -> all.are(key.store()))) {
            throw new TierAway(during, "another store", null);
        }
        return all;
    }

    // ---- steps

    private byte[] keyOf(TierKey key) {
        return bytes(options.prefix() + ":cache:" + key.region() + ":" + key.epoch() + ":{" + key.key() + "}");
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] millis(Duration time) {
        return bytes(Long.toString(Math.max(1, time.toMillis())));
    }

    private List<Object> run(String during, Script script, TierKey key, byte[]... arguments) {
        return runAll(during, script, List.of(key), List.<byte[][]>of(arguments))
                .get(0);
    }

    private List<List<Object>> runAll(String during, Script script, List<TierKey> keys, List<byte[][]> arguments) {
        Links all = open(during, keys);
        List<byte[]> there = keys.stream().map(this::keyOf).toList();
        return guarded(all, during, () -> all.run(script, there, arguments));
    }

    @Override
    public Looked look(TierKey key, String token, Duration loadFor) {
        List<Object> found = run("look", Script.LOOK, key, bytes(token), millis(loadFor));
        return switch (Replies.number(found, 0)) {
            case 0 ->
                new Hit(
                        Replies.bytes(found, 1),
                        new Version(Replies.parsed(found, 2), Replies.parsed(found, 3)),
                        Duration.ofMillis(Math.max(0, Replies.number(found, 4))));
            case 1 -> new Granted();
            case 2 -> new Writing();
            default -> new Loading();
        };
    }

    @Override
    public boolean fill(TierKey key, String token, byte[] bytes, Version version, Duration age, Duration keepFor) {
        List<Object> filled = run(
                "fill",
                Script.FILL,
                key,
                bytes(token),
                bytes,
                bytes(Long.toString(version.number())),
                bytes(Long.toString(version.incarnation())),
                bytes(Long.toString(age.toMillis())),
                millis(keepFor));
        return Replies.number(filled, 0) == 1;
    }

    @Override
    public void intend(Collection<TierKey> keys, String operation, Duration lasts) {
        byte[][] arguments = {bytes(operation), millis(lasts)};
        runAll("intend", Script.INTEND, List.copyOf(keys), java.util.Collections.nCopies(keys.size(), arguments));
    }

    @Override
    public void release(Collection<Change> changes, String operation, Duration floorFor) {
        List<byte[][]> arguments = new ArrayList<>(changes.size());
        for (Change change : changes) {
            Version version = change.version();
            arguments.add(new byte[][] {
                bytes(operation),
                bytes(version == null ? "" : Long.toString(version.number())),
                bytes(version == null ? "" : Long.toString(version.incarnation())),
                millis(floorFor),
                bytes(channel),
                bytes(change.key().region() + ' ' + change.key().key())
            });
        }
        runAll("release", Script.RELEASE, changes.stream().map(Change::key).toList(), arguments);
    }

    @Override
    public void withdraw(Collection<TierKey> keys, String operation) {
        byte[][] arguments = {bytes(operation)};
        runAll("withdraw", Script.WITHDRAW, List.copyOf(keys), java.util.Collections.nCopies(keys.size(), arguments));
    }

    @Override
    public Optional<Version> peek(TierKey key) {
        List<Object> found = run("peek", Script.PEEK, key);
        return found.isEmpty()
                ? Optional.empty()
                : Optional.of(new Version(Replies.parsed(found, 0), Replies.parsed(found, 1)));
    }

    @Override
    public void close() {
        connecting.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            Links all = links;
            if (all != null) {
                all.closeNow();
            }
            client.shutdown(Duration.ZERO, SHUTDOWN_MAX);
        } finally {
            connecting.unlock();
        }
    }

    @Override
    public String toString() {
        return "RedisTier[" + options + "]";
    }

    static ScriptOutputType output() {
        return ScriptOutputType.MULTI;
    }
}
