package io.rowlock.app.mastery.audit;

import io.rowlock.app.audit.Finding;
import io.rowlock.app.audit.SqlAudit;
import io.rowlock.app.audit.SqlAudit.Check;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Asks a database of the mastery system whether states, models, words, rewards and the log agree, and computes every model anew.
 *
 * <p><b>Promise.</b> One error is found by one check, the most telling one. A model is right if A − λI is the sum of xx' and b the sum of rx
 * over the events of its generation that were learned of, within {@value ModelSums#TOLERANCE} of their size. The last number of each vector
 * is 1, so a lost event is off by 1 in a corner of A, and found whatever else there is.
 *
 * <p><b>Holds when</b> all checks see one moment: give a connection in a transaction at REPEATABLE READ, or a database that nobody writes
 * to. <b>Breaks when</b> each statement sees its own moment and somebody writes.
 *
 * <p>Reads whole tables, one learner at a time; the SQL is the same on SQLite, PostgreSQL and MariaDB. Safe for use by many threads, each
 * with a connection of its own.
 */
public final class MasteryAudit {
    private static final List<Check> CHECKS = List.of(
            // ---- a learner is two rows
            new Check("one-model", "A state has a model of its generation, and a model a state", """
                    SELECT s.user_id, s.generation, m.generation AS model_generation
                      FROM amas_user_states s
                      LEFT JOIN amas_user_models m ON m.user_id = s.user_id
                     WHERE m.user_id IS NULL OR m.generation <> s.generation
                     UNION ALL
                    SELECT m.user_id, NULL, m.generation
                      FROM amas_user_models m
                     WHERE NOT EXISTS (SELECT 1 FROM amas_user_states s WHERE s.user_id = m.user_id)"""),
            new Check("same-time", "State and model are of the same answer", """
                    SELECT s.user_id, s.last_update_ts, m.last_update_ts AS model_ts
                      FROM amas_user_states s
                      JOIN amas_user_models m ON m.user_id = s.user_id AND m.generation = s.generation
                     WHERE m.last_update_ts <> s.last_update_ts"""),
            new Check("ranges", "A state is within its ranges", """
                    SELECT user_id, attention, fatigue, motivation, confidence, mem, speed, stability
                      FROM amas_user_states
                     WHERE NOT (attention BETWEEN 0 AND 1 AND fatigue BETWEEN 0 AND 1 AND motivation BETWEEN -1 AND 1
                                AND confidence BETWEEN 0 AND 1 AND mem BETWEEN 0 AND 1 AND speed BETWEEN 0 AND 1
                                AND stability BETWEEN 0 AND 1)"""),

            // ---- the log
            new Check(
                    "events-counted",
                    "A state has counted the events of its generation, and the answers among them",
                    """
                    SELECT s.user_id, s.events, s.interactions, COUNT(e.id) AS logged,
                           COUNT(CASE WHEN e.kind = 'ANSWER' THEN 1 END) AS answers
                      FROM amas_user_states s
                      LEFT JOIN amas_events e ON e.user_id = s.user_id AND e.generation = s.generation
                     GROUP BY s.user_id, s.events, s.interactions
                    HAVING s.events <> COUNT(e.id) OR s.interactions <> COUNT(CASE WHEN e.kind = 'ANSWER' THEN 1 END)"""),
            new Check("events-in-order", "Events of a generation are numbered from 1 without a gap", """
                    SELECT user_id, generation, COUNT(*) AS events, MIN(event_number) AS first, MAX(event_number) AS last
                      FROM amas_events
                     GROUP BY user_id, generation
                    HAVING MIN(event_number) <> 1 OR MAX(event_number) <> COUNT(*)
                        OR COUNT(DISTINCT event_number) <> COUNT(*)"""),
            new Check("no-later-generation", "Nothing is of a generation that its learner has not come to", """
                    SELECT e.id AS event_id, e.user_id, e.generation, s.generation AS state_generation
                      FROM amas_events e
                      JOIN amas_user_states s ON s.user_id = e.user_id
                     WHERE e.generation > s.generation"""),
            new Check("event-form", "An answer has its word and what was answered, a reward its answer", """
                    SELECT id AS event_id, kind
                      FROM amas_events
                     WHERE (kind = 'ANSWER' AND (word_id IS NULL OR is_correct IS NULL OR answer IS NULL
                                                 OR answer_id IS NOT NULL))
                        OR (kind = 'REWARD' AND (answer_id IS NULL OR learned = FALSE))"""),

            // ---- rewards
            new Check("reward-logged", "What is done of the rewards is in the log once, as it was to be", """
                    SELECT r.id AS reward_id, r.user_id, r.reward, e.reward AS logged
                      FROM reward_queue r
                      LEFT JOIN amas_events e ON e.id = r.id AND e.kind = 'REWARD' AND e.user_id = r.user_id
                     WHERE r.claim_state = 'DONE' AND (e.id IS NULL OR e.reward <> r.reward)"""),
            new Check("reward-done", "What was learned of rewards in the queue is done", """
                    SELECT r.id AS reward_id, r.user_id, r.claim_state
                      FROM reward_queue r
                      JOIN amas_events e ON e.id = r.id
                     WHERE r.claim_state <> 'DONE'"""),
            new Check("reward-answer", "A reward is for an answer of its learner, by that answer's vector", """
                    SELECT e.id AS event_id, e.user_id, e.answer_id
                      FROM amas_events e
                      LEFT JOIN amas_events a ON a.id = e.answer_id AND a.kind = 'ANSWER' AND a.user_id = e.user_id
                           AND a.generation = e.generation AND a.features = e.features
                           AND a.event_number < e.event_number
                     WHERE e.kind = 'REWARD' AND e.answer_id IS NOT NULL AND a.id IS NULL"""),
            new Check("reward-current", "What is still to be learned is of the learner's generation", """
                    SELECT r.id AS reward_id, r.user_id, a.generation, s.generation AS state_generation
                      FROM reward_queue r
                      JOIN amas_user_states s ON s.user_id = r.user_id
                      LEFT JOIN amas_events a ON a.id = r.answer_record_id
                     WHERE r.claim_state <> 'DONE' AND (a.id IS NULL OR a.generation <> s.generation)"""),

            // ---- words
            new Check("word-answers", "A word has counted the answers to it, and the right ones among them", """
                    SELECT w.user_id, w.word_id, w.answers, w.correct_answers, COUNT(e.id) AS logged,
                           COUNT(CASE WHEN e.is_correct = TRUE THEN 1 END) AS correct
                      FROM amas_word_states w
                      LEFT JOIN amas_events e ON e.user_id = w.user_id AND e.word_id = w.word_id AND e.kind = 'ANSWER'
                     GROUP BY w.user_id, w.word_id, w.answers, w.correct_answers
                    HAVING w.answers <> COUNT(e.id)
                        OR w.correct_answers <> COUNT(CASE WHEN e.is_correct = TRUE THEN 1 END)"""),
            new Check("word-there", "A word that was answered is there", """
                    SELECT DISTINCT e.user_id, e.word_id
                      FROM amas_events e
                     WHERE e.kind = 'ANSWER'
                       AND NOT EXISTS (SELECT 1 FROM amas_word_states w
                                        WHERE w.user_id = e.user_id AND w.word_id = e.word_id)"""));

    private MasteryAudit() {}

    /** The names of all checks. */
    public static List<String> checks() {
        return Stream.concat(CHECKS.stream().map(Check::name), ModelSums.checks().stream())
                .toList();
    }

    /**
     * Runs every check.
     *
     * @param connection where to look; it is only read from, and neither committed nor closed
     * @return what each check found, those that found nothing included
     * @throws SQLException if a check could not be run
     */
    public static List<Finding> run(Connection connection) throws SQLException {
        List<Finding> findings = new ArrayList<>(SqlAudit.run(CHECKS, connection));
        findings.addAll(ModelSums.run(connection));
        return findings;
    }
}
