package io.rowlock.app.serve;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.rowlock.RowlockTables;
import io.rowlock.dialect.Engine;
import io.rowlock.dialect.SqlFailure;
import io.rowlock.engines.Server;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * The database the service stands on: the pool, and the server behind it if that was started here. Closing it closes the
 * pool first.
 */
public final class OpenDatabase implements AutoCloseable {
    /** How long a request waits for a connection before it is told that the database is away. */
    private static final Duration CONNECTION_WAIT = Duration.ofSeconds(3);

    /** How long the network may take to reach the server; below the wait, so that the reason is told and not the wait. */
    private static final Duration CONNECT = Duration.ofSeconds(2);

    /** How long a server may be silent in the middle of a statement. Above every unit's deadline, which cancels earlier. */
    private static final Duration SILENCE = Duration.ofSeconds(20);

    /** How long SQLite itself waits for another process that writes; writers of this one queue before they get there. */
    private static final Duration SQLITE_BUSY = Duration.ofSeconds(5);

    private static final String DATABASE_NAME = "rowlock";

    private final HikariDataSource pool;
    private final @Nullable Server server;
    private final String title;

    private OpenDatabase(HikariDataSource pool, @Nullable Server server, String title) {
        this.pool = pool;
        this.server = server;
        this.title = title;
    }

    /**
     * Opens a database for a program that does not serve, logs into the folder, and brings its tables up to date.
     *
     * @param data where a database of its own and the log are kept; made if it is not there
     * @throws CannotStart if it cannot be opened
     */
    public static OpenDatabase openWithTables(DatabaseChoice choice, Path data, int poolSize) throws CannotStart {
        DataFolder folder = DataFolder.open(data);
        Log.to(folder);
        return withTables(choice.engine(), open(choice, folder, poolSize));
    }

    /**
     * Opens a database with its tables for a command that throws it away.
     *
     * @param folder where the log is kept, and SQLite's file
     * @throws CannotStart if it cannot be opened
     */
    public static OpenDatabase openTemporary(Engine engine, TemporaryFolder folder, int poolSize) throws CannotStart {
        if (engine == Engine.SQLITE) {
            return openWithTables(new DatabaseChoice.Own(engine), folder.path(), poolSize);
        }
        Log.to(DataFolder.open(folder.path()));
        return withTables(engine, on(EngineServer.startTemporary(engine), engine, poolSize));
    }

    private static OpenDatabase withTables(Engine engine, OpenDatabase database) throws CannotStart {
        try {
            makeTables(engine, database.pool());
            return database;
        } catch (SQLException | RuntimeException failed) {
            database.close();
            throw new CannotStart("The tables cannot be made: " + firstLine(failed), failed);
        }
    }

    /** Makes the tables of all systems and those of Rowlock, or brings them up to date. */
    public static void makeTables(Engine engine, DataSource database) throws SQLException {
        Flyway.configure()
                .dataSource(database)
                .locations("classpath:db/migration/" + engine.name().toLowerCase(Locale.ROOT))
                .load()
                .migrate();
        RowlockTables.createMissing(database);
    }

    /**
     * Opens the database, starting a server if one is asked for, and makes sure that it answers.
     *
     * @throws CannotStart if it does not
     */
    static OpenDatabase open(DatabaseChoice choice, DataFolder data, int poolSize) throws CannotStart {
        if (choice instanceof DatabaseChoice.Given given) {
            return connect(given, null, poolSize);
        }
        Engine engine = choice.engine();
        if (engine == Engine.SQLITE) {
            return connect(
                    new DatabaseChoice.Given(engine, "jdbc:sqlite:" + data.sqlite(), null, null), null, poolSize);
        }
        return on(
                EngineServer.start(engine, data.server(engine == Engine.POSTGRESQL ? "postgres" : "mariadb")),
                engine,
                poolSize);
    }

    private static OpenDatabase on(Server server, Engine engine, int poolSize) throws CannotStart {
        try {
            server.createDatabase(DATABASE_NAME);
            return connect(
                    new DatabaseChoice.Given(engine, server.url(DATABASE_NAME), server.user(), server.password()),
                    server,
                    poolSize);
        } catch (CannotStart | RuntimeException failed) {
            server.close();
            throw failed;
        }
    }

    private static String firstLine(Throwable failed) {
        return String.valueOf(failed.getMessage())
                .lines()
                .map(String::strip)
                .findFirst()
                .orElse("");
    }

    private static OpenDatabase connect(DatabaseChoice.Given given, @Nullable Server server, int poolSize)
            throws CannotStart {
        Properties properties = properties(given);
        First first = firstConnection(given, properties);
        String title = first.product() + ", "
                + (server == null
                        ? withoutParameters(given.url()).replaceFirst("^jdbc:sqlite:", "")
                        : "started for this service, in " + server.folder());
        return new OpenDatabase(new HikariDataSource(config(given, properties, first, poolSize)), server, title);
    }

    /**
     * One connection beside the pool, for whoever looks from outside.
     *
     * @throws CannotStart if the database does not answer
     */
    static Connection connection(DatabaseChoice.Given given) throws CannotStart {
        try {
            return DriverManager.getConnection(given.url(), properties(given));
        } catch (SQLException failed) {
            throw new CannotStart(reason(given, failed), failed);
        }
    }

    private static Properties properties(DatabaseChoice.Given given) {
        Properties properties = driverProperties(given.engine());
        if (given.user() != null) {
            properties.setProperty("user", given.user());
        }
        if (given.password() != null) {
            properties.setProperty("password", given.password());
        }
        return properties;
    }

    /**
     * What the first connection told.
     *
     * @param product engine and version
     * @param isolation its isolation level, as JDBC numbers them
     */
    private record First(String product, int isolation) {}

    /** Once without the pool, which would wait and try again where a person is to be told the reason at once. */
    private static First firstConnection(DatabaseChoice.Given given, Properties properties) throws CannotStart {
        try (Connection connection = DriverManager.getConnection(given.url(), properties)) {
            DatabaseMetaData meta = connection.getMetaData();
            return new First(
                    given.engine().title() + " "
                            + meta.getDatabaseProductVersion().split("[ -]", 2)[0],
                    connection.getTransactionIsolation());
        } catch (SQLException failed) {
            throw new CannotStart(reason(given, failed), failed);
        }
    }

    private static HikariConfig config(DatabaseChoice.Given given, Properties properties, First first, int poolSize) {
        HikariConfig config = new HikariConfig();
        // HikariCP 7.0.2 that has to ask for the level never connects again if that connection breaks meanwhile.
        config.setTransactionIsolation(Integer.toString(first.isolation()));
        config.setPoolName("rowlock");
        config.setJdbcUrl(given.url());
        config.setDataSourceProperties(properties);
        config.setMaximumPoolSize(poolSize);
        config.setAutoCommit(true);
        config.setConnectionTimeout(CONNECTION_WAIT.toMillis());
        return config;
    }

    /** Driver properties: pragmas for SQLite alone, which other drivers would refuse; time-outs for the others. */
    private static Properties driverProperties(Engine engine) {
        Map<String, String> named = switch (engine) {
            case SQLITE ->
                Map.of(
                        "journal_mode", "WAL",
                        "synchronous", "FULL",
                        "foreign_keys", "true",
                        "busy_timeout", Long.toString(SQLITE_BUSY.toMillis()));
            case POSTGRESQL ->
                Map.of(
                        "connectTimeout",
                        Long.toString(CONNECT.toSeconds()),
                        "socketTimeout",
                        Long.toString(SILENCE.toSeconds()),
                        "tcpKeepAlive",
                        "true",
                        "ApplicationName",
                        "rowlock");
            case MARIADB, MYSQL ->
                Map.of(
                        "connectTimeout",
                        Long.toString(CONNECT.toMillis()),
                        "socketTimeout",
                        Long.toString(SILENCE.toMillis()),
                        "useServerPrepStmts",
                        "true",
                        "cachePrepStmts",
                        "true");
        };
        Properties properties = new Properties();
        properties.putAll(named);
        return properties;
    }

    private static String reason(DatabaseChoice.Given given, SQLException failed) {
        SqlFailure failure = SqlFailure.of(given.engine(), failed);
        String facts = " (url=" + withoutParameters(given.url())
                + (given.user() == null ? "" : ", user=" + given.user()) + ")";
        // PostgreSQL's driver gives up by itself when it is asked for a password that it does not have.
        boolean passwordMissing = given.password() == null && "08004".equals(failed.getSQLState());
        return switch (passwordMissing ? SqlFailure.Kind.ACCESS_DENIED : failure.kind()) {
            case ACCESS_DENIED ->
                "The database refused user or password" + facts
                        + "; the password is read from ROWLOCK_DB_PASSWORD or --db-password-file";
            case STORAGE -> "The database file cannot be opened" + facts;
            case NO_CONNECTION, CONNECTION_LOST ->
                "The database does not answer" + facts + ": " + firstLine(failure.error());
            default -> "The database cannot be opened" + facts + ": " + firstLine(failure.error());
        };
    }

    /** The URL up to its parameters, which may hold secrets. */
    static String withoutParameters(String url) {
        return url.split("[?;]", 2)[0];
    }

    /** The pool. */
    public HikariDataSource pool() {
        return pool;
    }

    /** The same database without a pool: each connection is a new one, and gone when it is closed. */
    public DataSource unpooled() {
        DriverManagerDataSource unpooled = new DriverManagerDataSource(pool.getJdbcUrl());
        unpooled.setConnectionProperties(pool.getDataSourceProperties());
        return unpooled;
    }

    /** How to reach the server that was started for this database, if one was. */
    public Optional<DatabaseChoice.Given> started() {
        return Optional.ofNullable(server)
                .map(own -> new DatabaseChoice.Given(
                        own.engine(), withoutParameters(pool.getJdbcUrl()), own.user(), own.password()));
    }

    /** Engine, version and place, for people; no secret in it. */
    public String title() {
        return title;
    }

    @Override
    public void close() {
        pool.close();
        if (server != null) {
            server.close();
        }
    }
}
