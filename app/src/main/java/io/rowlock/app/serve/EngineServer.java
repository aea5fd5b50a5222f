package io.rowlock.app.serve;

import io.rowlock.dialect.Engine;
import io.rowlock.engines.EngineUnavailable;
import io.rowlock.engines.MariaDbServer;
import io.rowlock.engines.PostgresServer;
import io.rowlock.engines.RedisServer;
import io.rowlock.engines.Server;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Database servers that are started for the service, with their data in its folder. */
public final class EngineServer {
    private EngineServer() {}

    /**
     * Starts a server on a folder of its own, which is kept.
     *
     * @param engine PostgreSQL or MariaDB
     * @throws CannotStart if it is not to be had here
     */
    public static Server start(Engine engine, Path folder) throws CannotStart {
        try {
            return engine == Engine.POSTGRESQL
                    ? PostgresServer.start(folder, Map.of())
                    : MariaDbServer.start(folder, List.of());
        } catch (EngineUnavailable unavailable) {
            throw cannotStart(engine.title(), unavailable);
        }
    }

    /** As {@link #start}, with data that is gone when the server ends, however that comes. */
    static Server startTemporary(Engine engine) throws CannotStart {
        try {
            return engine == Engine.POSTGRESQL
                    ? PostgresServer.startTemporary(Map.of())
                    : MariaDbServer.startTemporary(List.of());
        } catch (EngineUnavailable unavailable) {
            throw cannotStart(engine.title(), unavailable);
        }
    }

    /**
     * Starts a Redis that keeps nothing, on a folder of its own for its password and its log.
     *
     * @throws CannotStart if it is not to be had here
     */
    public static RedisServer startRedis(Path folder) throws CannotStart {
        try {
            return RedisServer.start(folder, RedisServer.Durability.NONE, Map.of());
        } catch (EngineUnavailable unavailable) {
            throw cannotStart("Redis", unavailable);
        }
    }

    /** As {@link #startRedis}, with a folder that is gone when the server ends, however that comes. */
    static RedisServer startTemporaryRedis() throws CannotStart {
        try {
            return RedisServer.startTemporary(RedisServer.Durability.NONE, Map.of());
        } catch (EngineUnavailable unavailable) {
            throw cannotStart("Redis", unavailable);
        }
    }

    private static CannotStart cannotStart(String what, EngineUnavailable unavailable) {
        return new CannotStart("Cannot start a " + what + " server: " + inOneLine(unavailable), unavailable);
    }

    /** A first line that ends with a colon announces the others; else they are a server's own log, which is in its folder. */
    private static String inOneLine(Throwable failed) {
        List<String> lines =
                String.valueOf(failed.getMessage()).lines().map(String::strip).toList();
        if (lines.isEmpty()) {
            return "";
        }
        return lines.get(0).endsWith(":") ? String.join(" ", lines) : lines.get(0);
    }
}
