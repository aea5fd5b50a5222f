package io.rowlock.dialect;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.Locale;

/**
 * A database engine that Rowlock knows.
 *
 * <p>The server decides which one it is, never the driver: MariaDB behind the MySQL driver answers {@link #MARIADB}.
 *
 * <p>{@link #MYSQL} shares MariaDB's failure table and is <em>untested</em>: no build of this project has run it yet.
 */
public enum Engine {
    /** PostgreSQL 14 or newer. */
    POSTGRESQL("PostgreSQL"),
    /** MariaDB 10.6 or newer, InnoDB tables. */
    MARIADB("MariaDB"),
    /** MySQL 8 or newer, InnoDB tables; untested. */
    MYSQL("MySQL"),
    /** SQLite 3.35 or newer, in one file. */
    SQLITE("SQLite");

    private final String title;

    Engine(String title) {
        this.title = title;
    }

    /** The engine's name as its makers write it, for people. */
    public String title() {
        return title;
    }

    /** Whether this is {@link #MARIADB} or {@link #MYSQL}: one family of vendor codes and of locking rules. */
    public boolean isInnodb() {
        return this == MARIADB || this == MYSQL;
    }

    /**
     * Tells the engine behind a connection.
     *
     * @throws IllegalArgumentException if the product is none that Rowlock knows; the message lists those it does
     * @throws SQLException if the driver cannot say
     */
    public static Engine of(Connection connection) throws SQLException {
        DatabaseMetaData meta = connection.getMetaData();
        return of(meta.getDatabaseProductName(), meta.getDatabaseProductVersion());
    }

    static Engine of(String product, String version) {
        String name = product.toLowerCase(Locale.ROOT);
        if (name.contains("postgresql")) {
            return POSTGRESQL;
        }
        if (name.contains("mariadb") || version.toLowerCase(Locale.ROOT).contains("mariadb")) {
            return MARIADB;
        }
        if (name.contains("mysql")) {
            return MYSQL;
        }
        if (name.contains("sqlite")) {
            return SQLITE;
        }
        throw new IllegalArgumentException("Unknown database (product=" + product
                + "): Rowlock works on PostgreSQL 14+, MariaDB 10.6+, MySQL 8+ and SQLite 3.35+");
    }
}
