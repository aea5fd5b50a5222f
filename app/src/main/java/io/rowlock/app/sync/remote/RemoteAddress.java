package io.rowlock.app.sync.remote;

import io.rowlock.dialect.Engine;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where an instance is, understood and put together again. The URL that a driver gets is made here from parts that were checked; so
 * none of what drivers take in URLs (files to read, classes to load, scripts to run, several hosts, passwords) gets through.
 */
public sealed interface RemoteAddress {
    /** The forms that are understood, for people. */
    String FORMS = "jdbc:postgresql://HOST[:PORT]/DATABASE, jdbc:mariadb://HOST[:PORT]/DATABASE or jdbc:sqlite:FILE,"
            + " without options, user and password";

    /** Which engine answers there. */
    Engine engine();

    /**
     * A server.
     *
     * @param host a name or an address, in small letters; IPv6 in brackets
     * @param database letters, digits, underscores, dollar signs and hyphens
     */
    record Server(Engine engine, String host, int port, String database) implements RemoteAddress {
        String jdbcUrl() {
            return (engine == Engine.POSTGRESQL ? "jdbc:postgresql://" : "jdbc:mariadb://") + host + ":" + port + "/"
                    + database;
        }
    }

    /**
     * A file.
     *
     * @param path as it was written; without colons, question marks, percent signs and control characters
     */
    record SqliteFile(String path) implements RemoteAddress {
        @Override
        public Engine engine() {
            return Engine.SQLITE;
        }
    }

    /** Understands a URL; empty if it has none of the {@link #FORMS}. */
    static Optional<RemoteAddress> parse(String url) {
        Matcher server = Forms.SERVER.matcher(url);
        if (server.matches()) {
            boolean postgres = server.group(1).equals("postgresql");
            int port = server.group(3) == null ? (postgres ? 5432 : 3306) : Integer.parseInt(server.group(3));
            if (port < 1 || port > 65_535) {
                return Optional.empty();
            }
            return Optional.of(new Server(
                    postgres ? Engine.POSTGRESQL : Engine.MARIADB,
                    server.group(2).toLowerCase(Locale.ROOT),
                    port,
                    server.group(4)));
        }
        Matcher file = Forms.FILE.matcher(url);
        return file.matches() ? Optional.of(new SqliteFile(file.group(1))) : Optional.empty();
    }

    /** The forms as patterns. */
    final class Forms {
        private static final Pattern SERVER = Pattern.compile("jdbc:(postgresql|mariadb)://"
                + "([A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\\[[0-9A-Fa-f:.]{2,45}])"
                + "(?::([0-9]{1,5}))?/([A-Za-z0-9_][A-Za-z0-9_$-]{0,62})");

        private static final Pattern FILE = Pattern.compile("jdbc:sqlite:([^:?&;#%\\p{Cntrl}]{1,900})");

        private Forms() {}
    }
}
