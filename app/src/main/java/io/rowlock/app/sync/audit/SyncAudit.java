package io.rowlock.app.sync.audit;

import io.rowlock.app.audit.Finding;
import io.rowlock.app.audit.SqlAudit;
import io.rowlock.app.audit.SqlAudit.Check;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * Asks a database of the sync whether sessions, records, instances and accounts agree: every end is there once, counts are those of
 * the records, nothing is left over, and no two worked on one instance at once.
 *
 * <p><b>Promise.</b> One error is found by one check, the most telling one. That nobody worked on an instance beside another is told
 * without a clock: each piece of work has the number of the instance's run and the token of the lease it was done under. Tokens rise
 * with the runs, and when work is stored the instance has had no later run.
 *
 * <p><b>Holds when</b> all checks see one moment: give a connection in a transaction at REPEATABLE READ, or a database that nobody
 * writes to. <b>Breaks when</b> each statement sees its own moment and somebody writes.
 *
 * <p>Reads whole tables; the SQL is the same on SQLite, PostgreSQL and MariaDB. Safe for use by many threads, each with a connection
 * of its own.
 */
public final class SyncAudit {
    private static final List<Check> CHECKS = List.of(
            // ---- nothing is left over, nothing is there twice
            new Check("no-orphan", "What belongs to something that is gone is gone with it", """
                    SELECT 'record' AS what, r.id AS id
                      FROM sync_instance_records r
                     WHERE NOT EXISTS (SELECT 1 FROM sync_sessions s WHERE s.session_id = r.session_id)
                        OR NOT EXISTS (SELECT 1 FROM instances i WHERE i.id = r.instance_id)
                     UNION ALL
                    SELECT 'account', a.id
                      FROM instance_accounts a
                     WHERE NOT EXISTS (SELECT 1 FROM instances i WHERE i.id = a.instance_id)
                     UNION ALL
                    SELECT 'transition', t.id
                      FROM sync_transitions t
                     WHERE NOT EXISTS (SELECT 1 FROM sync_sessions s WHERE s.session_id = t.session_id)
                        OR (t.record_id IS NOT NULL
                            AND NOT EXISTS (SELECT 1 FROM sync_instance_records r WHERE r.id = t.record_id))"""),
            new Check("one-record", "An instance is in a session once", """
                    SELECT session_id, instance_id, COUNT(*) AS records
                      FROM sync_instance_records
                     GROUP BY session_id, instance_id
                    HAVING COUNT(*) > 1"""),
            new Check("one-account", "An instance has one account of a name", """
                    SELECT instance_id, name, COUNT(*) AS accounts
                      FROM instance_accounts
                     GROUP BY instance_id, name
                    HAVING COUNT(*) > 1"""),

            // ---- ends
            new Check("session-counts", "The counts of a session are those of its records", """
                    SELECT s.session_id, s.status, s.total_instances, s.successful_instances, s.failed_instances,
                           COUNT(r.id) AS records,
                           COUNT(CASE WHEN r.status = 'completed' THEN 1 END) AS completed,
                           COUNT(CASE WHEN r.status IN ('failed', 'skipped') THEN 1 END) AS not_completed
                      FROM sync_sessions s
                      LEFT JOIN sync_instance_records r ON r.session_id = s.session_id
                     GROUP BY s.session_id, s.status, s.total_instances, s.successful_instances, s.failed_instances
                    HAVING s.total_instances <> COUNT(r.id)
                        OR s.successful_instances <> COUNT(CASE WHEN r.status = 'completed' THEN 1 END)
                        OR s.failed_instances <> COUNT(CASE WHEN r.status IN ('failed', 'skipped') THEN 1 END)"""),
            new Check(
                    "session-end",
                    "A session has ended when each of its records has, and completed when each of them has",
                    """
                    SELECT s.session_id, s.status, r.id AS record_id, r.status AS record_status
                      FROM sync_sessions s
                      JOIN sync_instance_records r ON r.session_id = s.session_id
                     WHERE (s.status <> 'running' AND r.status IN ('pending', 'running'))
                        OR (s.status = 'completed' AND r.status IN ('failed', 'skipped'))
                     UNION ALL
                    SELECT s.session_id, s.status, NULL, NULL
                      FROM sync_sessions s
                     WHERE s.status = 'running' AND s.is_sealed = TRUE
                       AND NOT EXISTS (SELECT 1 FROM sync_instance_records r
                                        WHERE r.session_id = s.session_id AND r.status IN ('pending', 'running'))"""),
            new Check("ended-once", "Whatever has ended did so once, into the state that it is in", """
                    SELECT s.session_id AS subject_id, s.status, COUNT(t.id) AS ends, MAX(t.to_status) AS into_status
                      FROM sync_sessions s
                      LEFT JOIN sync_transitions t
                             ON t.subject_id = s.session_id AND t.to_status IN ('completed', 'failed', 'cancelled')
                     GROUP BY s.session_id, s.status
                    HAVING COUNT(t.id) <> CASE WHEN s.status = 'running' THEN 0 ELSE 1 END
                        OR (COUNT(t.id) = 1 AND MAX(t.to_status) <> s.status)
                     UNION ALL
                    SELECT r.id, r.status, COUNT(t.id), MAX(t.to_status)
                      FROM sync_instance_records r
                      LEFT JOIN sync_transitions t
                             ON t.subject_id = r.id AND t.to_status IN ('completed', 'failed', 'skipped')
                     GROUP BY r.id, r.status
                    HAVING COUNT(t.id) <> CASE WHEN r.status IN ('pending', 'running') THEN 0 ELSE 1 END
                        OR (COUNT(t.id) = 1 AND MAX(t.to_status) <> r.status)"""),
            new Check("end-times", "What has ended has a time of it, and nothing else has", """
                    SELECT session_id AS subject_id, status, completed_at
                      FROM sync_sessions
                     WHERE (status = 'running' AND completed_at IS NOT NULL)
                        OR (status <> 'running' AND completed_at IS NULL)
                     UNION ALL
                    SELECT id, status, completed_at
                      FROM sync_instance_records
                     WHERE (status IN ('pending', 'running') AND completed_at IS NOT NULL)
                        OR (status NOT IN ('pending', 'running') AND completed_at IS NULL)"""),
            new Check("reasons", "What was not synced says why, and what was says nothing", """
                    SELECT id AS record_id, status, error_code
                      FROM sync_instance_records
                     WHERE (status IN ('failed', 'skipped') AND error_code IS NULL)
                        OR (status = 'completed' AND error_code IS NOT NULL)"""),

            // ---- one at a time
            new Check("tokens-rise", "Of two runs of an instance the later has the larger token", """
                    SELECT a.instance_id, a.id AS record_id, a.run, a.lease_token,
                           b.id AS other_record_id, b.run AS other_run, b.lease_token AS other_token
                      FROM sync_instance_records a
                      JOIN sync_instance_records b ON b.instance_id = a.instance_id
                     WHERE (a.run < b.run AND a.lease_token >= b.lease_token)
                        OR (a.run = b.run AND a.id < b.id)"""),
            new Check("nobody-between", "Nobody had begun on an instance when work on it was stored", """
                    SELECT id AS record_id, instance_id, run, runs_at_end
                      FROM sync_instance_records
                     WHERE status = 'completed' AND (run IS NULL OR runs_at_end IS NULL OR run <> runs_at_end)"""),
            new Check("instance-runs", "An instance has counted all work on it, under its largest token", """
                    SELECT i.id AS instance_id, i.runs, i.last_token, i.open_token, r.id AS record_id, r.run, r.lease_token
                      FROM instances i
                      LEFT JOIN sync_instance_records r
                             ON r.instance_id = i.id AND (r.run > i.runs OR r.lease_token > i.last_token)
                     WHERE r.id IS NOT NULL
                        OR (i.open_token IS NOT NULL AND i.open_token <> i.last_token)"""),
            new Check("account-tokens", "No account was written under a token that its instance has not had", """
                    SELECT a.id AS account_id, a.instance_id, a.lease_token, i.last_token
                      FROM instance_accounts a
                      JOIN instances i ON i.id = a.instance_id
                     WHERE a.lease_token > i.last_token OR a.lease_token < 1"""),

            // ---- accounts
            new Check("account-ends", "An account that is gone has a time of it, and no other has", """
                    SELECT id AS account_id, is_active, deleted_at
                      FROM instance_accounts
                     WHERE (is_active = TRUE AND deleted_at IS NOT NULL)
                        OR (is_active = FALSE AND deleted_at IS NULL)"""),
            new Check("account-sums", "Created and updated accounts are among those that were synced", """
                    SELECT id AS record_id, status, accounts_synced, accounts_created, accounts_updated, accounts_deleted
                      FROM sync_instance_records
                     WHERE accounts_synced < accounts_created + accounts_updated
                        OR accounts_created < 0 OR accounts_updated < 0 OR accounts_deleted < 0
                        OR (status <> 'completed' AND accounts_synced + accounts_deleted > 0)"""),
            new Check("accounts-there", "What the last run of an instance has synced is there", """
                    SELECT i.id AS instance_id, r.id AS record_id, r.accounts_synced, COUNT(a.id) AS active
                      FROM instances i
                      JOIN sync_instance_records r ON r.instance_id = i.id AND r.run = i.runs AND r.status = 'completed'
                      LEFT JOIN instance_accounts a ON a.instance_id = i.id AND a.is_active = TRUE
                     WHERE r.accounts_synced >= r.accounts_created + r.accounts_updated
                     GROUP BY i.id, r.id, r.accounts_synced
                    HAVING r.accounts_synced <> COUNT(a.id)"""));

    private SyncAudit() {}

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
