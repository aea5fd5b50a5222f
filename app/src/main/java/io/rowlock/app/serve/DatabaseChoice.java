package io.rowlock.app.serve;

import io.rowlock.dialect.Engine;
import java.sql.Connection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Which database to serve from. */
public sealed interface DatabaseChoice {

    /** Which engine that is. */
    Engine engine();

    /**
     * One that lives in the data folder: SQLite's file, or a server that is started and ended with the service.
     *
     * @param engine SQLite, PostgreSQL or MariaDB
     */
    record Own(Engine engine) implements DatabaseChoice {

        /**
         * By the engine's name on a command line.
         *
         * @throws IllegalArgumentException if there is none of that name; the message says which there are
         */
        public static Own named(String engine) {
            return new Own(
                    switch (engine.toLowerCase(Locale.ROOT)) {
                        case "sqlite" -> Engine.SQLITE;
                        case "postgres", "postgresql" -> Engine.POSTGRESQL;
                        case "mariadb" -> Engine.MARIADB;
                        default ->
                            throw new IllegalArgumentException(
                                    "--engine is sqlite, postgres or mariadb, not '" + engine + "'");
                    });
        }
    }

    /**
     * One that is there.
     *
     * @param engine what the URL says it is
     * @param url its JDBC URL, without a password
     * @param user who to be there, or null if the URL says it or nobody is asked
     * @param password that user's, or null
     */
    record Given(
            Engine engine,
            String url,
            @Nullable String user,
            @Nullable String password) implements DatabaseChoice {

        /**
         * Connects once, for whoever looks at the database beside the service. The caller closes the connection.
         *
         * @throws CannotStart if the database does not answer
         */
        public Connection connect() throws CannotStart {
            return OpenDatabase.connection(this);
        }

        /** The password stays out of every message. */
        @Override
        public String toString() {
            return "Given[engine=" + engine + ", url=" + url + ", user=" + user + "]";
        }
    }
}
