package io.rowlock.app.load;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * What the service has said of sessions, as the driver remembers it, and whether the database keeps it: each session is there; one
 * that was told to have ended is as it was told, in its state and its counts; one request alone was told that it has cancelled it;
 * none runs when nobody works; and nothing is there of which nobody was told.
 *
 * <p><b>Holds when</b> the database is at rest, and was used by this run alone. <b>Breaks when</b> requests are left without an
 * answer: as many sessions more are let through ({@link Doubts#unknownRows}).
 *
 * <p>Safe for use by many threads; the audit comes last.
 */
final class SyncPromises implements Promises {
    /** In percent: how many of the reachable instances that were tried must have been synced. */
    static final double SUCCESS_PERCENT_MIN = 99;

    /** Fewer say nothing. */
    private static final int TRIED_MIN = 200;

    /** A session that was told to have ended. */
    record Ended(String session, String status, int total, int successful, int failed) {}

    private final Set<String> known = ConcurrentHashMap.newKeySet();
    private final Queue<Ended> ended = new ConcurrentLinkedQueue<>();
    private final Map<String, String> cancelled = new ConcurrentHashMap<>();
    private final Queue<String> twice = new ConcurrentLinkedQueue<>();
    private final Doubts doubts = new Doubts();
    private volatile long tried;
    private volatile long synced;

    void begun(String session) {
        boolean unused = known.add(session);
    }

    void ended(Ended session) {
        ended.add(session);
    }

    /** @param key of the request that was told so */
    void cancelled(String session, String key) {
        String before = cancelled.putIfAbsent(session, key);
        if (before != null && !before.equals(key)) {
            twice.add("Two requests were told that they have cancelled the same session (session=" + session + ", keys="
                    + before + " and " + key + ")");
        }
    }

    @Override
    public Doubts doubts() {
        return doubts;
    }

    List<Ended> told() {
        return List.copyOf(ended);
    }

    @Override
    public int size() {
        return known.size() + ended.size() + cancelled.size();
    }

    /** Of the reachable instances that were tried, how many were synced. Known after the audit. */
    String success() {
        return String.format(
                Locale.ROOT,
                "%.3f %% of the reachable instances that were tried (%,d of %,d)",
                Math.floor(percent() * 1e3) / 1e3,
                synced,
                tried);
    }

    private double percent() {
        return tried == 0 ? 100 : 100.0 * synced / tried;
    }

    private record Stored(String status, int total, int successful, int failed) {}

    @Override
    public List<String> findings(Connection connection) throws SQLException {
        List<String> findings = new ArrayList<>(doubts.contradictions());
        findings.addAll(twice);
        Map<String, Stored> sessions = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("""
                        SELECT session_id, status, total_instances, successful_instances, failed_instances
                          FROM sync_sessions""")) {
            while (rows.next()) {
                sessions.put(
                        rows.getString(1),
                        new Stored(rows.getString(2), rows.getInt(3), rows.getInt(4), rows.getInt(5)));
            }
        }
        for (String session : known) {
            if (!sessions.containsKey(session)) {
                findings.add("Lost: a session that was acknowledged is not there (session=" + session + ")");
            }
        }
        for (Ended told : ended) {
            Stored stored = sessions.get(told.session());
            if (stored != null
                    && !stored.equals(new Stored(told.status(), told.total(), told.successful(), told.failed()))) {
                findings.add("Not as acknowledged: a session has another end (" + told + ", stored=" + stored + ")");
            }
        }
        for (String session : cancelled.keySet()) {
            Stored stored = sessions.get(session);
            if (stored == null || !stored.status().equals("cancelled")) {
                findings.add("Not as acknowledged: a session is not cancelled (session=" + session + ", stored="
                        + stored + ")");
            }
        }
        sessions.forEach((session, stored) -> {
            if (stored.status().equals("running")) {
                findings.add("A session runs though nobody works on it (session=" + session + ")");
            }
        });
        Set<String> untold = new HashSet<>(sessions.keySet());
        untold.removeAll(known);
        if (untold.size() > doubts.unknownRows()) {
            untold.forEach(session -> findings.add("Nobody was told of a session (session=" + session + ")"));
        }
        count(connection);
        if (tried >= TRIED_MIN && percent() < SUCCESS_PERCENT_MIN) {
            findings.add("Too few reachable instances were synced: " + success());
        }
        return findings;
    }

    /** Of what was skipped nobody has tried it; what was cancelled is nobody's failure. */
    private void count(Connection connection) throws SQLException {
        long completed = 0;
        long all = 0;
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("""
                        SELECT instance_name, status, COUNT(*)
                          FROM sync_instance_records
                         WHERE status IN ('completed', 'failed')
                         GROUP BY instance_name, status""")) {
            while (rows.next()) {
                if (SyncTargets.isReachable(rows.getString(1))) {
                    all += rows.getLong(3);
                    completed += rows.getString(2).equals("completed") ? rows.getLong(3) : 0;
                }
            }
        }
        synced = completed;
        tried = all;
    }
}
