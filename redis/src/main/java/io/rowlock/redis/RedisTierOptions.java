package io.rowlock.redis;

import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterURIUtil;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a {@link RedisTier} is, and its bounds. Immutable; begin with {@link #at} and change what differs.
 *
 * @param uri {@code redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE]}, {@code rediss://} for TLS; for a cluster one of its members, or several:
 *     {@code redis://[USER:PASSWORD@]HOST[:PORT][,HOST[:PORT]]}; {@code redis-sentinel://[:PASSWORD@]HOST[:PORT][,HOST[:PORT]]#MASTER} for
 *     Sentinel, {@code rediss-sentinel://} with TLS to it and to the server. User, password and TLS are those of all members of a cluster, and not of Sentinel, which is
 *     asked without a password
 * @param password of the URI's user, or of the default one; null, the default, for that in the URI, if any
 * @param prefix of all keys and of the channel, default {@code rowlock}: letters, digits, {@code -} and {@code _}. Applications with
 *     different databases behind one Redis take different ones
 * @param callMax how long a call may take, to all servers together, default 250 ms. Longer: a Redis that hangs holds readers and writers for longer before they
 *     do without. Shorter: one that is slow is done without
 * @param connectMax how long connecting may take, to all servers together, default 1 s; nobody waits for it but a thread of the cache
 * @param trustStore with the certificates to trust, for TLS; null for those of Java
 * @param trustStorePassword of that file; null for none
 * @param verifyPeer whether the certificate must be of the host, for TLS; default true
 */
public record RedisTierOptions(
        URI uri,
        @Nullable String password,
        String prefix,
        Duration callMax,
        Duration connectMax,
        @Nullable Path trustStore,
        @Nullable String trustStorePassword,
        boolean verifyPeer) {
    private static final String NO_URI = "Not the URI of a Redis: write redis://[USER:PASSWORD@]HOST[:PORT], or"
            + " redis-sentinel://HOST[:PORT]#MASTER";
    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9_-]{1,50}");

    public RedisTierOptions {
        Objects.requireNonNull(uri, "uri");
        List<RedisURI> unused = uris(uri);
        if (!PREFIX.matcher(prefix).matches()) {
            throw new IllegalArgumentException(
                    "A prefix is up to 50 letters, digits, '-' and '_' (prefix=" + prefix + ")");
        }
        requirePositive("callMax", callMax);
        requirePositive("connectMax", connectMax);
    }

    private static void requirePositive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException("A bound is longer than nothing (" + name + "=" + value + ")");
        }
    }

    /** All options but the place at their defaults. */
    public static RedisTierOptions at(URI uri) {
        return new RedisTierOptions(
                uri, null, "rowlock", Duration.ofMillis(250), Duration.ofSeconds(1), null, null, true);
    }

    /**
     * As {@link #at(URI)}.
     *
     * @throws IllegalArgumentException if it is no URI; the message does not repeat it, since it may hold a password
     */
    public static RedisTierOptions at(String uri) {
        URI parsed;
        try {
            parsed = URI.create(uri);
        } catch (IllegalArgumentException malformed) {
            throw new IllegalArgumentException(NO_URI);
        }
        return at(parsed);
    }

    /** As Lettuce has it: one, or one for each member of a cluster that is named. What is wrong is not repeated: it may hold a password. */
    static List<RedisURI> uris(URI uri) {
        try {
            RedisURI one = RedisURI.create(uri);
            if (one.getHost() == null || !one.getHost().contains(",")) {
                return List.of(one);
            }
            if (one.getDatabase() == 0) {
                return RedisClusterURIUtil.toRedisURIs(uri);
            }
        } catch (IllegalArgumentException | IllegalStateException malformed) {
            throw new IllegalArgumentException(NO_URI);
        }
        throw new IllegalArgumentException(
                "Several hosts are of a cluster, which has no databases: leave /DATABASE out");
    }

    /** For a password that is not to stand in the URI, where logs and process lists would show it. */
    public RedisTierOptions withPassword(String password) {
        return new RedisTierOptions(
                uri, password, prefix, callMax, connectMax, trustStore, trustStorePassword, verifyPeer);
    }

    public RedisTierOptions withPrefix(String prefix) {
        return new RedisTierOptions(
                uri, password, prefix, callMax, connectMax, trustStore, trustStorePassword, verifyPeer);
    }

    public RedisTierOptions withCallMax(Duration max) {
        return new RedisTierOptions(uri, password, prefix, max, connectMax, trustStore, trustStorePassword, verifyPeer);
    }

    public RedisTierOptions withConnectMax(Duration max) {
        return new RedisTierOptions(uri, password, prefix, callMax, max, trustStore, trustStorePassword, verifyPeer);
    }

    /** Certificates to trust, in a file of a kind that Java reads. */
    public RedisTierOptions withTrustStore(Path file, @Nullable String filePassword) {
        return new RedisTierOptions(uri, password, prefix, callMax, connectMax, file, filePassword, verifyPeer);
    }

    /** Without looking whose certificate it is: for tests. */
    public RedisTierOptions withoutPeerVerification() {
        return new RedisTierOptions(uri, password, prefix, callMax, connectMax, trustStore, trustStorePassword, false);
    }

    /** Whom the URI names; empty for the default user. */
    Optional<String> user() {
        String authority = authority();
        int at = authority.lastIndexOf('@');
        return at < 0
                ? Optional.empty()
                : Optional.of(authority.substring(0, at).split(":", 2)[0]).filter(user -> !user.isEmpty());
    }

    /** Of many hosts it is all that Java's URI tells apart. */
    private String authority() {
        return Objects.requireNonNullElse(uri.getAuthority(), "");
    }

    /** Without passwords. */
    @Override
    public String toString() {
        String authority = authority();
        return "RedisTierOptions[at=" + authority.substring(authority.lastIndexOf('@') + 1) + ", prefix=" + prefix
                + ", callMax=" + callMax + ", connectMax=" + connectMax + "]";
    }
}
