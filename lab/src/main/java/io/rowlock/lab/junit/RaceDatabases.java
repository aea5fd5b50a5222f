package io.rowlock.lab.junit;

import io.rowlock.dialect.Engine;
import java.sql.SQLException;
import java.util.Set;

/**
 * Where race tests have their databases from. A project that starts servers in a way of its own names its implementation in
 * {@code META-INF/services/io.rowlock.lab.junit.RaceDatabases}; it is asked first. Two are always there:
 *
 * <ul>
 *   <li>Servers that run already: the system property {@code rowlock.race.postgresql.url} or the environment variable
 *       {@code ROWLOCK_RACE_POSTGRESQL_URL}, such as {@code jdbc:postgresql://localhost:5432/postgres}, likewise
 *       {@code mariadb} and {@code mysql}; user and password in {@code ROWLOCK_RACE_POSTGRESQL_USER} and
 *       {@code ROWLOCK_RACE_POSTGRESQL_PASSWORD}, in the environment only. Each test has a new database there, and on
 *       PostgreSQL a new schema if the user may not create databases. What is in the database of the URL is left alone. A test
 *       whose process is killed leaves a database behind, named {@code rowlock_race_} and 32 digits.
 *   <li>SQLite in a file in WAL mode, in the folder for temporary files, if its driver is there.
 * </ul>
 *
 * <p>Implementations are safe for use by many threads.
 */
public interface RaceDatabases {

    /** The engines of which it can give databases. Nothing is started for the answer. */
    Set<Engine> engines();

    /**
     * A database that nobody else has, empty.
     *
     * @param engine one of {@link #engines()}
     * @throws SQLException if it cannot be created. The test fails with the message, so it must not hold a password
     */
    RaceDatabase create(Engine engine) throws SQLException;
}
