package io.rowlock.app.load;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import tools.jackson.databind.JsonNode;

/**
 * What the service has said of answers, as the driver remembers it, and whether the database keeps it: each that was said to be recorded is
 * in the log, once and as it was answered, nothing is there of which nobody was told, and whoever looked at a learner afterwards was not
 * shown an earlier one.
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

    /**
     * How far a learner has come.
     *
     * @param generation how often it was begun
     * @param answers decided on since then
     */
    record Reached(long generation, long answers) implements Comparable<Reached> {
        private static final Comparator<Reached> ORDER =
                Comparator.comparingLong(Reached::generation).thenComparingLong(Reached::answers);

        /** Nobody has answered anything. */
        static final Reached NOTHING = new Reached(0, 0);

        /** As a body has it. */
        static Reached in(JsonNode state) {
            return new Reached(
                    state.path("generation").asLong(), state.path("answers").asLong());
        }

        @Override
        public int compareTo(Reached other) {
            return ORDER.compare(this, other);
        }
    }

    private final Map<String, Reached> reached = new ConcurrentHashMap<>();
    private final Queue<String> stale = new ConcurrentLinkedQueue<>();
    private final LongAdder shown = new LongAdder();
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

    /** An answer of a learner was told to be stored. */
    void acknowledged(String user, Reached now) {
        Reached unused = reached.merge(user, now, (one, other) -> one.compareTo(other) > 0 ? one : other);
    }

    /** How far a learner has come by what was acknowledged until now. */
    Reached reached(String user) {
        return reached.getOrDefault(user, Reached.NOTHING);
    }

    /** A learner was shown, to somebody who asked after that much was acknowledged. */
    void shown(String user, Reached before, Reached now) {
        shown.increment();
        if (now.compareTo(before) < 0) {
            stale.add("Stale: a learner was shown as it was before an answer that had been acknowledged (user=" + user
                    + ", acknowledged=" + before + ", shown=" + now + ")");
        }
    }

    /** Whoever was shown an earlier one, a line each. */
    List<String> stale() {
        return List.copyOf(stale);
    }

    /** How many times one was. */
    long shownCount() {
        return shown.sum();
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
        findings.addAll(stale);
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
