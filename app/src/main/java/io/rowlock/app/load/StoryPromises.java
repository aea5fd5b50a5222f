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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * What the service has said of stories, as the driver remembers it, and whether the database keeps it: each version that was
 * acknowledged has its line in the history, with the status that was told; no version was acknowledged to two requests; and there
 * is no line of which nobody was told.
 *
 * <p><b>Holds when</b> the database is at rest, and the paths of this run were used by this run alone. <b>Breaks when</b>
 * requests are left without an answer: as many lines more are let through ({@link Doubts#unknownRows}).
 *
 * <p>Safe for use by many threads; the audit comes last.
 */
final class StoryPromises implements Promises {
    /**
     * A version of a story that an answer has shown as the asker's own work.
     *
     * @param key the idempotency key of the request
     * @param tag the version, as the entity tag has it
     * @param status of that version; empty for one that was deleted
     */
    record Told(String key, String story, String tag, String status) {
        String version() {
            return story + "/" + tag;
        }
    }

    private final String folder;
    private final Queue<Told> told = new ConcurrentLinkedQueue<>();
    private final Set<String> mayBeDeleted = ConcurrentHashMap.newKeySet();
    private final Doubts doubts = new Doubts();

    /** @param folder what the paths of the run's stories, and of nobody else's, begin with */
    StoryPromises(String folder) {
        this.folder = folder;
    }

    /** Another one of the same run, without what was told. */
    StoryPromises copy() {
        StoryPromises copy = new StoryPromises(folder);
        copy.mayBeDeleted.addAll(mayBeDeleted);
        return copy;
    }

    void add(Told version) {
        told.add(version);
    }

    /** Somebody is about to delete this version of a story; a repeat of that has no key, and cannot tell whether it was the first. */
    void deleting(String story, String tag) {
        mayBeDeleted.add(story + "/" + tag);
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

    /** A line of the history. */
    private record Line(String story, String before, String happened, String operation, String status) {}

    @Override
    public List<String> findings(Connection connection) throws SQLException {
        List<String> findings = new ArrayList<>(doubts.contradictions());
        Map<String, Line> lines = lines(connection);
        Map<String, Told> tellings = new HashMap<>();
        for (Told each : told) {
            Told other = tellings.put(each.version(), each);
            if (other != null && !other.key().equals(each.key())) {
                findings.add("Two requests were told that the same version is theirs (keys=" + other.key() + " and "
                        + each.key() + ", " + facts(each) + ")");
            }
            Line line = lines.get(each.version());
            if (line == null) {
                findings.add("Lost: a version that was acknowledged is not in the history (" + facts(each) + ")");
            } else if (!line.status().equals(each.status())) {
                findings.add("Not as acknowledged: a version has another status (" + facts(each) + ", stored="
                        + line.status() + ")");
            }
        }
        List<String> untold = new ArrayList<>();
        Set<String> known = new HashSet<>(tellings.keySet());
        lines.forEach((version, line) -> {
            boolean asked = line.operation().equals("initialize")
                    || (line.happened().equals("DELETED") && mayBeDeleted.contains(line.before()));
            if (!known.contains(version) && !asked) {
                untold.add("Nobody was told of a version: a change took effect twice or unasked (version=" + version
                        + ", happened=" + line.happened() + ", operation=" + line.operation() + ", status="
                        + line.status() + ")");
            }
        });
        if (untold.size() > doubts.unknownRows()) {
            findings.addAll(untold);
        }
        return findings;
    }

    private static String facts(Told told) {
        return "story=" + told.story() + ", version=" + told.tag() + ", key=" + told.key() + ", acknowledged="
                + told.status();
    }

    private Map<String, Line> lines(Connection connection) throws SQLException {
        Map<String, Line> lines = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement("""
                SELECT story_id, incarnation, story_version, happened, operation, to_status
                  FROM story_history
                 WHERE SUBSTR(story_path, 1, ?) = ?""")) {
            statement.setInt(1, folder.length());
            statement.setString(2, folder);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    String story = row.getString(1);
                    String status = row.getString(6);
                    Line line = new Line(
                            story,
                            story + "/" + tag(row.getLong(3) - 1, row.getLong(2)),
                            row.getString(4),
                            row.getString(5),
                            status == null ? "" : status.toLowerCase(java.util.Locale.ROOT));
                    lines.put(story + "/" + tag(row.getLong(3), row.getLong(2)), line);
                }
            }
        }
        return lines;
    }

    /** As the service writes it, told again from what is stored. */
    private static String tag(long version, long incarnation) {
        return version + "-" + Long.toHexString(incarnation);
    }
}
