package io.rowlock.engines;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A Redis server of this JVM's own. It listens on the loopback interface alone, on a port that was free, and demands a
 * password that it made up. It ends with {@link #close()}, and also when this JVM ends in any way, being killed included.
 *
 * <p>How much it keeps over a crash is said when it is started, because nothing shows it from outside: a Redis that keeps
 * nothing answers as one that does.
 *
 * <pre>{@code
 * try (var redis = RedisServer.startTemporary(Durability.NONE, Map.of("maxmemory", "64mb"))) {
 *     var client = RedisClient.create(redis.uri().toString());
 *     ...
 * }
 * }</pre>
 *
 * <p>The program is that on the PATH, else that of the jar {@code embedded-redis}. Tests that need no settings of their own do
 * better with {@link #shared()}: one server for the whole build.
 *
 * <p>Safe for use by many threads.
 */
public final class RedisServer implements AutoCloseable {

    /** How much a server keeps when it, or the machine, goes down without notice. */
    public enum Durability {
        /** Nothing at all: neither log nor snapshots. */
        NONE,
        /** A log that is brought to disk once a second: the last second's writes may be lost. */
        EVERY_SECOND,
        /** A log that is brought to disk before each answer. */
        EVERY_WRITE
    }

    private final LocalServer server;
    private final Durability durability;

    private RedisServer(LocalServer server, Durability durability) {
        this.server = server;
        this.durability = durability;
    }

    /**
     * Starts a server on a folder, which is created if need be and kept: the next start finds what was stored, as far as
     * durability goes.
     *
     * @param folder for this server alone
     * @param settings by name, as in {@code redis.conf}; for this run, and they win over ours
     * @throws EngineUnavailable if there is no Redis here, it does not start, or the folder is in use
     */
    public static RedisServer start(Path folder, Durability durability, Map<String, String> settings) {
        return new RedisServer(LocalServer.startKeeping(new Kind(durability, settings, false), folder), durability);
    }

    /**
     * Starts a server on a new folder, which is deleted when the server ends.
     *
     * @param settings by name, as in {@code redis.conf}; they win over ours
     * @throws EngineUnavailable if there is no Redis here or it does not start
     */
    public static RedisServer startTemporary(Durability durability, Map<String, String> settings) {
        return startTemporary(new Kind(durability, settings, false));
    }

    private static RedisServer startTemporary(Kind kind) {
        ProcessId owner = ProcessId.current();
        return new RedisServer(
                LocalServer.startTemporary(kind, owner, SharedServers.newFolder(owner, "redis")), kind.durability());
    }

    /**
     * Starts a Sentinel, on a new folder, which is deleted when it ends. It demands no password, and watches nobody before it is told to by
     * {@code SENTINEL MONITOR}.
     *
     * @throws EngineUnavailable if there is no Redis here or it does not start
     */
    public static RedisServer startTemporarySentinel() {
        return startTemporary(new Kind(Durability.NONE, Map.of(), true));
    }

    /**
     * The Redis of the whole build: the one that {@code ROWLOCK_REDIS_URL} names, else one that is started when it is first
     * asked for, keeps nothing, and ends with the build. All tests of the build use it, so that each takes names of its own.
     *
     * @return its address with the password, as clients take it: {@code redis://:PASSWORD@HOST:PORT}
     * @throws EngineUnavailable if there can be none
     */
    public static URI shared() {
        return Settings.get("rowlock.redis.url")
                .map(RedisServer::given)
                .orElseGet(() -> uri(SharedServers.findOrStart(new Kind(Durability.NONE, Map.of(), false))));
    }

    private static URI given(String url) {
        if (!url.matches("rediss?://[^/?#\\s]+(/\\d*)?")) {
            // Not repeated, as it may hold a password.
            throw new EngineUnavailable(
                    "Not the URL of a Redis (setting=ROWLOCK_REDIS_URL, expected=redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE])");
        }
        return URI.create(url);
    }

    private static URI uri(LocalServer.Reach reach) {
        return URI.create("redis://:" + reach.password() + "@127.0.0.1:" + reach.port());
    }

    /** Where it is, with its password, as clients take it: {@code redis://:PASSWORD@HOST:PORT}. */
    public URI uri() {
        return uri(server.reach());
    }

    /** The address it listens on. */
    public String host() {
        return "127.0.0.1";
    }

    /** The port it listens on. */
    public int port() {
        return server.reach().port();
    }

    /** The password of its one user. */
    public String password() {
        return server.reach().password();
    }

    /** What it was started with. {@link #settings()} tells what that became. */
    public Durability durability() {
        return durability;
    }

    /**
     * The version of the server and the settings that decide what it keeps, read back from it.
     *
     * @throws EngineUnavailable if it does not answer
     */
    public Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        try (Resp redis = Resp.connect(server.reach())) {
            String info = String.valueOf(redis.ask("INFO", "server"));
            settings.put(
                    "redis_version",
                    info.lines()
                            .filter(line -> line.startsWith("redis_version:"))
                            .map(line -> line.substring(line.indexOf(':') + 1))
                            .findFirst()
                            .orElse("unknown"));
            for (String name : List.of("appendonly", "appendfsync", "save")) {
                Object pair = redis.ask("CONFIG", "GET", name);
                settings.put(name, pair instanceof List<?> list && list.size() == 2 ? String.valueOf(list.get(1)) : "");
            }
        } catch (IOException e) {
            throw new EngineUnavailable("The Redis does not answer (port=" + port() + ")", e);
        }
        return settings;
    }

    /** Where the server keeps its data, its log and its password. */
    public Path folder() {
        return server.folder();
    }

    /** The number of its process, for those who want to see it or to kill it. */
    public long pid() {
        return server.pid();
    }

    /** Stops the server in an orderly way and waits for its end. A second call does nothing. */
    @Override
    public void close() {
        server.close();
    }

    @Override
    public String toString() {
        return "Redis at " + host() + ":" + port();
    }

    record Kind(Durability durability, Map<String, String> settings, boolean sentinel) implements LocalServer.Kind {

        private static final String CONFIGURATION = "redis.conf";
        /** So far above its port a member of a cluster listens to the others. */
        private static final int BUS_DISTANCE = 10_000;

        Kind {
            settings = Map.copyOf(settings);
        }

        @Override
        public String name() {
            return "REDIS";
        }

        /** It is asked in its own protocol, for which nothing is needed. */
        @Override
        public void requireClient() {}

        @Override
        public Binaries binaries() {
            return Binaries.redis();
        }

        /** The password goes into a file that this user alone can read: arguments are everybody's to see. */
        @Override
        public void initialise(Binaries binaries, Path data, String password, boolean durable) throws IOException {
            // Clients say their password to Redis and not to Sentinel, mostly; and it writes into this file what it
            // comes to know.
            Folders.write(data.resolve(CONFIGURATION), sentinel ? "" : "requirepass " + password + "\n");
        }

        @Override
        public int portMax() {
            int max = LocalServer.Kind.super.portMax();
            return settings.containsKey("cluster-enabled") ? max - BUS_DISTANCE : max;
        }

        @Override
        public List<String> command(Binaries binaries, Path data, int port) {
            Map<String, String> all = new LinkedHashMap<>();
            all.put("bind", "127.0.0.1");
            all.put("port", Integer.toString(port));
            all.put("protected-mode", "yes");
            all.put("daemonize", "no");
            // What it was started with stays to be seen, by which we know our own.
            all.put("set-proc-title", "no");
            all.put("dir", data.toString());
            if (!sentinel) {
                all.put("save", "");
                all.put("appendonly", durability == Durability.NONE ? "no" : "yes");
                all.put("appendfsync", durability == Durability.EVERY_WRITE ? "always" : "everysec");
            }
            all.putAll(settings);
            List<String> command = new ArrayList<>(List.of(
                    binaries.program("redis-server").toString(),
                    data.resolve(CONFIGURATION).toString()));
            all.forEach((name, value) -> command.addAll(List.of("--" + name, value)));
            if (sentinel) {
                command.add("--sentinel");
            }
            return command;
        }

        @Override
        public boolean answers(LocalServer.Reach reach) throws IOException {
            try (Resp redis = Resp.connect(sentinel ? new LocalServer.Reach(reach.port(), "") : reach)) {
                return "PONG".equals(redis.ask("PING"));
            }
        }

        @Override
        public String orderlyEnd() {
            return "TERM";
        }

        @Override
        public String quickEnd() {
            return "KILL";
        }

        @Override
        public String landmark() {
            return CONFIGURATION;
        }
    }
}
