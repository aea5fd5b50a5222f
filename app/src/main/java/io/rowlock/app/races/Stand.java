package io.rowlock.app.races;

import io.rowlock.Rowlock;
import io.rowlock.RowlockBuilder;
import io.rowlock.Timing;
import io.rowlock.dialect.Engine;
import io.rowlock.lab.Contents;
import io.rowlock.lab.Scenario;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.SplittableRandom;
import javax.sql.DataSource;

/**
 * Where a race is run: a database with the tables of all systems, and the lab in front of it.
 *
 * <p>One thread at a time; actors may use the data sources at once.
 */
public final class Stand {
    /** Noon, so that no day ends in a race. */
    private static final Instant NOW = Instant.parse("2024-05-01T12:00:00Z");

    private final DataSource dataSource;
    private final DataSource plain;
    private final Engine engine;
    private final Contents first;

    /**
     * In front of a database.
     *
     * @param dataSource by which actors reach it, the lab's
     * @param plain the same database; past the lab if it may be
     */
    public Stand(Engine engine, DataSource dataSource, DataSource plain) {
        this.engine = engine;
        this.dataSource = dataSource;
        this.plain = plain;
        this.first = contents();
    }

    /** What actors reach the database by. */
    public DataSource dataSource() {
        return dataSource;
    }

    /** For what is set up and looked at between runs. */
    public DataSource plain() {
        return plain;
    }

    public Engine engine() {
        return engine;
    }

    /**
     * A node of the service: its own Rowlock, with nothing but the database between it and another. Its clock stands still and
     * it does not sleep between attempts, so that runs do not differ.
     */
    public RowlockBuilder node() {
        return node(1);
    }

    /**
     * As {@link #node()}, one of several.
     *
     * @param number of the node: those with other numbers make other ids, as nodes do
     */
    public RowlockBuilder node(int number) {
        return on(dataSource, number);
    }

    /** As {@link #node()}, past the lab: for setting up. */
    public RowlockBuilder setUp() {
        return on(plain, 0);
    }

    private static RowlockBuilder on(DataSource database, int number) {
        return Rowlock.on(database)
                .timing(new Timing(
                        Clock.fixed(NOW, ZoneOffset.UTC), System::nanoTime, nanos -> {}, new SplittableRandom(number)));
    }

    /** Statements that set something up, past the lab. */
    public void execute(String... sql) {
        try (Connection connection = plain.getConnection();
                Statement statement = connection.createStatement()) {
            for (String each : sql) {
                statement.execute(each);
            }
        } catch (SQLException failed) {
            throw new IllegalStateException("Not set up (error=" + failed.getMessage() + ")", failed);
        }
    }

    /** Puts back the rows that there were when the stand was made: what earlier races have left is gone. */
    public void clear() {
        try (Connection connection = plain.getConnection()) {
            first.putBack(connection);
        } catch (SQLException failed) {
            throw new IllegalStateException("The tables cannot be cleared", failed);
        }
    }

    /** A scenario that begins with the rows that there are now. */
    public Scenario asItIs(String name) {
        return Scenario.named(name).reset(contents()::putBack);
    }

    private Contents contents() {
        try (Connection connection = plain.getConnection()) {
            return Contents.of(connection);
        } catch (SQLException failed) {
            throw new IllegalStateException("The tables cannot be read", failed);
        }
    }
}
