package io.rowlock.app.naive;

import static io.rowlock.app.naive.PlainJdbc.number;
import static io.rowlock.app.naive.PlainJdbc.write;

import io.rowlock.dialect.Engine;
import io.rowlock.lab.Steps;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntSupplier;
import javax.sql.DataSource;

/**
 * Syncing instances as it is mostly written, and as it was repaired where it still goes wrong: on tables of its own, with small
 * numbers for ids. For the lab, beside the service on the same database.
 *
 * <p>Remote calls and clocks are steps of their own, so that others can come between. Safe for use by many threads.
 */
public final class NaiveSync {
    /** What it needs. */
    public static final List<String> TABLES = List.of(
            "CREATE TABLE IF NOT EXISTS naive_instance (id INT PRIMARY KEY, content INT NOT NULL)",
            "CREATE TABLE IF NOT EXISTS naive_account (id INT PRIMARY KEY, instance INT NOT NULL, name INT NOT NULL)",
            "CREATE TABLE IF NOT EXISTS naive_sync_session (id INT PRIMARY KEY, status VARCHAR(20) NOT NULL,"
                    + " total INT NOT NULL, successful INT NOT NULL, failed INT NOT NULL, age INT NOT NULL)",
            "CREATE TABLE IF NOT EXISTS naive_sync_record (id INT PRIMARY KEY, session INT NOT NULL, instance INT NOT NULL,"
                    + " status VARCHAR(20) NOT NULL)",
            "CREATE TABLE IF NOT EXISTS naive_sync_lock (instance INT PRIMARY KEY, session INT NOT NULL, expires INT NOT NULL)",
            "CREATE TABLE IF NOT EXISTS naive_sync_child (id INT PRIMARY KEY,"
                    + " session INT NOT NULL, status VARCHAR(20) NOT NULL,"
                    + " FOREIGN KEY (session) REFERENCES naive_sync_session (id) ON DELETE CASCADE)");

    /** Session 1 runs over instances 1 and 2, which have no accounts yet; session 2 has none. */
    public static final List<String> ROWS = List.of(
            "DELETE FROM naive_sync_child",
            "DELETE FROM naive_sync_lock",
            "DELETE FROM naive_sync_record",
            "DELETE FROM naive_sync_session",
            "DELETE FROM naive_account",
            "DELETE FROM naive_instance",
            "INSERT INTO naive_instance VALUES (1, 0), (2, 0)",
            "INSERT INTO naive_sync_session VALUES (1, 'running', 2, 0, 0, 9), (2, 'running', 0, 0, 0, 0)",
            "INSERT INTO naive_sync_record VALUES (1, 1, 1, 'running'), (2, 1, 2, 'running')",
            "INSERT INTO naive_sync_child VALUES (1, 1, 'running')");

    /** How long a lock lasts, in ticks of the clock. */
    public static final int LOCK_TICKS = 300;

    private final DataSource pool;
    private final PlainJdbc jdbc;
    private final int node;

    /**
     * On a database with these tables.
     *
     * @param node the ids of its rows; above 10, each node another
     */
    public NaiveSync(DataSource pool, Engine engine, int node) {
        this.pool = pool;
        this.jdbc = new PlainJdbc(pool, engine);
        this.node = node;
    }

    // ---- syncing an instance

    /** Asks the instance for its one account and stores it if it is not there: nobody is asked who else does so. */
    public String syncUnlocked(int instance) throws SQLException {
        return jdbc.inSteps(connection -> storeAccount(connection, instance));
    }

    private String storeAccount(Connection connection, int instance) throws SQLException {
        Steps.pass("remote.read");
        if (number(connection, "SELECT id FROM naive_account WHERE instance = ?", instance)
                .isPresent()) {
            return "there";
        }
        int unused =
                write(connection, "INSERT INTO naive_account (id, instance, name) VALUES (?, ?, 7)", node, instance);
        return "stored";
    }

    /**
     * The same under a row in a table of locks, which is purged by this node's clock.
     *
     * @param now what the clock of this node says
     */
    public String syncLocked(int instance, int session, int now) throws SQLException {
        return jdbc.inSteps(connection -> {
            if (!acquire(connection, instance, session, now)) {
                return "locked";
            }
            String answer = storeAccount(connection, instance);
            int unused = write(
                    connection, "DELETE FROM naive_sync_lock WHERE instance = ? AND session = ?", instance, session);
            return answer;
        });
    }

    private static boolean acquire(Connection connection, int instance, int session, int now) throws SQLException {
        int unusedPurge =
                write(connection, "DELETE FROM naive_sync_lock WHERE instance = ? AND expires < ?", instance, now);
        if (number(connection, "SELECT session FROM naive_sync_lock WHERE instance = ?", instance)
                .isPresent()) {
            return false;
        }
        return write(
                        connection,
                        "INSERT INTO naive_sync_lock (instance, session, expires) VALUES (?, ?, ?)",
                        instance,
                        session,
                        now + LOCK_TICKS)
                == 1;
    }

    /** Takes a lock that has no expiry, works, and gives it back: a crash between them leaves it for ever. */
    public String syncUnderFlag(int instance, int session) throws SQLException {
        return jdbc.inSteps(connection -> {
            if (!acquire(connection, instance, session, 0)) {
                return "locked";
            }
            Steps.pass("remote.read");
            int content = instance;
            int stored = write(connection, "UPDATE naive_instance SET content = ? WHERE id = ?", content, instance);
            int unused = write(
                    connection, "DELETE FROM naive_sync_lock WHERE instance = ? AND session = ?", instance, session);
            return "stored " + stored;
        });
    }

    /** Takes the lock in one commit and notes that the record runs in another. */
    public String startInTwoCommits(int instance, int record) throws SQLException {
        return jdbc.inSteps(connection -> {
            if (!acquire(connection, instance, 1, 0)) {
                return "locked";
            }
            int unused = write(connection, "UPDATE naive_sync_record SET status = 'started' WHERE id = ?", record);
            return "started";
        });
    }

    /**
     * Works under a lock that expires, and neither renews it nor looks again before it writes.
     *
     * @param remote what the instance has when it is read
     */
    public String syncUntilExpiry(int instance, int session, IntSupplier remote, int now) throws SQLException {
        return jdbc.inSteps(connection -> {
            if (!acquire(connection, instance, session, now)) {
                return "locked";
            }
            Steps.pass("remote.read");
            int found = remote.getAsInt();
            int unused = write(connection, "UPDATE naive_instance SET content = ? WHERE id = ?", found, instance);
            int unusedRelease = write(
                    connection, "DELETE FROM naive_sync_lock WHERE instance = ? AND session = ?", instance, session);
            return "stored";
        });
    }

    /** One transaction over all instances, with the remote calls in it. */
    public String syncAllInOne(int first, int second) throws SQLException {
        return jdbc.together(connection -> {
            for (int instance : new int[] {first, second}) {
                int unused =
                        write(connection, "UPDATE naive_instance SET content = content + 1 WHERE id = ?", instance);
                Steps.pass("remote.permissions");
            }
            return "stored";
        });
    }

    /** Asks for a lock that somebody has, and goes away with its transaction open. */
    public String acquireAndLeaveOpen(int instance) throws SQLException {
        Connection connection = pool.getConnection();
        connection.setAutoCommit(false);
        if (!acquire(connection, instance, node, 1)) {
            return "locked";
        }
        connection.commit();
        connection.close();
        return "acquired";
    }

    /** Breaks down in the middle, with its connection. */
    public String breakDown(int instance) throws SQLException {
        Connection connection = pool.getConnection();
        int unused = write(connection, "UPDATE naive_instance SET content = 1 WHERE id = ?", instance);
        throw new IllegalStateException("The instance " + instance + " answered nonsense");
    }

    /** Another writer. */
    public String touch(int session) throws SQLException {
        return jdbc.inSteps(connection ->
                "touched " + write(connection, "UPDATE naive_sync_session SET age = age + 1 WHERE id = ?", session));
    }

    // ---- sessions

    /** Ends a record, and the session with it if it went well: after the first success. */
    public String finishFirst(int record, boolean well) throws SQLException {
        return jdbc.inSteps(connection -> {
            int unused = write(
                    connection,
                    "UPDATE naive_sync_record SET status = '" + (well ? "completed" : "failed") + "' WHERE id = ?",
                    record);
            int session = write(
                    connection,
                    "UPDATE naive_sync_session SET status = '" + (well ? "completed" : "failed") + "' WHERE id = ?",
                    1);
            return "sessions " + session;
        });
    }

    /** Ends a record, counts, and ends the session by what was counted: whatever the session has become meanwhile. */
    public String finishByCount(int record) throws SQLException {
        return jdbc.inSteps(connection -> {
            int unused = write(connection, "UPDATE naive_sync_record SET status = 'completed' WHERE id = ?", record);
            int open = number(
                            connection,
                            "SELECT COUNT(*) FROM naive_sync_record WHERE session = ? AND status = 'running'",
                            1)
                    .orElse(0);
            if (open > 0) {
                return "counted " + open;
            }
            int ended = write(connection, "UPDATE naive_sync_session SET status = 'completed' WHERE id = ?", 1);
            return "completed " + ended;
        });
    }

    /** Cancels a session if it runs: looks, and writes. */
    public String cancel(int session) throws SQLException {
        return jdbc.inSteps(connection -> {
            int cancelled = write(
                    connection,
                    "UPDATE naive_sync_session SET status = 'cancelled' WHERE id = ? AND status = 'running'",
                    session);
            return cancelled == 1 ? "cancelled" : "too late";
        });
    }

    /** Ends a record and writes down how many there are, in one transaction: counted, then written. */
    public String completeAndCount(int record) throws SQLException {
        return jdbc.together(connection -> {
            int unused = write(connection, "UPDATE naive_sync_record SET status = 'completed' WHERE id = ?", record);
            int completed = number(
                            connection,
                            "SELECT COUNT(*) FROM naive_sync_record WHERE session = ? AND status = 'completed'",
                            1)
                    .orElse(0);
            int written = write(connection, "UPDATE naive_sync_session SET successful = ? WHERE id = 1", completed);
            return "counted " + written;
        });
    }

    /** The same in one statement, which counts by itself. */
    public String completeAndCountInOne(int record) throws SQLException {
        return jdbc.together(connection -> {
            int unused = write(connection, "UPDATE naive_sync_record SET status = 'completed' WHERE id = ?", record);
            int written = write(
                    connection,
                    "UPDATE naive_sync_session SET successful = (SELECT COUNT(*) FROM naive_sync_record"
                            + " WHERE session = naive_sync_session.id AND status = 'completed') WHERE id = ?",
                    1);
            return "counted " + written;
        });
    }

    /** Removes a session and its records, where no foreign key does it. */
    public String remove(int session) throws SQLException {
        return jdbc.inSteps(connection -> {
            int unused = write(connection, "DELETE FROM naive_sync_record WHERE session = ?", session);
            return "removed " + write(connection, "DELETE FROM naive_sync_session WHERE id = ?", session);
        });
    }

    /** Adds a record to a session that is there. */
    public String add(int session) throws SQLException {
        return jdbc.inSteps(connection -> {
            if (number(connection, "SELECT id FROM naive_sync_session WHERE id = ?", session)
                    .isEmpty()) {
                return "no session";
            }
            return "added "
                    + write(
                            connection,
                            "INSERT INTO naive_sync_record (id, session, instance, status) VALUES (?, ?, 1, 'pending')",
                            node,
                            session);
        });
    }

    /** Ends a child and then counts in its session: child first. */
    public String completeChild(int child, int session) throws SQLException {
        return jdbc.together(connection -> {
            int ended = write(connection, "UPDATE naive_sync_child SET status = 'completed' WHERE id = ?", child);
            int unused = write(
                    connection, "UPDATE naive_sync_session SET successful = successful + 1 WHERE id = ?", session);
            return "completed " + ended;
        });
    }

    /** Removes a session; its children go by the foreign key: session first. */
    public String removeWithChildren(int session) throws SQLException {
        return jdbc.together(connection -> {
            OptionalInt unused =
                    number(connection, "SELECT id FROM naive_sync_session WHERE id = ?" + jdbc.forUpdate(), session);
            int removed = write(connection, "DELETE FROM naive_sync_child WHERE session = ?", session);
            return "removed " + removed + " "
                    + write(connection, "DELETE FROM naive_sync_session WHERE id = ?", session);
        });
    }

    /** Removes what is old, whether it runs or not. */
    public String cleanUpByAge(int age) throws SQLException {
        return jdbc.inSteps(connection -> {
            int unused = write(
                    connection,
                    "DELETE FROM naive_sync_record WHERE session IN (SELECT id FROM naive_sync_session WHERE age > ?)",
                    age);
            return "removed " + write(connection, "DELETE FROM naive_sync_session WHERE age > ?", age);
        });
    }

    /** Ends a record and says so, without a look at whether it was there. */
    public String complete(int record) throws SQLException {
        return jdbc.inSteps(connection -> {
            int unused = write(connection, "UPDATE naive_sync_record SET status = 'completed' WHERE id = ?", record);
            return "completed";
        });
    }

    // ---- what a clock and other programs do to the service's own tables

    /** Another program writes the instance with this name, in one statement. */
    public String touchInstance(String name) throws SQLException {
        return jdbc.inSteps(connection -> {
            return "touched "
                    + write(connection, "UPDATE instances SET takeovers = takeovers + 0 WHERE name = ?", name);
        });
    }

    /** The time-out of every lease has passed. */
    public String letLeasesExpire() throws SQLException {
        return jdbc.inSteps(connection -> "expired " + write(connection, "UPDATE rowlock_lease SET expires_at = ?", 0));
    }

    /** Another process has been granted every lease, with its next token. */
    public String takeLeasesOver() throws SQLException {
        return jdbc.inSteps(connection -> "taken over "
                + write(connection, "UPDATE rowlock_lease SET first_token = token + 1, token = token + ?", 1));
    }
}
