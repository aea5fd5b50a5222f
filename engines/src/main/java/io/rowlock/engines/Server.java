package io.rowlock.engines;

import io.rowlock.dialect.Engine;
import java.nio.file.Path;
import java.sql.SQLException;

/**
 * A database server that this JVM started for itself, with the settings it asked for. It listens on the loopback
 * interface alone, on a port that was free, and demands a password that it made up. It ends with {@link #close()}, and
 * also when this JVM ends in any way, being killed included.
 *
 * <p>Tests that need no special settings do better with {@link Databases}: those servers are shared by the whole build.
 *
 * <p>Safe for use by many threads.
 */
public abstract sealed class Server implements AutoCloseable permits PostgresServer, MariaDbServer {

    private final LocalServer server;
    private final Address address;

    Server(SqlKind kind, LocalServer server) {
        this.server = server;
        this.address = kind.address(server.reach());
    }

    /** The kind of server. */
    public final Engine engine() {
        return address.engine();
    }

    /** The address it listens on. */
    public final String host() {
        return address.host();
    }

    /** The port it listens on. */
    public final int port() {
        return address.port();
    }

    /** The name of a user that may do everything. */
    public final String user() {
        return address.user();
    }

    /** That user's password. */
    public final String password() {
        return address.password();
    }

    /** The JDBC URL of a database on this server, whether that database exists yet or not. */
    public final String url(String database) {
        return address.url(database);
    }

    /**
     * Creates a database unless it is there already.
     *
     * @param name letters, digits and underscores
     */
    public final void createDatabase(String name) {
        if (!name.matches("\\w+")) {
            throw new IllegalArgumentException("Not a plain name for a database (name=" + name + ")");
        }
        try {
            address.createDatabase(name);
        } catch (SQLException e) {
            // PostgreSQL has no IF NOT EXISTS for databases: it says 42P04, MariaDB 1007.
            if (!"42P04".equals(e.getSQLState()) && e.getErrorCode() != 1007) {
                throw new EngineUnavailable("The database could not be created (name=" + name + ")", e);
            }
        }
    }

    /** Where the server keeps its data, its log and its password. */
    public final Path folder() {
        return server.folder();
    }

    /** The number of its process, for those who want to see it or to kill it. */
    public final long pid() {
        return server.pid();
    }

    /** Stops the server in an orderly way and waits for its end. A second call does nothing. */
    @Override
    public final void close() {
        server.close();
    }

    final Address address() {
        return address;
    }

    @Override
    public final String toString() {
        return engine() + " at " + host() + ":" + port();
    }
}
