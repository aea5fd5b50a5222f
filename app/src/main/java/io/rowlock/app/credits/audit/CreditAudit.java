package io.rowlock.app.credits.audit;

import io.rowlock.app.audit.Finding;
import io.rowlock.app.audit.SqlAudit;
import io.rowlock.app.audit.SqlAudit.Check;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * Asks a database of credits whether its books are right: whether amounts, bookings and courses agree with each other.
 *
 * <p><b>Promise.</b> One error is found by one check, the most telling one: a check passes over what another has already
 * found broken underneath it.
 *
 * <p><b>Holds when</b> all checks see one moment: give a connection in a transaction at REPEATABLE READ, or a database that
 * nobody writes to. <b>Breaks when</b> each statement sees its own moment and somebody writes.
 *
 * <p>Reads whole tables; the SQL is the same on SQLite, PostgreSQL and MariaDB. Safe for use by many threads, each with a
 * connection of its own.
 */
public final class CreditAudit {
    /** The credits and the bookings of each student in each application, and whether there is something to compare. */
    private static final String ACCOUNTS = """
            credits AS (
                SELECT student_id, application_id, COUNT(*) AS credits, SUM(amount_cents) AS cents
                  FROM student_credit
                 GROUP BY student_id, application_id
            ), booked AS (
                SELECT student_id, application_id, COUNT(*) AS bookings, SUM(change_cents) AS cents
                  FROM student_credit_transaction
                 GROUP BY student_id, application_id
            )""";

    /** How many courses each student was granted in each major. */
    private static final String GRANTS = """
            grants AS (
                SELECT t.student_id, c.major_id, COUNT(DISTINCT t.object_id) AS grants
                  FROM student_credit_transaction t
                  JOIN course c ON c.id = t.object_id
                 WHERE t.type = 6
                 GROUP BY t.student_id, c.major_id
            )""";

    private static final List<Check> CHECKS = List.of(
            // ---- what must never happen
            new Check("one-grant", "Nothing is booked twice for a student", """
                    SELECT student_id, object_id, type, COUNT(*) AS times
                      FROM student_credit_transaction
                     GROUP BY student_id, object_id, type
                    HAVING COUNT(*) > 1"""),
            new Check("one-credit", "A student has one credit in an application", """
                    SELECT student_id, application_id, COUNT(*) AS credits
                      FROM student_credit
                     GROUP BY student_id, application_id
                    HAVING COUNT(*) > 1"""),
            new Check("one-access", "A student takes a course once", """
                    SELECT student_id, course_id, COUNT(*) AS accesses
                      FROM course_access
                     GROUP BY student_id, course_id
                    HAVING COUNT(*) > 1"""),
            new Check("lessons-granted", "A student earns at most twelve grants in a major", "WITH " + GRANTS + """
                    SELECT student_id, major_id, grants
                      FROM grants
                     WHERE grants > 12"""),

            // ---- amounts
            new Check("not-negative", "No amount is below zero, and no booking takes away", """
                    SELECT id AS credit_id, amount_cents AS cents
                      FROM student_credit
                     WHERE amount_cents < 0
                     UNION ALL
                    SELECT id, change_cents
                      FROM student_credit_transaction
                     WHERE change_cents <= 0"""),
            new Check("amount-sum", "An amount is the sum of its bookings", "WITH " + ACCOUNTS + """
                    SELECT c.student_id, c.application_id, c.cents AS amount_cents, COALESCE(b.cents, 0) AS booked_cents
                      FROM credits c
                      LEFT JOIN booked b ON b.student_id = c.student_id AND b.application_id = c.application_id
                     WHERE c.cents >= 0 AND c.cents <> COALESCE(b.cents, 0)"""),
            new Check("amount-running", "Each booking has the amount after it", "WITH " + ACCOUNTS + """
                    , running AS (
                        SELECT id, student_id, application_id, amount_cents,
                               SUM(change_cents) OVER (PARTITION BY student_id, application_id
                                                           ORDER BY amount_cents, created_at, id) AS sum_cents
                          FROM student_credit_transaction
                    )
                    SELECT r.id AS transaction_id, r.amount_cents, r.sum_cents
                      FROM running r
                      JOIN credits c ON c.student_id = r.student_id AND c.application_id = r.application_id
                      JOIN booked b ON b.student_id = r.student_id AND b.application_id = r.application_id
                     WHERE c.cents = b.cents AND r.amount_cents <> r.sum_cents
                       AND NOT EXISTS (SELECT 1 FROM student_credit_transaction t
                                        WHERE t.student_id = r.student_id AND t.change_cents <= 0)"""),
            new Check("booking-credit", "A booking names the credit of its student in its application", """
                    SELECT t.id AS transaction_id, t.student_id, t.application_id, t.credit_id
                      FROM student_credit_transaction t
                     WHERE NOT EXISTS (SELECT 1 FROM student_credit c
                                        WHERE c.student_id = t.student_id
                                          AND c.application_id = t.application_id
                                          AND (t.credit_id IS NULL OR c.id = t.credit_id))"""),
            new Check("grant-amount", "A course that is finished on its day earns 1.00", """
                    SELECT id AS transaction_id, change_cents
                      FROM student_credit_transaction
                     WHERE type = 6 AND change_cents > 0 AND change_cents <> 100"""),

            // ---- grants and courses
            new Check("granted-on-time", "What was granted was finished on time", """
                    SELECT t.id AS transaction_id, t.student_id, t.object_id, a.status
                      FROM student_credit_transaction t
                      LEFT JOIN course_access a ON a.student_id = t.student_id AND a.course_id = t.object_id
                     WHERE t.type = 6 AND (a.status IS NULL OR a.status <> 4)"""),
            new Check("on-time-granted", "What was finished on time was granted", """
                    SELECT a.id AS access_id, a.student_id, a.course_id
                      FROM course_access a
                     WHERE a.status = 4
                       AND NOT EXISTS (SELECT 1 FROM student_credit_transaction t
                                        WHERE t.student_id = a.student_id AND t.object_id = a.course_id AND t.type = 6)"""),
            new Check("grant-application", "A grant belongs to the application of the course's major", """
                    SELECT t.id AS transaction_id, t.application_id, m.application_id AS majors_application_id
                      FROM student_credit_transaction t
                      JOIN course c ON c.id = t.object_id
                      JOIN major m ON m.id = c.major_id
                     WHERE t.type = 6 AND t.application_id <> m.application_id"""),
            new Check("access-major", "An access is to a course of its major", """
                    SELECT a.id AS access_id, a.major_id, c.major_id AS courses_major_id
                      FROM course_access a
                      LEFT JOIN course c ON c.id = a.course_id
                     WHERE c.id IS NULL OR a.major_id <> c.major_id"""),
            new Check("access-times", "Started and finished are what has a time of it", """
                    SELECT id AS access_id, status, started_at, finished_at
                      FROM course_access
                     WHERE (status = 1 AND started_at IS NOT NULL)
                        OR (status IN (2, 3, 4) AND started_at IS NULL)
                        OR (status IN (3, 4) AND finished_at IS NULL)
                        OR (status IN (1, 2, 5) AND finished_at IS NOT NULL)
                        OR status NOT BETWEEN 1 AND 5"""),
            new Check("lessons", "A major has each of twelve lessons once at the most", "WITH " + GRANTS + """
                    SELECT c.major_id, c.lesson, COUNT(*) AS courses
                      FROM course c
                     WHERE NOT EXISTS (SELECT 1 FROM grants g WHERE g.major_id = c.major_id AND g.grants > 12)
                     GROUP BY c.major_id, c.lesson
                    HAVING COUNT(*) > 1 OR c.lesson < 1 OR c.lesson > 12"""));

    private CreditAudit() {}

    /** The names of all checks, in the order they run. */
    public static List<String> checks() {
        return CHECKS.stream().map(Check::name).toList();
    }

    /**
     * Runs every check.
     *
     * @param connection where to look; it is only read from, and neither committed nor closed
     * @return what each check found, those that found nothing included
     * @throws SQLException if a check could not be run
     */
    public static List<Finding> run(Connection connection) throws SQLException {
        return SqlAudit.run(CHECKS, connection);
    }
}
