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
 * What the service has said of accesses, as the driver remembers it, and whether the database keeps it: each access is there
 * and no earlier than it was told, each course that was finished on time is booked once, of each access one request alone was
 * told that it has finished it, and nothing is there of which nobody was told.
 *
 * <p><b>Holds when</b> the database is at rest, and the application of this run was used by this run alone. <b>Breaks
 * when</b> requests are left without an answer: as many rows more are let through ({@link Doubts#unknownRows}).
 *
 * <p>Safe for use by many threads; the audit comes last.
 */
final class CreditPromises implements Promises {
    private static final String ON_TIME = "on_time_finished";
    private static final String LATE = "late_finished";
    private static final String EXPIRED = "expired";

    /** The stored numbers by their names. */
    private static final Map<String, Integer> STATUSES =
            Map.of("not_started", 1, "started", 2, LATE, 3, ON_TIME, 4, EXPIRED, 5);

    /** An access as an answer showed it. {@code key} is the idempotency key of the request. */
    record Told(String key, String access, String student, String course, String status) {
        boolean isEnd() {
            return status.equals(ON_TIME) || status.equals(LATE) || status.equals(EXPIRED);
        }
    }

    private final String application;
    private final Queue<Told> told = new ConcurrentLinkedQueue<>();
    private final Doubts doubts = new Doubts();

    /** @param application whose majors, and nobody else's, the run uses */
    CreditPromises(String application) {
        this.application = application;
    }

    void add(Told access) {
        told.add(access);
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

    /** What is stored of an access. */
    private record Stored(String student, String course, int status) {}

    @Override
    public List<String> findings(Connection connection) throws SQLException {
        List<String> findings = new ArrayList<>(doubts.contradictions());
        List<String> untold = new ArrayList<>();
        Map<String, Stored> accesses = new HashMap<>();
        query(
                connection,
                """
                SELECT a.id, a.student_id, a.course_id, a.status
                  FROM course_access a
                  JOIN course c ON c.id = a.course_id
                  JOIN major m ON m.id = c.major_id
                 WHERE m.application_id = %s""",
                row -> accesses.put(row.getString(1), new Stored(row.getString(2), row.getString(3), row.getInt(4))));
        Map<String, Integer> bookings = new HashMap<>();
        query(
                connection,
                "SELECT student_id, object_id FROM student_credit_transaction WHERE application_id = %s",
                row -> bookings.merge(row.getString(1) + "/" + row.getString(2), 1, Integer::sum));

        Map<String, Told> ends = new HashMap<>();
        Set<String> known = new HashSet<>();
        for (Told each : told) {
            known.add(each.access());
            Stored stored = accesses.get(each.access());
            if (stored == null) {
                findings.add("Lost: an access that was acknowledged is not there (" + facts(each) + ")");
            } else if (!stored.student().equals(each.student())
                    || !stored.course().equals(each.course())
                    || isEarlier(stored.status(), each)) {
                findings.add("Lost: an access is not what was acknowledged (" + facts(each) + ", stored="
                        + stored.status() + ")");
            }
            Told before = each.isEnd() ? ends.put(each.access(), each) : null;
            if (before != null && !before.key().equals(each.key())) {
                findings.add("Two requests were told that they ended the same access (keys=" + before.key() + " and "
                        + each.key() + ", " + facts(each) + ")");
            }
        }
        accesses.keySet().stream()
                .filter(access -> !known.contains(access))
                .forEach(access -> untold.add("Nobody was told of an access (id=" + access + ")"));

        for (Told end : ends.values()) {
            Integer times = bookings.remove(end.student() + "/" + end.course());
            if (end.status().equals(ON_TIME) && (times == null || times != 1)) {
                findings.add((times == null
                                ? "Lost: an acknowledged grant is not in the ledger ("
                                : "An acknowledged grant is booked " + times + " times (")
                        + facts(end) + ")");
            } else if (!end.status().equals(ON_TIME) && times != null) {
                findings.add("Booked, though it was acknowledged as " + end.status() + " (" + facts(end) + ")");
            }
        }
        bookings.keySet()
                .forEach(booking -> untold.add(
                        "Nobody was told of a booking: a grant took effect unasked (student/course=" + booking + ")"));
        if (untold.size() > doubts.unknownRows()) {
            findings.addAll(untold);
        }
        return findings;
    }

    /** What was told may have gone on since, unless it was an end. */
    private static boolean isEarlier(int stored, Told told) {
        int status = STATUSES.getOrDefault(told.status(), 0);
        return told.isEnd() ? stored != status : stored < status;
    }

    private static String facts(Told told) {
        return "access=" + told.access() + ", key=" + told.key() + ", student=" + told.student() + ", course="
                + told.course() + ", acknowledged=" + told.status();
    }

    /** Looks at one row. */
    @FunctionalInterface
    private interface RowReader {
        void read(ResultSet row) throws SQLException;
    }

    private void query(Connection connection, String sql, RowReader reader) throws SQLException {
        // PostgreSQL keeps ids as uuid and compares them with nothing else.
        boolean typed = connection.getMetaData().getDatabaseProductName().startsWith("PostgreSQL");
        try (PreparedStatement statement =
                connection.prepareStatement(sql.formatted(typed ? "CAST(? AS uuid)" : "?"))) {
            statement.setString(1, application);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    reader.read(rows);
                }
            }
        }
    }
}
