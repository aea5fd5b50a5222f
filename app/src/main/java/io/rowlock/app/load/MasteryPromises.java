package io.rowlock.app.load;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * What the service has said of answers, as the driver remembers it, and whether the database keeps it: each that was said to be recorded is
 * in the log, once and as it was answered, and nothing is there of which nobody was told.
 *
 * <p><b>Holds when</b> the database is at rest, and the users of this run were used by this run alone. <b>Breaks when</b> requests are left
 * without an answer: as many rows more are let through ({@link Doubts#unknownRows}).
 *
 * <p>Safe for use by many threads; the audit comes last.
 */
final class MasteryPromises implements Promises {
    /**
     * An answer that was said to be recorded.
     *
     * @param key the idempotency key of the request
     */
    record Told(String key, String event, String user, String word, double reward) {}

    private final String prefix;
    private final Queue<Told> told = new ConcurrentLinkedQueue<>();
    private final Doubts doubts = new Doubts();

    /** @param prefix what the users of this run, and nobody else, begin with */
    MasteryPromises(String prefix) {
        this.prefix = prefix;
    }

    void add(Told answer) {
        told.add(answer);
    }

    @Override
    public Doubts doubts() {
        return doubts;
    }

    List<Told> told() {
        return List.copyOf(told);
    }

    @Override
    public int size() {
        return told.size();
    }

    private record Stored(String user, String word, double reward) {}

    @Override
    public List<String> findings(Connection connection) throws SQLException {
        List<String> findings = new ArrayList<>(doubts.contradictions());
        Map<String, Stored> events = events(connection);
        Map<String, String> keys = new HashMap<>();
        Set<String> known = new HashSet<>();
        for (Told each : told) {
            known.add(each.event());
            Stored stored = events.get(each.event());
            if (stored == null) {
                findings.add("Lost: an answer that was acknowledged is not in the log (" + facts(each) + ")");
            } else if (!stored.equals(new Stored(each.user(), each.word(), each.reward()))) {
                findings.add(
                        "Lost: an answer is not what was acknowledged (" + facts(each) + ", stored=" + stored + ")");
            }
            String other = keys.put(each.event(), each.key());
            if (other != null && !other.equals(each.key())) {
                findings.add("Two requests were told of one answer (keys=" + other + " and " + each.key() + ", "
                        + facts(each) + ")");
            }
        }
        List<String> untold = events.keySet().stream()
                .filter(event -> !known.contains(event))
                .map(event -> "Nobody was told of an answer (event=" + event + ")")
                .toList();
        if (untold.size() > doubts.unknownRows()) {
            findings.addAll(untold);
        }
        return findings;
    }

    private Map<String, Stored> events(Connection connection) throws SQLException {
        Map<String, Stored> events = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement("""
                SELECT id, user_id, word_id, reward
                  FROM amas_events
                 WHERE kind = 'ANSWER' AND user_id LIKE ?""")) {
            statement.setString(1, prefix + "%");
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    events.put(row.getString(1), new Stored(row.getString(2), row.getString(3), row.getDouble(4)));
                }
            }
        }
        return events;
    }

    private static String facts(Told told) {
        return "event=" + told.event() + ", key=" + told.key() + ", user=" + told.user() + ", word=" + told.word()
                + ", reward=" + told.reward();
    }
}
