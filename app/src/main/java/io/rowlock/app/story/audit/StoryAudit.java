package io.rowlock.app.story.audit;

import io.rowlock.app.audit.Finding;
import io.rowlock.app.audit.SqlAudit;
import io.rowlock.app.audit.SqlAudit.Check;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * Asks a database of stories whether its books are right: whether each story is what its history comes to, whether the history is
 * whole, and whether every step in it was allowed.
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
public final class StoryAudit {
    /** Each line of the history beside the one before it, of the same incarnation. */
    private static final String LINES = """
            story_lines AS (
                SELECT story_id, incarnation, story_version, happened, role, from_status, to_status,
                       LAG(story_version) OVER (PARTITION BY story_id, incarnation ORDER BY story_version) AS version_before,
                       LAG(to_status) OVER (PARTITION BY story_id, incarnation ORDER BY story_version) AS status_before,
                       LAG(happened) OVER (PARTITION BY story_id, incarnation ORDER BY story_version) AS happened_before
                  FROM story_history
            )""";

    /** What each incarnation comes to. */
    private static final String ENDS = """
            story_ends AS (
                SELECT story_id, incarnation, COUNT(*) AS lines_count, MAX(story_version) AS last_version,
                       SUM(CASE WHEN happened = 'CHANGED' THEN 1 ELSE 0 END) AS successes,
                       SUM(CASE WHEN happened = 'CREATED' THEN 1 ELSE 0 END) AS creations,
                       SUM(CASE WHEN happened = 'DELETED' THEN 1 ELSE 0 END) AS deletions
                  FROM story_history
                 GROUP BY story_id, incarnation
            )""";

    private static final List<Check> CHECKS = List.of(
            // ---- what must never happen
            new Check("one-story", "Under a path there is one story", """
                    SELECT story_path, COUNT(*) AS stories
                      FROM stories
                     GROUP BY story_path
                    HAVING COUNT(*) > 1"""),
            new Check("version-once", "A story reaches a version once", """
                    SELECT story_id, incarnation, story_version, COUNT(*) AS times
                      FROM story_history
                     GROUP BY story_id, incarnation, story_version
                    HAVING COUNT(*) > 1"""),

            // ---- the history by itself
            new Check("history-without-gap", "Versions begin at 1 and rise by 1", "WITH " + LINES + """
                    SELECT story_id, incarnation, story_version, version_before
                      FROM story_lines
                     WHERE (version_before IS NULL AND story_version <> 1)
                        OR (version_before IS NOT NULL AND story_version <> version_before + 1
                                                       AND story_version <> version_before)"""),
            new Check(
                    "history-begins-and-ends",
                    "A story is made first, and after its end nothing happens",
                    "WITH " + LINES + """
                    SELECT story_id, incarnation, story_version, happened, happened_before
                      FROM story_lines
                     WHERE (story_version = 1 AND happened <> 'CREATED')
                        OR (story_version > 1 AND happened = 'CREATED')
                        OR happened_before = 'DELETED'"""),
            new Check("history-joins", "Each step begins where the one before it has ended", "WITH " + LINES + """
                    SELECT story_id, incarnation, story_version, from_status, status_before
                      FROM story_lines
                     WHERE version_before IS NOT NULL AND happened_before <> 'DELETED'
                       AND (from_status IS NULL OR from_status <> status_before)"""),
            new Check("legal-steps", "Every step is one that there is", """
                    SELECT story_id, incarnation, story_version, from_status, to_status
                      FROM story_history
                     WHERE happened = 'CHANGED'
                       AND (from_status IS NULL OR to_status IS NULL
                            OR NOT (to_status = from_status OR to_status IN ('FAILED', 'CANCELLED')
                                    OR (from_status = 'DRAFT' AND to_status = 'READY_FOR_DEVELOPMENT')
                                    OR (from_status = 'READY_FOR_DEVELOPMENT' AND to_status = 'IN_PROGRESS')
                                    OR (from_status = 'IN_PROGRESS' AND to_status = 'READY_FOR_REVIEW')
                                    OR (from_status = 'READY_FOR_REVIEW' AND to_status = 'READY_FOR_DONE')
                                    OR (from_status = 'READY_FOR_DONE' AND to_status = 'DONE')))"""),
            new Check("whose-step", "Every step was taken by whose it is", """
                    SELECT story_id, incarnation, story_version, role, from_status, to_status
                      FROM story_history
                     WHERE happened = 'CHANGED' AND to_status <> from_status
                       AND (role IS NULL
                            OR (role = 'DEV' AND to_status NOT IN ('IN_PROGRESS', 'READY_FOR_REVIEW', 'FAILED'))
                            OR (role = 'QA' AND to_status NOT IN ('READY_FOR_DONE', 'DONE', 'FAILED'))
                            OR role NOT IN ('SM', 'DEV', 'QA'))"""),

            // ---- stories and their history
            new Check(
                    "story-has-history", "A story has a history, and what has ended is no story", "WITH " + ENDS + """
                    SELECT s.id AS story_id, s.story_path, s.version, e.deletions
                      FROM stories s
                      LEFT JOIN story_ends e ON e.story_id = s.id AND e.incarnation = s.incarnation
                     WHERE e.story_id IS NULL OR e.deletions > 0"""),
            new Check("history-has-story", "What has begun and has not ended is a story", "WITH " + ENDS + """
                    SELECT e.story_id, e.incarnation, e.last_version
                      FROM story_ends e
                      LEFT JOIN stories s ON s.id = e.story_id AND s.incarnation = e.incarnation
                     WHERE e.deletions = 0 AND s.id IS NULL"""),
            new Check("version-counts-successes", "A version is 1 and one for each success", "WITH " + ENDS + """
                    SELECT s.id AS story_id, s.story_path, s.version, e.successes
                      FROM stories s
                      JOIN story_ends e ON e.story_id = s.id AND e.incarnation = s.incarnation
                     WHERE e.creations = 1 AND e.deletions = 0 AND s.version <> 1 + e.successes
                       AND e.lines_count = e.last_version"""),
            new Check("story-is-its-last-line", "A story is what its last line says", """
                    SELECT s.id AS story_id, s.version, s.status, h.to_status, s.iteration, h.iteration AS line_iteration
                      FROM stories s
                      JOIN story_history h ON h.story_id = s.id AND h.incarnation = s.incarnation
                                          AND h.story_version = s.version
                     WHERE h.happened <> 'DELETED'
                       AND (s.status <> h.to_status
                            OR s.iteration <> h.iteration
                            OR s.story_path <> h.story_path
                            OR COALESCE(s.phase, '') <> COALESCE(h.phase, '')
                            OR COALESCE(s.qa_result, '') <> COALESCE(h.qa_result, '')
                            OR COALESCE(s.error_message, '') <> COALESCE(h.error_message, ''))"""),
            new Check("known-status", "A story has a status that there is", """
                    SELECT id AS story_id, status
                      FROM stories
                     WHERE status NOT IN ('DRAFT', 'READY_FOR_DEVELOPMENT', 'IN_PROGRESS', 'READY_FOR_REVIEW',
                                          'READY_FOR_DONE', 'DONE', 'FAILED', 'CANCELLED')"""),
            new Check("document-has-story", "A document is of a story", """
                    SELECT d.story_id
                      FROM story_documents d
                      LEFT JOIN stories s ON s.id = d.story_id
                     WHERE s.id IS NULL"""));

    private StoryAudit() {}

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
