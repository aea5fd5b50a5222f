package io.rowlock.bench;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.MariaDbServer;
import io.rowlock.engines.PostgresServer;
import io.rowlock.engines.Server;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * One engine to measure on: a durable server of this run alone (on SQLite a file), the table, and the pools that candidates
 * share. All pools are of the same size and differ in what their libraries' manuals ask for.
 */
final class Rig implements AutoCloseable {
    /** Rows lie this far apart, so that threads do not meet on a page. */
    private static final int ROWS_APART = 200;

    /** Rows are numbered from here: what one thread writes. */
    private static final int FIRST_ROW = 1;

    private final Engine engine;
    private final @Nullable Server server;
    private final Database database;
    private final HikariDataSource automatic;
    private final HikariDataSource rowlock;
    private final @Nullable HikariDataSource manual;
    private final @Nullable HikariDataSource immediate;

    private Rig(Engine engine, @Nullable Server server, Database database, int threads) {
        this.engine = engine;
        this.server = server;
        this.database = database;
        this.automatic = pool("automatic", threads, true, Map.of());
        this.rowlock = pool("rowlock", threads, true, Map.of());
        this.manual = engine == Engine.SQLITE ? null : pool("manual", threads, false, Map.of());
        this.immediate = engine == Engine.SQLITE
                ? pool("immediate", threads, true, Map.of("transaction_mode", "IMMEDIATE"))
                : null;
    }

    /**
     * Starts an engine and fills the table.
     *
     * @param threads the most that will work at once; every pool has a connection for each
     * @throws io.rowlock.engines.EngineUnavailable if this machine has no such engine
     */
    static Rig open(Engine engine, int threads) throws SQLException {
        Server server = switch (engine) {
            case POSTGRESQL -> PostgresServer.startTemporary(Map.of());
            case MARIADB -> MariaDbServer.startTemporary(List.of());
            default -> null;
        };
        Database database = null;
        try {
            database = server == null ? Database.create(engine) : Database.createOn(server);
            Rig rig = new Rig(engine, server, database, threads);
            rig.fill(threads);
            return rig;
        } catch (SQLException | RuntimeException failed) {
            if (database != null) {
                database.close();
            }
            if (server != null) {
                server.close();
            }
            throw failed;
        }
    }

    private HikariDataSource pool(String name, int threads, boolean autoCommit, Map<String, String> more) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(name);
        config.setJdbcUrl(database.url());
        config.setDataSourceProperties(database.properties());
        more.forEach(config::addDataSourceProperty);
        config.setAutoCommit(autoCommit);
        config.setMaximumPoolSize(threads);
        config.setInitializationFailTimeout(-1);
        return new HikariDataSource(config);
    }

    private void fill(int threads) throws SQLException {
        database.execute(
                "CREATE TABLE account (id BIGINT NOT NULL PRIMARY KEY, balance BIGINT NOT NULL, version BIGINT NOT NULL)"
                        + (engine == Engine.MARIADB ? " ENGINE=InnoDB" : ""));
        try (Connection connection = automatic.getConnection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO account VALUES (?, 0, 1)")) {
                for (int id = FIRST_ROW; id < FIRST_ROW + (threads + 1) * ROWS_APART; id++) {
                    insert.setLong(1, id);
                    insert.addBatch();
                }
                insert.executeBatch();
            }
            connection.commit();
            connection.setAutoCommit(true);
        }
        if (engine == Engine.POSTGRESQL) {
            database.execute("VACUUM ANALYZE account");
        }
    }

    Engine engine() {
        return engine;
    }

    /** The server's process; 0 on SQLite. */
    long pid() {
        return server == null ? 0 : server.pid();
    }

    /** The row that this thread writes. */
    static long written(int thread) {
        return FIRST_ROW + (long) thread * ROWS_APART;
    }

    /** The row that this thread only reads. */
    static long readOnly(int thread) {
        return written(thread) + ROWS_APART / 2;
    }

    /** Connections in autocommit mode, as every pool gives them that is not told otherwise. */
    DataSource automatic() {
        return automatic;
    }

    /** As {@link #automatic}, for Rowlock alone: on SQLite it sets a shorter busy timeout on each of its connections. */
    DataSource rowlock() {
        return rowlock;
    }

    /** Connections with {@code autoCommit=false}, so that a transaction needs no switching. Not on SQLite. */
    DataSource manual() {
        return required(manual);
    }

    /** SQLite connections whose {@code setAutoCommit(false)} begins with the write lock. */
    DataSource immediate() {
        return required(immediate);
    }

    /**
     * A pool of its own for one instance of a program, in autocommit mode, which the caller closes.
     *
     * @param connections the most it lends at once
     */
    HikariDataSource instance(String name, int connections) {
        return pool(name, connections, true, Map.of());
    }

    /** A connection outside of all pools, which the caller closes. */
    Connection connect() throws SQLException {
        return database.connect();
    }

    /** Prepares tables of somebody's own. */
    void execute(String... statements) {
        database.execute(statements);
    }

    private static DataSource required(@Nullable DataSource pool) {
        if (pool == null) {
            throw new IllegalStateException("No such pool on this engine");
        }
        return pool;
    }

    /** How many operations are stored: each adds 1 to one balance and to the version of the same row. */
    long operations() throws SQLException {
        try (Connection connection = automatic.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT SUM(balance), SUM(version) - COUNT(*) FROM account")) {
            row.next();
            long balance = row.getLong(1);
            long versions = row.getLong(2);
            if (balance != versions) {
                throw new IllegalStateException(
                        "Balances and versions moved apart (balances=" + balance + ", versions=" + versions + ")");
            }
            return balance;
        }
    }

    /** The database and its driver, by their own word. */
    String product() throws SQLException {
        try (Connection connection = automatic.getConnection()) {
            DatabaseMetaData about = connection.getMetaData();
            return "%s %s, %s %s"
                    .formatted(
                            about.getDatabaseProductName(),
                            about.getDatabaseProductVersion(),
                            about.getDriverName(),
                            about.getDriverVersion());
        }
    }

    /** What decides how durable a commit is, read back from the connections that are measured. */
    Map<String, String> settings() throws SQLException {
        List<String> names = switch (engine) {
            case POSTGRESQL ->
                List.of("fsync", "synchronous_commit", "full_page_writes", "wal_sync_method", "transaction_isolation");
            case SQLITE -> List.of("journal_mode", "synchronous", "busy_timeout");
            default ->
                List.of(
                        "innodb_flush_log_at_trx_commit",
                        "innodb_flush_method",
                        "innodb_doublewrite",
                        "log_bin",
                        "tx_isolation");
        };
        Map<String, String> settings = new LinkedHashMap<>();
        List<HikariDataSource> pools = new ArrayList<>(List.of(automatic, rowlock));
        if (manual != null) {
            pools.add(manual);
        }
        if (immediate != null) {
            pools.add(immediate);
        }
        for (HikariDataSource pool : pools) {
            try (Connection connection = pool.getConnection();
                    Statement statement = connection.createStatement()) {
                for (String name : names) {
                    String value = value(statement, name);
                    String other = settings.putIfAbsent(name, value);
                    if (other != null && !other.equals(value)) {
                        throw new IllegalStateException("Pools differ (setting=" + name + ", one=" + other + ", other="
                                + value + "): the comparison would not be fair");
                    }
                }
                if (!pool.isAutoCommit()) {
                    connection.rollback();
                }
            }
        }
        return settings;
    }

    private String value(Statement statement, String name) throws SQLException {
        String sql = switch (engine) {
            case POSTGRESQL -> "SHOW " + name;
            case SQLITE -> "PRAGMA " + name;
            default -> "SHOW VARIABLES LIKE '" + name + "'";
        };
        try (ResultSet row = statement.executeQuery(sql)) {
            String value = row.next() ? row.getString(row.getMetaData().getColumnCount()) : "unknown";
            return "synchronous".equals(name) && "2".equals(value) ? "2 (FULL)" : value;
        }
    }

    @Override
    public void close() {
        automatic.close();
        rowlock.close();
        if (manual != null) {
            manual.close();
        }
        if (immediate != null) {
            immediate.close();
        }
        database.close();
        if (server != null) {
            server.close();
        }
    }
}
