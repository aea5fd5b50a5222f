package io.rowlock.engines;

import io.rowlock.dialect.Engine;
import java.nio.file.Path;

/**
 * A database server that this JVM started for itself, with the settings it asked for. It listens on the loopback
 * interface alone, on a port that was free, and demands a password that it made up. It ends with {@link #close()}, and
 * also when this JVM ends in any way, being killed included.
 *
 * <p>Tests that need no special settings do better with {@link Databases}: those servers are shared by the whole build.
 *
 * <p>Safe for use by many threads.
 */
public sealed interface Server extends AutoCloseable permits PostgresServer, MariaDbServer {

    /** The kind of server. */
    Engine engine();

    /** The address it listens on. */
    String host();

    /** The port it listens on. */
    int port();

    /** The name of a user that may do everything. */
    String user();

    /** That user's password. */
    String password();

    /** The JDBC URL of a database on this server, whether that database exists yet or not. */
    String url(String database);

    /**
     * Creates a database unless it is there already.
     *
     * @param name letters, digits and underscores
     */
    void createDatabase(String name);

    /** Where the server keeps its data, its log and its password. */
    Path folder();

    /** The number of its process, for those who want to see it or to kill it. */
    long pid();

    /** Stops the server in an orderly way and waits for its end. A second call does nothing. */
    @Override
    void close();
}
