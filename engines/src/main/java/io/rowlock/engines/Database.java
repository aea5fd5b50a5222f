package io.rowlock.engines;

import com.zaxxer.hikari.HikariConfig;
import io.rowlock.dialect.Engine;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A database of a test's own on a real engine: new, empty, and gone when it is closed. On PostgreSQL and MariaDB it is a
 * database of a server, on SQLite a file in WAL mode with {@code synchronous=FULL}.
 *
 * <p>Connections that it hands out are tracked, so that a {@link LeakCheck} can name who did not close one, or gave it back
 * with a transaction open.
 *
 * <p>A method of a test class gets one by {@link Databases}. Elsewhere:
 *
 * <pre>{@code
 * try (var database = Database.create(Engine.POSTGRESQL)) {
 *     database.execute("CREATE TABLE account (id INT PRIMARY KEY, balance INT NOT NULL)");
 *     transfer(database.dataSource());
 * }
 * }</pre>
 *
 * <p>Safe for use by many threads.
 */
public final class Database implements AutoCloseable {

    /** Enough for the most threads any test runs at once, and eight such pools fit a server. */
    private static final int POOL_SIZE = 32;

    private static final long CONNECTION_TIMEOUT_MILLIS = 20_000;
    /** Longer than any transaction of a test waits for another; a shorter one would turn waits into errors. */
    private static final String SQLITE_BUSY_TIMEOUT_MILLIS = "20000";

    private static final int NAME_PART_MAX = 30;
    private static final AtomicLong NUMBERS = new AtomicLong();

    private final Engine engine;
    private final String name;
    private final @Nullable Address address;
    private final @Nullable Path folder;
    private final Loans loans = new Loans();
    private final ReentrantLock lock = new ReentrantLock();
    private final List<TrackedDataSource> furtherPools = new ArrayList<>();
    private final List<AutoCloseable> proxies = new ArrayList<>();
    private final LeakCheck leakCheck;
    private final TrackedDataSource pool;
    private boolean closed;

    private Database(Engine engine, String name, @Nullable Address address, @Nullable Path folder) {
        this.engine = engine;
        this.name = name;
        this.address = address;
        this.folder = folder;
        this.pool = new TrackedDataSource(config(url()), loans);
        this.leakCheck = new LeakCheck(this, loans);
    }

    /**
     * A new database on the server that this build shares, which is started if need be.
     *
     * @throws EngineUnavailable if this machine has no such server
     */
    public static Database create(Engine engine) {
        return create(engine, "code");
    }

    static Database create(Engine engine, String purpose) {
        String name = newName(purpose);
        if (engine == Engine.SQLITE) {
            return new Database(engine, name, null, SharedServers.newSqliteFolder(name));
        }
        return createOn(SharedServers.address(engine), name);
    }

    /** A new database on a server that was started for special settings. Close it before the server. */
    public static Database createOn(Server server) {
        return createOn(server.address(), newName("own"));
    }

    private static Database createOn(Address address, String name) {
        try {
            address.createDatabase(name);
        } catch (SQLException e) {
            throw new EngineUnavailable("The database could not be created (name=" + name + ")", e);
        }
        return new Database(address.engine(), name, address, null);
    }

    /** Tells the purpose to whoever looks at the server, and is free also on a server shared with other machines. */
    private static String newName(String purpose) {
        String plain = purpose.toLowerCase(Locale.ROOT).replaceAll("\\W", "_");
        ProcessId process = ProcessId.current();
        return "rl_%s_%s_%s_%s"
                .formatted(
                        plain.substring(0, Math.min(plain.length(), NAME_PART_MAX)),
                        Long.toString(process.pid(), Character.MAX_RADIX),
                        Integer.toUnsignedString(process.started().hashCode(), Character.MAX_RADIX),
                        NUMBERS.incrementAndGet());
    }

    /** Which engine this is. */
    public Engine engine() {
        return engine;
    }

    /** The name of the database. */
    public String name() {
        return name;
    }

    /** The JDBC URL. For SQLite, use {@link #properties()} with it: what makes it durable and patient is there. */
    public String url() {
        return engine == Engine.SQLITE
                ? "jdbc:sqlite:" + requireFolder().resolve("database.db")
                : requireAddress().url(name);
    }

    /**
     * The JDBC URL by way of another address, such as that of a {@link TcpProxy}.
     *
     * @throws IllegalStateException on SQLite, which is reached without a network
     */
    public String url(String host, int port) {
        return requireAddress().url(host + ":" + port, name);
    }

    /** The user to connect as; empty on SQLite. */
    public String user() {
        return engine == Engine.SQLITE ? "" : requireAddress().user();
    }

    /** That user's password; empty on SQLite. */
    public String password() {
        return engine == Engine.SQLITE ? "" : requireAddress().password();
    }

    /** What the driver is given besides the URL: user and password, and for SQLite its pragmas. */
    public Properties properties() {
        Properties properties = new Properties();
        if (engine == Engine.SQLITE) {
            // As properties, not as a statement run on each new connection: of several pragmas there only the first is
            // run.
            properties.setProperty("journal_mode", "WAL");
            properties.setProperty("synchronous", "FULL");
            properties.setProperty("busy_timeout", SQLITE_BUSY_TIMEOUT_MILLIS);
            properties.setProperty("foreign_keys", "true");
        } else {
            properties.setProperty("user", user());
            properties.setProperty("password", password());
        }
        return properties;
    }

    /** The address of the server. Not for SQLite. */
    public String host() {
        return requireAddress().host();
    }

    /** The port of the server. Not for SQLite. */
    public int port() {
        return requireAddress().port();
    }

    /**
     * The pool of this database: autocommit, the engine's own isolation level, at most 32 connections, opened when needed, 20
     * seconds of patience. Always the same object.
     */
    public DataSource dataSource() {
        return pool;
    }

    /**
     * A further pool. It is closed with the database, and by {@link Databases} already at the end of the test method.
     *
     * @param options changes what {@link #dataSource()} would have
     */
    public DataSource dataSource(UnaryOperator<HikariConfig> options) {
        return keep(new TrackedDataSource(options.apply(config(url())), loans));
    }

    /**
     * A further pool that reaches the server through a proxy, at which connections can be cut.
     *
     * @throws IllegalStateException on SQLite, which is reached without a network
     */
    public DataSource newDataSourceThrough(TcpProxy proxy) {
        return keep(new TrackedDataSource(config(url(proxy.host(), proxy.port())), loans));
    }

    /**
     * A proxy in front of the server. It is closed with the database, and by {@link Databases} already at the end of the
     * test method.
     *
     * @throws IllegalStateException on SQLite, which is reached without a network
     */
    public TcpProxy newProxy() {
        TcpProxy proxy = TcpProxy.to(host(), port());
        lock.lock();
        try {
            proxies.add(proxy);
        } finally {
            lock.unlock();
        }
        return proxy;
    }

    private TrackedDataSource keep(TrackedDataSource dataSource) {
        lock.lock();
        try {
            furtherPools.add(dataSource);
        } finally {
            lock.unlock();
        }
        return dataSource;
    }

    private HikariConfig config(String url) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("rowlock-" + engine.name().toLowerCase(Locale.ROOT));
        config.setJdbcUrl(url);
        config.setDataSourceProperties(properties());
        config.setMaximumPoolSize(POOL_SIZE);
        // None in advance and none in the background: what happens at a proxy is what the test does.
        config.setMinimumIdle(0);
        config.setInitializationFailTimeout(-1);
        config.setConnectionTimeout(CONNECTION_TIMEOUT_MILLIS);
        // HikariCP 7.0.2 that has to ask for the level never connects again if that connection breaks meanwhile.
        config.setTransactionIsolation(ownLevel());
        return config;
    }

    /** The level that the engine has by itself, as the pool's options name it. */
    private String ownLevel() {
        return switch (engine) {
            case POSTGRESQL -> "TRANSACTION_READ_COMMITTED";
            case MARIADB, MYSQL -> "TRANSACTION_REPEATABLE_READ";
            case SQLITE -> "TRANSACTION_SERIALIZABLE";
        };
    }

    /** A connection of its own, outside all pools; tracked as those are. */
    public Connection connect() throws SQLException {
        return TrackedDataSource.track(open(), loans);
    }

    /** A connection that is nobody's loan. */
    Connection open() throws SQLException {
        return DriverManager.getConnection(url(), properties());
    }

    /**
     * Runs statements one after another, each by itself.
     *
     * @throws IllegalArgumentException with the driver's exception, if one fails
     */
    public void execute(String... statements) {
        String running = "";
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                running = sql;
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalArgumentException("A statement failed (engine=%s, sql=%s)".formatted(engine, running), e);
        }
    }

    /**
     * The switches that decide what a commit and an isolation level mean here, as the engine itself tells them on a
     * connection of the pool: {@code fsync}, {@code innodb_flush_log_at_trx_commit}, {@code journal_mode} and the like. Names
     * and values are the engine's own.
     */
    public Map<String, String> settings() {
        List<String> names = switch (engine) {
            case SQLITE -> List.of("journal_mode", "synchronous", "busy_timeout", "foreign_keys");
            case POSTGRESQL ->
                List.of(
                        "server_version",
                        "fsync",
                        "synchronous_commit",
                        "full_page_writes",
                        "default_transaction_isolation",
                        "deadlock_timeout",
                        "max_connections");
            default ->
                List.of(
                        "version",
                        "innodb_flush_log_at_trx_commit",
                        "innodb_doublewrite",
                        "innodb_snapshot_isolation",
                        "innodb_lock_wait_timeout",
                        "tx_isolation",
                        "log_bin",
                        "max_connections");
        };
        Map<String, String> settings = new LinkedHashMap<>();
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            for (String setting : names) {
                read(statement, setting, settings);
            }
            return settings;
        } catch (SQLException e) {
            throw new IllegalStateException("The settings could not be read (engine=" + engine + ")", e);
        }
    }

    private void read(Statement statement, String setting, Map<String, String> settings) throws SQLException {
        String sql = switch (engine) {
            case SQLITE -> "PRAGMA " + setting;
            case POSTGRESQL -> "SHOW " + setting;
            default -> "SHOW GLOBAL VARIABLES LIKE '" + setting + "'";
        };
        try (ResultSet rows = statement.executeQuery(sql)) {
            if (rows.next()) {
                settings.put(setting, rows.getString(rows.getMetaData().getColumnCount()));
            }
        }
    }

    /** What finds, and clears away, what was left behind in this database. */
    public LeakCheck leakCheck() {
        return leakCheck;
    }

    /** Closes what was made for one test method; the pool of the database itself only if it was found misused. */
    void closeExtras(boolean alsoOwnPool) {
        List<AutoCloseable> extras = new ArrayList<>();
        lock.lock();
        try {
            furtherPools.forEach(own -> extras.add(own::close));
            extras.addAll(proxies);
            furtherPools.clear();
            proxies.clear();
        } finally {
            lock.unlock();
        }
        if (alsoOwnPool) {
            extras.add(pool::renew);
        }
        closeAll(extras);
    }

    private static void closeAll(List<AutoCloseable> all) {
        RuntimeException failure = null;
        for (AutoCloseable each : all) {
            try {
                each.close();
            } catch (Exception e) {
                failure = failure == null ? new IllegalStateException("Not everything could be closed") : failure;
                failure.addSuppressed(e);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Closes all connections and removes the database. A second call does nothing. */
    @Override
    public void close() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
        } finally {
            lock.unlock();
        }
        closeExtras(false);
        pool.close();
        leakCheck.close();
        if (folder != null) {
            Folders.delete(folder);
        } else {
            drop();
        }
    }

    private void drop() {
        try {
            requireAddress().dropDatabase(name);
        } catch (SQLException e) {
            throw new IllegalStateException("The database could not be dropped (name=" + name + ")", e);
        }
    }

    private Address requireAddress() {
        if (address == null) {
            throw new IllegalStateException("SQLite has no server; ask engine() first (engine=" + engine + ")");
        }
        return address;
    }

    private Path requireFolder() {
        if (folder == null) {
            throw new IllegalStateException("A server's database is no file (engine=" + engine + ")");
        }
        return folder;
    }

    @Override
    public String toString() {
        return engine + " " + name;
    }
}
