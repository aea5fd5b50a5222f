package io.rowlock.app.sync.remote;

import io.rowlock.app.sync.remote.RemoteFailure.Kind;
import io.rowlock.dialect.Engine;
import io.rowlock.dialect.SqlFailure;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/**
 * Reads instances over JDBC, each with a connection of its own that is closed afterwards, and with as many statements whatever the
 * number of accounts.
 *
 * <p><b>Promise.</b> It ends within the limits: whoever does not answer is given up, a statement that runs is cancelled and its
 * connection cut. It changes nothing: SQLite files are opened for reading, servers are asked in read-only transactions. What it throws
 * repeats no text of a driver or a server.
 *
 * <p><b>Holds when</b> the driver keeps its own time-outs while it connects. <b>Breaks when</b> resolving the name of a host hangs:
 * Java has no limit for that.
 *
 * <p>Safe for use by many threads.
 */
public final class RemoteReader implements RemoteSource, AutoCloseable {
    private static final String TABLES = """
            SELECT m.name, m.type,
                   (SELECT group_concat(c.name, ', ') FROM (SELECT name FROM pragma_table_info(m.name) ORDER BY cid) c)
              FROM sqlite_master m
             WHERE m.type IN ('table', 'view') AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
             ORDER BY m.name""";

    private static final String ROLES = """
            SELECT r.rolname, r.rolcanlogin, r.rolsuper, r.rolcreatedb, r.rolcreaterole, r.rolreplication,
                   (SELECT string_agg(CAST(g.rolname AS text), ', ' ORDER BY g.rolname)
                      FROM pg_catalog.pg_auth_members m
                      JOIN pg_catalog.pg_roles g ON g.oid = m.roleid
                     WHERE m.member = r.oid)
              FROM pg_catalog.pg_roles r
             WHERE r.rolname !~ '^pg_'
             ORDER BY r.rolname""";

    private static final String USERS = """
            SELECT GRANTEE,
                   GROUP_CONCAT(PRIVILEGE_TYPE ORDER BY PRIVILEGE_TYPE SEPARATOR ', '),
                   MAX(IS_GRANTABLE)
              FROM information_schema.USER_PRIVILEGES
             GROUP BY GRANTEE
             ORDER BY GRANTEE""";

    private final AllowedAddresses allowed;
    private final Credentials credentials;
    private final RemoteLimits limits;
    private final ScheduledExecutorService watchdog;

    /** Makes a reader with a watchdog of its own; it is to be closed. */
    public RemoteReader(AllowedAddresses allowed, Credentials credentials, RemoteLimits limits) {
        this.allowed = allowed;
        this.credentials = credentials;
        this.limits = limits;
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, work -> {
            Thread thread = new Thread(work, "sync-remote-watchdog");
            thread.setDaemon(true);
            return thread;
        });
        timer.setRemoveOnCancelPolicy(true);
        this.watchdog = timer;
    }

    @Override
    public List<RemoteAccount> read(RemoteInstance instance, Stop stop) throws RemoteFailure {
        RemoteAddress address = RemoteAddress.parse(instance.url())
                .filter(allowed::allows)
                .orElseThrow(() -> new RemoteFailure(Kind.NOT_ALLOWED, ""));
        if (stop.isStopped()) {
            throw new RemoteFailure(Kind.STOPPED, "");
        }
        AtomicBoolean tooLate = new AtomicBoolean();
        long began = System.nanoTime();
        try (Connection connection = connect(address, instance)) {
            long left = limits.whole().toNanos() - (System.nanoTime() - began);
            ScheduledFuture<?> end = watchdog.schedule(
                    () -> {
                        tooLate.set(true);
                        cut(connection);
                    },
                    Math.max(0, left),
                    TimeUnit.NANOSECONDS);
            Stop.Registration registration = stop.with(() -> cut(connection));
            try {
                List<RemoteAccount> found = accounts(connection, address.engine());
                requireInTime(tooLate, began);
                return found;
            } finally {
                registration.close();
                end.cancel(false);
            }
        } catch (SQLException failed) {
            throw failure(address.engine(), failed, stop, tooLate.get(), System.nanoTime() - began);
        }
    }

    /** One driver's cut waits for the answer that it is to cut off, and lets it through. */
    private void requireInTime(AtomicBoolean tooLate, long began) throws SQLException {
        if (tooLate.get() || System.nanoTime() - began >= limits.whole().toNanos()) {
            tooLate.set(true);
            throw new SQLException("The answer came after the limit for the whole");
        }
    }

    /** From another thread: what runs on it ends with an exception. */
    private static void cut(Connection connection) {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException gone) {
            // Then there is nothing to be cut.
        }
    }

    private Connection connect(RemoteAddress address, RemoteInstance instance) throws SQLException, RemoteFailure {
        if (address instanceof RemoteAddress.Server server) {
            Properties properties = server.engine() == Engine.POSTGRESQL ? postgres() : mariadb();
            if (instance.username() != null) {
                properties.setProperty("user", instance.username());
            }
            if (instance.credential() != null) {
                properties.setProperty("password", credentials.password(instance.credential()));
            }
            Connection connection = DriverManager.getConnection(server.jdbcUrl(), properties);
            connection.setReadOnly(true);
            return connection;
        }
        Properties properties = new Properties();
        properties.setProperty("open_mode", "1"); // SQLITE_OPEN_READONLY: a file that is not there is not made
        properties.setProperty("enable_load_extension", "false");
        properties.setProperty("busy_timeout", Long.toString(limits.statement().toMillis()));
        return DriverManager.getConnection(
                "jdbc:sqlite:" + allowed.file((RemoteAddress.SqliteFile) address), properties);
    }

    private Properties postgres() {
        Properties properties = new Properties();
        properties.setProperty("connectTimeout", seconds(limits.connect()));
        properties.setProperty("loginTimeout", seconds(limits.connect()));
        properties.setProperty("socketTimeout", seconds(limits.statement()));
        properties.setProperty("cancelSignalTimeout", seconds(limits.connect()));
        properties.setProperty("ApplicationName", "rowlock-sync");
        return properties;
    }

    private Properties mariadb() {
        Properties properties = new Properties();
        properties.setProperty("connectTimeout", Long.toString(limits.connect().toMillis()));
        properties.setProperty("socketTimeout", Long.toString(limits.statement().toMillis()));
        // Else a server could ask for files of this machine.
        properties.setProperty("allowLocalInfile", "false");
        return properties;
    }

    /** PostgreSQL's driver counts in whole seconds, and 0 is for ever. */
    private static String seconds(Duration limit) {
        return Long.toString(Math.max(1, (limit.toMillis() + 999) / 1000));
    }

    // ---- what is asked

    @FunctionalInterface
    private interface Row {
        RemoteAccount of(ResultSet row) throws SQLException;
    }

    private List<RemoteAccount> accounts(Connection connection, Engine engine) throws SQLException, RemoteFailure {
        return switch (engine) {
            case SQLITE -> query(connection, TABLES, RemoteReader::table);
            case POSTGRESQL -> query(connection, ROLES, RemoteReader::role);
            case MARIADB, MYSQL -> query(connection, USERS, RemoteReader::user);
        };
    }

    private List<RemoteAccount> query(Connection connection, String sql, Row each) throws SQLException, RemoteFailure {
        List<RemoteAccount> accounts = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                RemoteAccount account = each.of(rows);
                if (accounts.size() == limits.accountsMax()) {
                    throw new RemoteFailure(Kind.TOO_MANY, "accountsMax=" + limits.accountsMax());
                }
                if (account.name().length() > RemoteAccount.NAME_MAX) {
                    throw new RemoteFailure(Kind.UNREADABLE, "reason=a name is too long");
                }
                accounts.add(account);
            }
        }
        return accounts;
    }

    private static RemoteAccount table(ResultSet row) throws SQLException {
        TreeMap<String, String> attributes = new TreeMap<>();
        attributes.put("columns", String.valueOf(row.getString(3)));
        return new RemoteAccount(row.getString(1), row.getString(2), attributes);
    }

    private static RemoteAccount role(ResultSet row) throws SQLException {
        TreeMap<String, String> attributes = new TreeMap<>();
        attributes.put("login", Boolean.toString(row.getBoolean(2)));
        attributes.put("superuser", Boolean.toString(row.getBoolean(3)));
        attributes.put("createDatabase", Boolean.toString(row.getBoolean(4)));
        attributes.put("createRole", Boolean.toString(row.getBoolean(5)));
        attributes.put("replication", Boolean.toString(row.getBoolean(6)));
        String memberOf = row.getString(7);
        attributes.put("memberOf", memberOf == null ? "" : memberOf);
        return new RemoteAccount(row.getString(1), "role", attributes);
    }

    private static RemoteAccount user(ResultSet row) throws SQLException {
        TreeMap<String, String> attributes = new TreeMap<>();
        attributes.put("privileges", String.valueOf(row.getString(2)));
        attributes.put("grantOption", Boolean.toString("YES".equals(row.getString(3))));
        return new RemoteAccount(row.getString(1), "user", attributes);
    }

    // ---- what is said of failures

    private RemoteFailure failure(Engine engine, SQLException failed, Stop stop, boolean tooLate, long nanos) {
        if (stop.isStopped()) {
            return new RemoteFailure(Kind.STOPPED, "");
        }
        if (tooLate) {
            return new RemoteFailure(
                    Kind.TIMED_OUT, "limit=whole, limitMillis=" + limits.whole().toMillis());
        }
        SqlFailure failure = SqlFailure.of(engine, failed);
        String state = "sqlState=" + failed.getSQLState();
        return switch (failure.kind()) {
            case ACCESS_DENIED, NOT_PERMITTED -> new RemoteFailure(Kind.ACCESS_DENIED, state);
            case NO_CONNECTION, CONNECTION_LOST, CANCELLED, LOCK_TIMEOUT, BUSY -> lateOrAway(engine, failure, nanos);
            case STORAGE -> new RemoteFailure(Kind.UNREACHABLE, "");
            default ->
                // PostgreSQL's driver gives up by itself when it is asked for a password that it does not have.
                "08004".equals(failed.getSQLState())
                        ? new RemoteFailure(Kind.ACCESS_DENIED, state)
                        : new RemoteFailure(Kind.UNREADABLE, state);
        };
    }

    /** Drivers say of both that there is no connection; the time tells which it was. */
    private RemoteFailure lateOrAway(Engine engine, SqlFailure failure, long nanos) {
        Duration took = Duration.ofNanos(nanos);
        Duration limit = engine == Engine.SQLITE || failure.kind() == SqlFailure.Kind.CANCELLED
                ? limits.statement()
                : limits.connect().compareTo(limits.statement()) < 0 ? limits.connect() : limits.statement();
        return took.compareTo(limit) >= 0
                ? new RemoteFailure(Kind.TIMED_OUT, "tookMillis=" + took.toMillis())
                : new RemoteFailure(Kind.UNREACHABLE, "");
    }

    @Override
    public void close() {
        watchdog.shutdownNow();
    }

    @Override
    public String toString() {
        return "RemoteReader[hosts=" + allowed.hosts() + ", folders="
                + allowed.folders().stream().map(String::valueOf).collect(Collectors.joining(":")) + "]";
    }
}
