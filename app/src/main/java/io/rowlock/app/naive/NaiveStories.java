package io.rowlock.app.naive;

import io.rowlock.dialect.Engine;
import io.rowlock.lab.Steps;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;

/**
 * Stories as they were kept first, on small tables: numbers for ids, a text for a status, a version that some look at.
 *
 * <p>On servers an operation is a transaction at the engine's default level, where nothing else is said. On SQLite, where a
 * transaction that writes after a read is mostly refused, each statement is one, as with most pools.
 *
 * <p>Each operation answers {@link #DONE} or {@link #REFUSED}. Safe for use by many threads.
 */
public final class NaiveStories {
    /** It says that it has done it. */
    public static final String DONE = "done";

    /** It says that it has not. */
    public static final String REFUSED = "refused";

    /** It has waited for a lock, and waits no longer. */
    public static final String TIMED_OUT = "timed out";

    /** What it needs. */
    public static final List<String> TABLES = List.of(
            "CREATE TABLE IF NOT EXISTS naive_stories (id INT PRIMARY KEY, status VARCHAR(24) NOT NULL,"
                    + " qa VARCHAR(24) NOT NULL, iteration INT NOT NULL, version INT NOT NULL)",
            "CREATE TABLE IF NOT EXISTS naive_story_log (story INT NOT NULL, status VARCHAR(24) NOT NULL)");

    /** Two stories in progress, at version 1. */
    public static final List<String> ROWS = List.of(
            "DELETE FROM naive_story_log",
            "DELETE FROM naive_stories",
            "INSERT INTO naive_stories VALUES (1, 'in_progress', '', 0, 1)",
            "INSERT INTO naive_stories VALUES (2, 'in_progress', '', 0, 1)");

    private final DataSource pool;
    private final PlainJdbc jdbc;

    /** On a database that has the {@linkplain #TABLES tables}. */
    public NaiveStories(DataSource pool, Engine engine) {
        this.pool = pool;
        this.jdbc = new PlainJdbc(pool, engine);
    }

    /** A story as it was read. */
    private record Story(String status, String qa, int iteration, int version) {}

    // ---- versions

    /** Reads the story, and writes all of it as it shall be. */
    public String review(int id) throws SQLException {
        return jdbc.inTransaction(connection -> {
            Story story = read(connection, id);
            return write(connection, id, "ready_for_review", story.qa(), story.iteration(), story.version() + 1);
        });
    }

    /** The same, by somebody who is about another field. */
    public String judge(int id) throws SQLException {
        return jdbc.inTransaction(connection -> {
            Story story = read(connection, id);
            return write(connection, id, story.status(), "PASS", story.iteration(), story.version() + 1);
        });
    }

    /** B1: compares the version that it has read with the expected one, and writes whatever the version is by then. */
    public String changeIfSeen(int id, String status, int expected) throws SQLException {
        return jdbc.inTransaction(connection -> {
            Story story = read(connection, id);
            if (story.version() != expected) {
                return REFUSED;
            }
            return changed(
                            connection,
                            "UPDATE naive_stories SET status = ?, version = version + 1 WHERE id = ?",
                            status,
                            id)
                    ? DONE
                    : REFUSED;
        });
    }

    /** One round of work more, by the same way: reads, compares, writes; again if it meets another version, which it never does. */
    public String workOnce(int id) throws SQLException {
        return jdbc.inTransaction(connection -> {
            Story story = read(connection, id);
            return write(connection, id, story.status(), story.qa(), story.iteration() + 1, story.version() + 1);
        });
    }

    /** B8: a story that is not there is made, whatever version was expected. */
    public String changeOrMake(int id, String status) throws SQLException {
        return jdbc.inTransaction(connection -> {
            if (changed(
                    connection,
                    "UPDATE naive_stories SET status = ?, version = version + 1 WHERE id = ?",
                    status,
                    id)) {
                return DONE;
            }
            return changed(connection, "INSERT INTO naive_stories VALUES (?, ?, '', 0, 1)", id, status)
                    ? DONE
                    : REFUSED;
        });
    }

    /** B9: the version is in the condition, and that is right; but it is a number which a story has again that was made again. */
    public String changeVersion(int id, String status, int expected) throws SQLException {
        return jdbc.inTransaction(connection -> changed(
                        connection,
                        "UPDATE naive_stories SET status = ?, version = version + 1 WHERE id = ? AND version = ?",
                        status,
                        id,
                        expected)
                ? DONE
                : REFUSED);
    }

    /** Deletes a story. */
    public String delete(int id) throws SQLException {
        return jdbc.inTransaction(
                connection -> changed(connection, "DELETE FROM naive_stories WHERE id = ?", id) ? DONE : REFUSED);
    }

    /** Makes a story where there is none, as a draft at version 1. */
    public String make(int id) throws SQLException {
        return jdbc.inTransaction(connection ->
                changed(connection, "INSERT INTO naive_stories VALUES (?, 'draft', '', 0, 1)", id) ? DONE : REFUSED);
    }

    // ---- a time limit around it all

    /**
     * B3: one round of work more, within a time limit that is around the commit as well. When it is over the caller is told that
     * it has failed, and does it again.
     *
     * @param timeUp whether the time is up; looked at when the answer is on its way
     */
    public String workWithin(int id, AtomicBoolean timeUp) throws SQLException {
        String answer = addRound(id);
        Steps.pass("answer.arrives");
        return timeUp.get() ? addRound(id) : answer;
    }

    private String addRound(int id) throws SQLException {
        return jdbc.inTransaction(connection -> changed(
                        connection,
                        "UPDATE naive_stories SET iteration = iteration + 1, version = version + 1 WHERE id = ?",
                        id)
                ? DONE
                : REFUSED);
    }

    // ---- a connection that comes back as it is

    /**
     * B4: a worker with the one connection of its pool. A change ends in the middle by an error, and the connection goes back with
     * its transaction open; the worker's next change, of another story, commits both.
     */
    public String failThenChange(int failing, int next) throws SQLException {
        try (Connection kept = pool.getConnection()) {
            try {
                changeHalf(kept, failing);
            } catch (IllegalStateException told) {
                // Reported, and that is all: nobody rolls back.
            }
            begin(kept);
            boolean done = changed(kept, "UPDATE naive_stories SET status = 'ready_for_review' WHERE id = ?", next)
                    && changed(kept, "INSERT INTO naive_story_log VALUES (?, 'ready_for_review')", next);
            kept.commit();
            kept.setAutoCommit(true);
            return done ? DONE : REFUSED;
        }
    }

    private static void changeHalf(Connection connection, int id) throws SQLException {
        begin(connection);
        if (changed(connection, "UPDATE naive_stories SET status = 'done' WHERE id = ?", id)) {
            throw new IllegalStateException("No JSON");
        }
    }

    /** JDBC would commit what is open; a pool that looks does not get to it, and this one asks first. */
    private static void begin(Connection connection) throws SQLException {
        if (connection.getAutoCommit()) {
            connection.setAutoCommit(false);
        }
    }

    // ---- locks of a process

    /** B7: a change takes the lock, and so does the scope around it: it waits for itself until its time is up. */
    public String changeInScope(int id, ProcessLock lock, String owner) throws SQLException {
        if (!lock.take(owner)) {
            return TIMED_OUT;
        }
        try {
            return changeUnder(id, lock, owner);
        } finally {
            lock.free();
        }
    }

    private String changeUnder(int id, ProcessLock lock, String owner) throws SQLException {
        if (!lock.take(owner)) {
            return TIMED_OUT;
        }
        try {
            return workOnce(id);
        } finally {
            lock.free();
        }
    }

    /** B6: whoever has waited long enough clears the lock away, whoever holds it, and takes it. */
    public String workAfterCleanup(int id, ProcessLock lock, String owner) throws SQLException {
        if (!lock.take(owner)) {
            lock.free();
            if (!lock.take(owner)) {
                return TIMED_OUT;
            }
        }
        try {
            return workOnce(id);
        } finally {
            lock.free();
        }
    }

    /** Takes two stories in the order in which they are given, and waits for each until its time is up. */
    public String workOnBoth(int first, ProcessLock firstLock, int second, ProcessLock secondLock, String owner)
            throws SQLException {
        if (!firstLock.take(owner)) {
            return TIMED_OUT;
        }
        try {
            if (!secondLock.take(owner)) {
                return TIMED_OUT;
            }
            try {
                String unused = workOnce(first);
                return workOnce(second);
            } finally {
                secondLock.free();
            }
        } finally {
            firstLock.free();
        }
    }

    // ---- JDBC

    private static Story read(Connection connection, int id) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT status, qa, iteration, version FROM naive_stories WHERE id = ?")) {
            statement.setInt(1, id);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    throw new SQLException("No such story");
                }
                return new Story(row.getString(1), row.getString(2), row.getInt(3), row.getInt(4));
            }
        }
    }

    private static String write(Connection connection, int id, String status, String qa, int iteration, int version)
            throws SQLException {
        return changed(
                        connection,
                        "UPDATE naive_stories SET status = ?, qa = ?, iteration = ?, version = ? WHERE id = ?",
                        status,
                        qa,
                        iteration,
                        version,
                        id)
                ? DONE
                : REFUSED;
    }

    private static boolean changed(Connection connection, String sql, Object... values) throws SQLException {
        return PlainJdbc.write(connection, sql, values) == 1;
    }
}
