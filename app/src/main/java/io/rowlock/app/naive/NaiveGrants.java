package io.rowlock.app.naive;

import static io.rowlock.app.naive.PlainJdbc.number;
import static io.rowlock.app.naive.PlainJdbc.write;

import io.rowlock.dialect.Engine;
import io.rowlock.lab.Steps;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;

/**
 * {@link NaiveCredits} on tables of its own, which have no unique keys: one student, small numbers for ids. For the lab, beside
 * the service on the same database.
 *
 * <p>A course is granted once if {@link #TABLES naive_grant_ledger} names it once, and the amount of an application is the number of
 * its bookings. Safe for use by many threads.
 */
public final class NaiveGrants {
    /** What it needs. */
    public static final List<String> TABLES = List.of(
            "CREATE TABLE IF NOT EXISTS naive_major (id INT PRIMARY KEY, application INT NOT NULL)",
            "CREATE TABLE IF NOT EXISTS naive_access (course INT PRIMARY KEY, status INT NOT NULL)",
            "CREATE TABLE IF NOT EXISTS naive_credit (id INT PRIMARY KEY, application INT NOT NULL, amount INT NOT NULL)",
            "CREATE TABLE IF NOT EXISTS naive_grant_ledger"
                    + " (id INT PRIMARY KEY, application INT NOT NULL, course INT NOT NULL)",
            "CREATE TABLE IF NOT EXISTS naive_request (id INT PRIMARY KEY, request INT NOT NULL)",
            "CREATE INDEX IF NOT EXISTS naive_credit_application ON naive_credit (application)");

    /** Course 4 is finished and granted in application 1, course 5 is started; application 2 has no bookings. */
    public static final List<String> ROWS = List.of(
            "DELETE FROM naive_request",
            "DELETE FROM naive_grant_ledger",
            "DELETE FROM naive_credit",
            "DELETE FROM naive_access",
            "DELETE FROM naive_major",
            "INSERT INTO naive_major VALUES (1, 1)",
            "INSERT INTO naive_access VALUES (4, 4), (5, 2)",
            "INSERT INTO naive_credit VALUES (1, 1, 1), (2, 2, 0)",
            "INSERT INTO naive_grant_ledger VALUES (1, 1, 4)");

    private static final int STARTED = 2;
    private static final int COURSE = 5;

    private final PlainJdbc jdbc;
    private final int node;

    /**
     * On a database with these tables.
     *
     * @param node the ids of its rows; above 2, each node another
     */
    public NaiveGrants(DataSource pool, Engine engine, int node) {
        this.jdbc = new PlainJdbc(pool, engine);
        this.node = node;
    }

    /**
     * Finishes the course and grants its credit.
     *
     * @param application of the credit
     * @return whether it was granted, in words
     */
    public String finish(NaiveCredits.Form form, int application) throws SQLException {
        PlainJdbc.Work work = connection -> run(connection, form, application);
        return form.inTransaction ? jdbc.together(work) : jdbc.inSteps(work);
    }

    private String run(Connection connection, NaiveCredits.Form form, int application) throws SQLException {
        if (form.readsMajor) {
            OptionalInt unused = number(connection, "SELECT application FROM naive_major WHERE id = ?", 1);
        }
        boolean thereIsACredit = !form.locksCredit
                || number(
                                connection,
                                "SELECT id FROM naive_credit WHERE application = ?" + jdbc.forUpdate(),
                                application)
                        .isPresent();
        if (!isStarted(connection, form.locksAccess ? jdbc.forUpdate() : "")) {
            return "not started";
        }
        write(
                connection,
                "INSERT INTO naive_grant_ledger (id, application, course) VALUES (?, ?, ?)",
                node,
                application,
                COURSE);
        if (thereIsACredit) {
            write(connection, "UPDATE naive_credit SET amount = amount + 1 WHERE application = ?", application);
        } else {
            write(connection, "INSERT INTO naive_credit (id, application, amount) VALUES (?, ?, 1)", node, application);
        }
        write(connection, "UPDATE naive_access SET status = 4 WHERE course = ?", COURSE);
        return "granted";
    }

    /** Finishes the course under a lock beside the database, which is given back when the work is done: before the commit. */
    public String finishUnder(AtomicBoolean lock) throws SQLException {
        return jdbc.together(connection -> {
            Steps.pass("lock.take");
            if (!lock.compareAndSet(false, true)) {
                return "in progress";
            }
            try {
                return run(connection, NaiveCredits.Form.NO_LOCK, 1);
            } finally {
                Steps.pass("lock.release");
                lock.set(false);
            }
        });
    }

    /** Finishes the course as often as the limiter of this process admits. */
    public String finishWithin(NaiveLimiter limiter, UUID student) throws SQLException {
        return limiter.admits(student) ? finish(NaiveCredits.Form.NO_LOCK, 1) : "too many calls";
    }

    /** Grants the course for a request, unless the request was answered before: looked up, done, and noted, one after another. */
    public String grantFor(int request) throws SQLException {
        return jdbc.inSteps(connection -> {
            if (number(connection, "SELECT id FROM naive_request WHERE request = ?", request)
                    .isPresent()) {
                return "granted";
            }
            String answer = PlainJdbc.together(connection, inside -> {
                write(
                        inside,
                        "INSERT INTO naive_grant_ledger (id, application, course) VALUES (?, 1, ?)",
                        node,
                        COURSE);
                write(inside, "UPDATE naive_credit SET amount = amount + 1 WHERE application = 1");
                return "granted";
            });
            write(connection, "INSERT INTO naive_request (id, request) VALUES (?, ?)", node, request);
            return answer;
        });
    }

    /** Sets the amount of the first application to what its bookings come to: a script, each statement by itself. */
    public String repair() throws SQLException {
        return jdbc.inSteps(connection -> {
            int amount = number(
                            connection, "SELECT COUNT(*) AS bookings FROM naive_grant_ledger WHERE application = ?", 1)
                    .orElseThrow();
            write(connection, "UPDATE naive_credit SET amount = ? WHERE application = 1", amount);
            return "repaired";
        });
    }

    // ----

    private boolean isStarted(Connection connection, String lock) throws SQLException {
        OptionalInt status = number(connection, "SELECT status FROM naive_access WHERE course = ?" + lock, COURSE);
        return status.isPresent() && status.getAsInt() == STARTED;
    }
}
