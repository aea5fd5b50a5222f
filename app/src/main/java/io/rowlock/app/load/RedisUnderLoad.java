package io.rowlock.app.load;

import io.rowlock.app.serve.CannotStart;
import io.rowlock.app.serve.EngineServer;
import io.rowlock.app.serve.RedisChoice;
import io.rowlock.engines.RedisServer;
import io.rowlock.engines.TcpProxy;
import io.rowlock.redis.RedisTierOptions;
import java.nio.file.Path;

/**
 * A Redis that can be killed, for servers that reach it at one address: after {@link #killAndStart} there is another one behind it, which
 * knows nothing of what was before.
 *
 * <p>One thread at a time, but {@link #close} may come from any.
 */
final class RedisUnderLoad implements AutoCloseable {
    private final Path folder;
    private final TcpProxy address;
    private RedisServer server;
    private boolean closed;

    private RedisUnderLoad(Path folder, RedisServer server) {
        this.folder = folder;
        this.server = server;
        this.address = TcpProxy.to(server.host(), server.port());
    }

    /**
     * Starts one.
     *
     * @param folder for its password and its log
     */
    static RedisUnderLoad start(Path folder) throws CannotLoad {
        return new RedisUnderLoad(folder, server(folder));
    }

    private static RedisServer server(Path folder) throws CannotLoad {
        try {
            return EngineServer.startRedis(folder);
        } catch (CannotStart cannot) {
            throw new CannotLoad(String.valueOf(cannot.getMessage()), cannot);
        }
    }

    /** Where it is, whichever one it is by now. */
    synchronized RedisChoice.Given choice() {
        return new RedisChoice.Given(RedisTierOptions.at("redis://" + address.host() + ":" + address.port())
                .withPassword(server.password()));
    }

    /** Signal 9, and an empty one in its place. */
    synchronized void killAndStart() throws CannotLoad {
        if (closed) {
            return;
        }
        boolean killed = ProcessHandle.of(server.pid())
                .map(ProcessHandle::destroyForcibly)
                .orElse(false);
        if (!killed) {
            throw new CannotLoad("The Redis could not be killed (pid=" + server.pid() + ")");
        }
        // Waits for its end.
        server.close();
        server = server(folder);
        address.retarget(server.host(), server.port());
    }

    @Override
    public synchronized void close() {
        closed = true;
        address.close();
        server.close();
    }
}
