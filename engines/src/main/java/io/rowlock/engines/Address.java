package io.rowlock.engines;

import io.rowlock.dialect.Engine;
import java.io.IOException;
import java.net.InetAddress;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a server is reached.
 *
 * @param hosts host and port, as in a JDBC URL
 * @param parameters what follows the name of the database in the URL, with its question mark
 */
record Address(Engine engine, String hosts, String parameters, String user, String password) {

    private static final String POSTGRES_PARAMETERS = "?ApplicationName=rowlock";
    private static final String MARIADB_PARAMETERS = "?useServerPrepStmts=true&cachePrepStmts=true";
    private static final Pattern URL = Pattern.compile("jdbc:(postgresql|mariadb)://([^/?]+)(?:/([^?]*))?(\\?.*)?");

    static Address onLoopback(Engine engine, int port, String user, String password) {
        return new Address(engine, "127.0.0.1:" + port, parameters(engine), user, password);
    }

    /** A server that somebody else runs. */
    static Address of(Engine engine, String url, String user, String password) {
        Matcher matcher = URL.matcher(url);
        if (!matcher.matches() || !matcher.group(1).equals(protocol(engine))) {
            throw new EngineUnavailable(
                    "Not the URL of such a server (engine=%s, url=%s, expected=jdbc:%s://HOST:PORT/)"
                            .formatted(engine, url, protocol(engine)));
        }
        String given = matcher.group(4);
        return new Address(engine, matcher.group(2), given == null ? parameters(engine) : given, user, password);
    }

    private static String parameters(Engine engine) {
        return engine == Engine.POSTGRESQL ? POSTGRES_PARAMETERS : MARIADB_PARAMETERS;
    }

    private static String protocol(Engine engine) {
        return switch (engine) {
            case POSTGRESQL -> "postgresql";
            case MARIADB -> "mariadb";
            default -> throw new EngineUnavailable("No server of this kind can be started (engine=" + engine + ")");
        };
    }

    /** By number: where IPv6 is preferred the name stands for another address, on which no server listens. */
    static InetAddress loopback() throws IOException {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    }

    String host() {
        return firstHost().replaceFirst(":\\d+$", "");
    }

    int port() {
        Matcher port = Pattern.compile(":(\\d+)$").matcher(firstHost());
        return port.find() ? Integer.parseInt(port.group(1)) : engine == Engine.POSTGRESQL ? 5432 : 3306;
    }

    private String firstHost() {
        return hosts.split(",", 2)[0];
    }

    String url(String database) {
        return url(hosts, database);
    }

    String url(String hosts, String database) {
        return "jdbc:" + protocol(engine) + "://" + hosts + "/" + database + parameters;
    }

    /** The database that is there before any other. */
    String maintenanceDatabase() {
        return engine == Engine.POSTGRESQL ? "postgres" : "";
    }

    Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(url(database), user, password);
    }

    void createDatabase(String name) throws SQLException {
        administrate(List.of("CREATE DATABASE " + name));
    }

    void dropDatabase(String name) throws SQLException {
        administrate(List.of("DROP DATABASE IF EXISTS " + name + (engine == Engine.POSTGRESQL ? " WITH (FORCE)" : "")));
    }

    private void administrate(List<String> statements) throws SQLException {
        try (Connection connection = connect(maintenanceDatabase());
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
