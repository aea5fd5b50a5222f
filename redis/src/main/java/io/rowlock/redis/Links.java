package io.rowlock.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.rowlock.cache.SharedTier.Listener;
import io.rowlock.cache.TierAway;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A link to each server that has keys of the tier's: to one, or to all masters of a cluster. They live and end together, from when the cache
 * is told that it hears of changes to when it is told that it does not. Safe for use by many threads.
 *
 * <p>Each master is listened to, although the members of a cluster hand on to each other what is published: so a change is heard from the
 * very server it was made at, whoever of them cannot reach whom. Mostly it is heard once from each.
 *
 * <p>A step goes to whom the slot's master was when the links were opened. Whoever answers that it is another (MOVED, ASK), or nobody, is not
 * followed: where the keys went, what was acknowledged here may be missing. All links end, and the next ones have another identity.
 */
final class Links implements Link.Ear {
    /** In the order of the map's members. */
    private final List<Link> links;

    private final @Nullable SlotMap map;
    private final RedisTierOptions options;
    private final Listener listener;
    private final ReentrantLock turn = new ReentrantLock();
    private boolean begun;
    private volatile boolean ended;
    /** As it was answered last. */
    private volatile String identity = "";

    private Links(List<Link> links, @Nullable SlotMap map, RedisTierOptions options, Listener listener) {
        this.links = links;
        this.map = map;
        this.options = options;
        this.listener = listener;
    }

    // ---- begin

    /**
     * Connects and subscribes.
     *
     * @param uris of one server, or of members of one cluster, of which the first that answers is asked for the others
     * @throws TierAway if that does not come about in time
     */
    static Links open(
            RedisClient client, List<RedisURI> uris, RedisTierOptions options, String channel, Listener listener) {
        Opening opening = new Opening(client, Replies.deadline(options.connectMax()));
        try {
            Links links = opening.links(uris, options, listener);
            links.begin(channel, opening.deadline);
            opening.endAllBut(links.links);
            return links;
        } catch (Replies.Missing | Replies.Refused failed) {
            opening.endAllBut(List.of());
            throw new TierAway("connect", String.valueOf(failed.getMessage()), failed);
        }
    }

    /** One try to connect. */
    private static final class Opening {
        private final RedisClient client;
        private final long deadline;
        private final List<CompletableFuture<Link>> dialled = new ArrayList<>();

        Opening(RedisClient client, long deadline) {
            this.client = client;
            this.deadline = deadline;
        }

        private CompletableFuture<Link> dial(RedisURI uri) {
            CompletableFuture<Link> link = Link.dial(client, uri);
            dialled.add(link);
            return link;
        }

        Links links(List<RedisURI> uris, RedisTierOptions options, Listener listener) {
            for (int i = 0; ; i++) {
                RedisURI uri = uris.get(i);
                long turn = turn(uris.size() - i);
                try {
                    Link first = Replies.await(dial(uri), turn);
                    if (first.mode(turn).equals("cluster")) {
                        return links(first, uri, options, listener);
                    }
                    if (uris.size() > 1) {
                        throw new Replies.Refused("of many hosts, one is no member of a cluster", null);
                    }
                    return new Links(List.of(first), null, options, listener);
                } catch (Replies.Missing silent) {
                    if (i == uris.size() - 1) {
                        throw silent;
                    }
                }
            }
        }

        /** One that is silent leaves time for the others, and for what comes after. */
        private long turn(int left) {
            long now = System.nanoTime();
            return left == 1 ? deadline : now + (deadline - now) / (left + 1);
        }

        private Links links(Link member, RedisURI uri, RedisTierOptions options, Listener listener) {
            SlotMap map = SlotMap.read(member.slots(deadline), uri.getHost());
            // Others may know it by another address, and it may be a replica.
            CompletableFuture<Void> unused = member.close();
            List<CompletableFuture<Link>> coming = map.members().stream()
                    .map(one -> dial(RedisURI.builder(uri)
                            .withHost(one.host())
                            .withPort(one.port())
                            .build()))
                    .toList();
            List<Link> links =
                    coming.stream().map(one -> Replies.await(one, deadline)).toList();
            return new Links(links, map, options, listener);
        }

        /** Whichever of the others comes about, now or later, ends at once. */
        void endAllBut(List<Link> used) {
            for (CompletableFuture<Link> one : dialled) {
                CompletableFuture<Void> unused = one.thenCompose(
                        link -> used.contains(link) ? CompletableFuture.completedFuture(null) : link.close());
            }
        }
    }

    private void begin(String channel, long deadline) {
        links.forEach(link -> link.begin(channel, this, deadline));
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

    // ---- end

    @Override
    public void ended() {
        close();
    }

    boolean isOpen() {
        return !ended && links.stream().allMatch(Link::isOpen);
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
        CompletableFuture<Void> unused = closeAll();
    }

    private CompletableFuture<Void> closeAll() {
        return CompletableFuture.allOf(links.stream().map(Link::close).toArray(CompletableFuture<?>[]::new));
    }

    /** As {@link #close}, and waits for the end, though not for long. */
    void closeNow() {
        close();
        try {
            Void unused = Replies.await(closeAll(), Replies.deadline(options.callMax()));
        } catch (Replies.Missing slow) {
            // It ends by itself.
        }
    }

    // ---- which servers they are

    /** Of all servers together, with the slots that each serves by its own account. */
    String identity() {
        String answered = ask();
        identity = answered;
        return answered;
    }

    /** Whether this is the store of that identity, as far as was asked. */
    boolean are(String store) {
        return identity.equals(store);
    }

    private String ask() {
        long deadline = Replies.deadline(options.callMax());
        List<Link.Asked> asked =
                links.stream().map(link -> link.ask(map != null)).toList();
        List<Map<String, String>> facts =
                asked.stream().map(one -> one.facts(deadline)).toList();
        facts.forEach(Links::requireMaster);
        if (map == null) {
            return run(facts.get(0));
        }
        MessageDigest digest = sha256();
        for (int i = 0; i < links.size(); i++) {
            SlotMap.Member member = map.members().get(i);
            if (!facts.get(i).getOrDefault("cluster_state", "").equals("ok")) {
                throw new Replies.Missing("the cluster is down", null);
            }
            if (!SlotMap.ownSlots(asked.get(i).nodes(deadline)).equals(member.slots())) {
                throw new Replies.Missing("slots have moved", null);
            }
            byte[] slots = member.slots().toByteArray();
            digest.update((member.id() + ' ' + run(facts.get(i)) + ' ' + slots.length + '\n')
                    .getBytes(StandardCharsets.UTF_8));
            digest.update(slots);
        }
        return "cluster/" + links.size() + "/" + HexFormat.of().formatHex(digest.digest());
    }

    private static void requireMaster(Map<String, String> facts) {
        String role = facts.getOrDefault("role", "unknown");
        if (!role.equals("master")) {
            throw new Replies.Missing("its role is " + role, null);
        }
    }

    private static String run(Map<String, String> facts) {
        return facts.getOrDefault("run_id", "") + "/" + facts.getOrDefault("master_replid", "");
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }

    // ---- steps

    /** One script for each key: all are on their way before the first answer is waited for. */
    List<List<Object>> run(Script script, List<byte[]> keys, List<byte[][]> arguments) {
        long deadline = Replies.deadline(options.callMax());
        List<RedisFuture<List<Object>>> sent = new ArrayList<>(keys.size());
        for (int i = 0; i < keys.size(); i++) {
            sent.add(linkOf(keys.get(i)).send(script, keys.get(i), arguments.get(i)));
        }
        List<List<Object>> answers = new ArrayList<>(keys.size());
        for (int i = 0; i < keys.size(); i++) {
            try {
                answers.add(Replies.await(sent.get(i), deadline));
            } catch (Replies.Refused refused) {
                if (refused.isOfAnotherMap()) {
                    throw new Replies.Missing(refused.why(), refused);
                }
                if (!refused.isUnknownScript()) {
                    throw refused;
                }
                answers.add(
                        Replies.await(linkOf(keys.get(i)).sendText(script, keys.get(i), arguments.get(i)), deadline));
            }
        }
        return answers;
    }

    private Link linkOf(byte[] key) {
        return links.get(map == null ? 0 : map.ownerOf(key));
    }
}
