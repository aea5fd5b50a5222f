package io.rowlock.app.mastery;

import io.rowlock.ReadTx;
import io.rowlock.app.mastery.model.FeatureVector;
import io.rowlock.app.mastery.model.LinUcb;
import io.rowlock.app.sql.Sql;
import java.util.List;

/**
 * A model as the log has it: every event of a generation, learned of in its order.
 *
 * @param events how many there are
 * @param answers how many of them are answers
 */
record Rebuilt(LinUcb model, long events, long answers) {

    private record Event(boolean answer, boolean learned, FeatureVector vector, double reward) {}

    /** Reads all events of the learner. */
    static Rebuilt of(ReadTx tx, String userId, long generation) {
        List<Event> events = Sql.query(
                tx,
                row -> new Event(
                        row.getString(1).equals("ANSWER"),
                        row.getBoolean(2),
                        FeatureVector.of(row.getBytes(3)),
                        row.getDouble(4)),
                """
                SELECT kind, learned, features, reward
                  FROM amas_events
                 WHERE user_id = ? AND generation = ?
                 ORDER BY event_number""",
                userId,
                generation);
        LinUcb model = LinUcb.fresh();
        for (Event event : events) {
            if (event.learned() && !model.update(event.vector().resized(model.dimension()), event.reward())) {
                throw new IllegalStateException("A reward in the log is no number (user=" + userId + ")");
            }
        }
        return new Rebuilt(
                model, events.size(), events.stream().filter(Event::answer).count());
    }
}
