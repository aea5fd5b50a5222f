package io.rowlock.app.load;

import io.rowlock.app.serve.CannotStart;
import io.rowlock.app.serve.DatabaseChoice;
import io.rowlock.app.serve.EngineServer;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Servers of the service that this program has started, on one database, with everything they keep in a temporary folder.
 * The database server is a process of this program and not of theirs, so it outlives their kills.
 *
 * <p>{@link #close} may come from any thread, more than once; it leaves no process and, unless it is to be kept, no folder.
 */
final class Fleet implements AutoCloseable {
    private static final String DATABASE = "rowlock";
    private static final int DELETE_ATTEMPTS = 5;

    private final Path folder;
    private final boolean keep;
    private final @Nullable Server engineServer;
    private final DatabaseChoice.Given database;
    private final @Nullable RedisUnderLoad redis;
    private final List<ServiceProcess> servers = new ArrayList<>();
    private final ExecutorService killer = Executors.newFixedThreadPool(2, work -> {
        Thread thread = new Thread(work, "load-killer");
        thread.setDaemon(true);
        return thread;
    });
    private final CountDownLatch loadEnded = new CountDownLatch(1);
    private final AtomicInteger kills = new AtomicInteger();
    private final AtomicInteger redisKills = new AtomicInteger();
    private boolean closed;

    private Fleet(
            Path folder,
            boolean keep,
            @Nullable Server engineServer,
            DatabaseChoice.Given database,
            @Nullable RedisUnderLoad redis) {
        this.folder = folder;
        this.keep = keep;
        this.engineServer = engineServer;
        this.database = database;
        this.redis = redis;
    }

    /**
     * Makes a folder and, if the engine wants one, starts its server; no server of the service yet.
     *
     * @param keep whether the folder stays when all is over
     * @param withRedis whether the servers share a Redis
     */
    static Fleet open(Engine engine, boolean keep, boolean withRedis) throws CannotLoad {
        Path folder = makeFolder();
        RedisUnderLoad redis = null;
        try {
            redis = withRedis ? RedisUnderLoad.start(folder.resolve("redis")) : null;
            if (engine == Engine.SQLITE) {
                String url = "jdbc:sqlite:" + folder.resolve("rowlock.db");
                return new Fleet(folder, keep, null, new DatabaseChoice.Given(engine, url, null, null), redis);
            }
            Server server = EngineServer.start(engine, folder.resolve("database"));
            server.createDatabase(DATABASE);
            return new Fleet(
                    folder,
                    keep,
                    server,
                    new DatabaseChoice.Given(engine, server.url(DATABASE), server.user(), server.password()),
                    redis);
        } catch (CannotStart | CannotLoad failed) {
            if (redis != null) {
                redis.close();
            }
            delete(folder);
            throw new CannotLoad(String.valueOf(failed.getMessage()), failed);
        }
    }

    /** On a database that is there, and stays. */
    static Fleet on(DatabaseChoice.Given database) throws CannotLoad {
        return new Fleet(makeFolder(), false, null, database, null);
    }

    private static Path makeFolder() throws CannotLoad {
        try {
            return Files.createTempDirectory("rowlock-load-");
        } catch (IOException failed) {
            throw new CannotLoad("Cannot make a temporary folder", failed);
        }
    }

    /**
     * Starts servers one after the other, beside those that run: the first brings the tables up to date.
     *
     * @param java options of each one's Java
     * @param options of each, as {@code name=value}
     * @return where they are
     */
    List<String> start(int count, List<String> java, List<String> options) throws CannotLoad, InterruptedException {
        List<String> started = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ServiceProcess server;
            synchronized (servers) {
                if (closed) {
                    throw new CannotLoad("Told to end");
                }
                server = new ServiceProcess(
                        folder.resolve("server-" + (servers.size() + 1)),
                        database,
                        redis == null ? null : redis.choice(),
                        java,
                        options);
                servers.add(server);
            }
            server.start();
            started.add(server.url());
        }
        return started;
    }

    List<String> urls() {
        synchronized (servers) {
            return servers.stream().map(ServiceProcess::url).toList();
        }
    }

    DatabaseChoice.Given database() {
        return database;
    }

    Path folder() {
        return folder;
    }

    int kills() {
        return kills.get();
    }

    int redisKills() {
        return redisKills.get();
    }

    /**
     * Kills the servers in turn, each this long after the last one that was killed takes requests again, until {@link
     * #stopKilling}.
     *
     * @return ends when all is quiet, with the servers up; or fails if one did not come back
     */
    Future<?> killEvery(Duration pause) {
        return killer.submit(() -> {
            for (int turn = 0; !loadEnded.await(pause.toMillis(), TimeUnit.MILLISECONDS); turn++) {
                ServiceProcess victim = servers.get(turn % servers.size());
                victim.kill();
                kills.incrementAndGet();
                victim.restart();
            }
            return null;
        });
    }

    /**
     * Kills the Redis each so long after the last one was there, and starts an empty one, until {@link #stopKilling}.
     *
     * @return as that of {@link #killEvery}
     */
    Future<?> killRedisEvery(Duration pause) {
        RedisUnderLoad killed = Objects.requireNonNull(redis, "redis");
        return killer.submit(() -> {
            while (!loadEnded.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                killed.killAndStart();
                redisKills.incrementAndGet();
            }
            return null;
        });
    }

    /** Lets a server that is being started again come up, and kills no more. */
    void stopKilling(List<Future<?>> killing) throws CannotLoad, InterruptedException {
        loadEnded.countDown();
        try {
            for (Future<?> each : killing) {
                Object unused = each.get();
            }
        } catch (ExecutionException failed) {
            throw new CannotLoad(
                    "A server that was killed did not come back: " + String.valueOf(failed.getCause()), failed);
        }
    }

    /** Ends the servers of the service in an orderly way; the database stays. */
    void stopServers() {
        List<ServiceProcess> running;
        synchronized (servers) {
            closed = true;
            running = List.copyOf(servers);
        }
        loadEnded.countDown();
        running.forEach(ServiceProcess::close);
    }

    @Override
    public void close() {
        stopServers();
        killer.shutdownNow();
        if (redis != null) {
            redis.close();
        }
        if (engineServer != null) {
            engineServer.close();
        }
        if (!keep) {
            delete(folder);
        }
    }

    /** A server that has just ended may still be seen to write its last. */
    private static void delete(Path folder) {
        for (int attempt = 0; attempt < DELETE_ATTEMPTS && Files.exists(folder); attempt++) {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(path);
                }
            } catch (IOException | java.io.UncheckedIOException changing) {
                // Once more.
            }
        }
    }
}
