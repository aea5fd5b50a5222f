package io.rowlock.lab.junit;

import io.rowlock.dialect.Engine;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Servers that are named by properties and environment, with a new database or schema for each test. */
final class RunningServers implements RaceDatabases {
    static final Set<Engine> KNOWN = Set.of(Engine.POSTGRESQL, Engine.MARIADB, Engine.MYSQL);

    private static final Pattern URL =
            Pattern.compile("jdbc:(postgresql|mariadb|mysql)://([^/?]*)(?:/([^?]*))?(\\?.*)?");
    private static final String DENIED = "42501";

    private final Function<String, @Nullable String> properties;
    private final Function<String, @Nullable String> environment;

    RunningServers() {
        this(System::getProperty, System::getenv);
    }

    RunningServers(Function<String, @Nullable String> properties, Function<String, @Nullable String> environment) {
        this.properties = properties;
        this.environment = environment;
    }

    @Override
    public Set<Engine> engines() {
        Set<Engine> named = EnumSet.noneOf(Engine.class);
        for (Engine engine : KNOWN) {
            if (url(engine).isPresent()) {
                named.add(engine);
            }
        }
        return named;
    }

    /** The property that names a server. */
    static String property(Engine engine) {
        return "rowlock.race." + engine.name().toLowerCase(Locale.ROOT) + ".url";
    }

    /** The environment variable for the same, or for the user or password. */
    static String variable(Engine engine, String what) {
        return "ROWLOCK_RACE_" + engine.name() + "_" + what;
    }

    private Optional<String> url(Engine engine) {
        return Optional.ofNullable(properties.apply(property(engine)))
                .filter(given -> !given.isBlank())
                .or(() -> variableValue(engine, "URL"));
    }

    private Optional<String> variableValue(Engine engine, String what) {
        return Optional.ofNullable(environment.apply(variable(engine, what))).filter(given -> !given.isBlank());
    }

    @Override
    public RaceDatabase create(Engine engine) throws SQLException {
        String url = url(engine).orElseThrow();
        Matcher parts = URL.matcher(url);
        String protocol = engine.name().toLowerCase(Locale.ROOT);
        if (!parts.matches() || !parts.group(1).equals(protocol)) {
            throw new SQLException("Not the URL of such a server (engine=" + engine + ", from=" + property(engine)
                    + " or " + variable(engine, "URL") + ", expected=jdbc:" + protocol + "://HOST:PORT/DATABASE)");
        }
        if (!DriverDataSource.isDriverThere(url)) {
            throw new SQLException("The driver is not on the class path (engine=" + engine + ")");
        }
        Properties properties = new Properties();
        variableValue(engine, "USER").ifPresent(user -> properties.setProperty("user", user));
        variableValue(engine, "PASSWORD").ifPresent(password -> properties.setProperty("password", password));
        String name = "rowlock_race_" + UUID.randomUUID().toString().replace("-", "");
        DriverDataSource given = new DriverDataSource(url, properties);
        if (engine == Engine.POSTGRESQL) {
            return onPostgres(given, parts, properties, name);
        }
        run(given, "CREATE DATABASE " + name);
        return new RaceDatabase(
                new DriverDataSource(url(parts, name), properties), () -> remove(given, "DROP DATABASE " + name));
    }

    private static RaceDatabase onPostgres(DriverDataSource given, Matcher parts, Properties properties, String name)
            throws SQLException {
        try {
            // Two may be created from template0 at once: nobody is ever connected to it.
            run(given, "CREATE DATABASE " + name + " TEMPLATE template0");
        } catch (SQLException failed) {
            if (!DENIED.equals(failed.getSQLState())) {
                throw failed;
            }
            run(given, "CREATE SCHEMA " + name);
            // At the end of the URL, where it wins over one that was given: that schema is somebody's.
            String within = parts.group() + (parts.group(4) == null ? "?" : "&") + "currentSchema=" + name;
            return new RaceDatabase(
                    new DriverDataSource(within, properties), () -> remove(given, "DROP SCHEMA " + name + " CASCADE"));
        }
        return new RaceDatabase(
                new DriverDataSource(url(parts, name), properties),
                () -> remove(given, "DROP DATABASE " + name + " WITH (FORCE)"));
    }

    private static String url(Matcher parts, String database) {
        String parameters = parts.group(4);
        return "jdbc:" + parts.group(1) + "://" + parts.group(2) + "/" + database
                + (parameters == null ? "" : parameters);
    }

    private static void run(DriverDataSource server, String sql) throws SQLException {
        try (Connection connection = server.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void remove(DriverDataSource server, String sql) {
        try {
            run(server, sql);
        } catch (SQLException failed) {
            throw new IllegalStateException("A race test's database is left behind (sql=" + sql + ")", failed);
        }
    }
}
