package io.rowlock.app.mastery;

import io.rowlock.Rowlock;
import io.rowlock.Unit;
import io.rowlock.app.sql.Sql;
import io.rowlock.dialect.Isolation;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Whether state, model and log of users agree, and what makes them agree again. What is stored in one commit always does; users whose
 * answers are stored in parts, and databases that something else has written to, may differ.
 *
 * <p>Compares counts and times, which is cheap; the audit computes every model anew. Safe for use by many threads, on any number of nodes.
 */
final class Consistency {
    private static final Unit CHECK = Unit.named("amas-check").withIsolation(Isolation.REPEATABLE_READ);
    private static final Unit REPAIR = Unit.named("amas-repair").withDeadline(Duration.ofSeconds(60));
    private static final Duration TIMES_APART_MAX = Duration.ofSeconds(60);

    private final Rowlock rowlock;
    private final LearnerUnits units;
    private final MasteryMetrics metrics;

    Consistency(Rowlock rowlock, LearnerUnits units, MasteryMetrics metrics) {
        this.rowlock = rowlock;
        this.units = units;
        this.metrics = metrics;
    }

    /**
     * Something about a user on which two disagree.
     *
     * @param field what it is, constant text
     * @param stored what state or model say
     * @param expected what the other says: of counts the log, of times and generations the state
     */
    record Drift(String userId, String field, long stored, long expected) {}

    private record Counts(
            String userId,
            long generation,
            long events,
            long interactions,
            long stateTs,
            boolean hasModel,
            long modelGeneration,
            long updateCount,
            long modelTs,
            long logged,
            long answers,
            long learned) {}

    /**
     * Compares the users who have answered last.
     *
     * @param users how many of them at the most
     */
    List<Drift> check(int users) {
        List<Counts> all = rowlock.read(CHECK, tx -> Sql.query(tx, Consistency::counts, """
                SELECT s.user_id, s.generation, s.events, s.interactions, s.last_update_ts,
                       CASE WHEN m.user_id IS NULL THEN 0 ELSE 1 END, m.generation, m.update_count, m.last_update_ts,
                       (SELECT COUNT(*) FROM amas_events e
                         WHERE e.user_id = s.user_id AND e.generation = s.generation),
                       (SELECT COUNT(*) FROM amas_events e
                         WHERE e.user_id = s.user_id AND e.generation = s.generation AND e.kind = 'ANSWER'),
                       (SELECT COUNT(*) FROM amas_events e
                         WHERE e.user_id = s.user_id AND e.generation = s.generation AND e.learned = TRUE)
                  FROM amas_user_states s
                  LEFT JOIN amas_user_models m ON m.user_id = s.user_id
                 ORDER BY s.last_update_ts DESC, s.user_id
                 LIMIT ?""", users));
        List<Drift> drifts = new ArrayList<>();
        all.forEach(counts -> compare(counts, drifts));
        return drifts;
    }

    private static Counts counts(ResultSet row) throws SQLException {
        return new Counts(
                row.getString(1),
                row.getLong(2),
                row.getLong(3),
                row.getLong(4),
                row.getLong(5),
                row.getInt(6) == 1,
                row.getLong(7),
                row.getLong(8),
                row.getLong(9),
                row.getLong(10),
                row.getLong(11),
                row.getLong(12));
    }

    private static void compare(Counts counts, List<Drift> drifts) {
        add(drifts, counts, "events", counts.events(), counts.logged());
        add(drifts, counts, "interactions", counts.interactions(), counts.answers());
        if (!counts.hasModel()) {
            drifts.add(new Drift(counts.userId(), "model", 0, 1));
            return;
        }
        add(drifts, counts, "generation", counts.modelGeneration(), counts.generation());
        add(drifts, counts, "updateCount", counts.updateCount(), counts.learned());
        if (Math.abs(counts.stateTs() - counts.modelTs()) > TIMES_APART_MAX.toMillis()) {
            drifts.add(new Drift(counts.userId(), "lastUpdateTs", counts.modelTs(), counts.stateTs()));
        }
    }

    private static void add(List<Drift> drifts, Counts counts, String field, long stored, long expected) {
        if (stored != expected) {
            drifts.add(new Drift(counts.userId(), field, stored, expected));
        }
    }

    /** As {@link #check}, and counts what was found. */
    List<Drift> checkAndCount(int users) {
        List<Drift> drifts = check(users);
        Map<String, Long> fields = new TreeMap<>();
        drifts.forEach(drift -> fields.merge(drift.field(), 1L, Long::sum));
        fields.forEach(metrics::inconsistent);
        return drifts;
    }

    /**
     * Computes a user's model and counters anew from the log, in one commit.
     *
     * @return whether there is such a user
     */
    boolean repair(String userId) {
        return rowlock.transact(REPAIR, tx -> units.repair(tx, userId));
    }
}
