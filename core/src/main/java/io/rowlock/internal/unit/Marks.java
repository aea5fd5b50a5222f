package io.rowlock.internal.unit;

import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The once-keys of a unit, in the order in which they are written: by their bytes, so that two units with several keys in
 * common do not wait for each other.
 */
final class Marks {
    private final List<Mark> marks;

    Marks(List<Mark> marks) {
        this.marks = marks.stream().sorted(Comparator.comparing(Mark::key)).toList();
    }

    private static String lookSql(Flow flow, int count) {
        return """
                SELECT once_key, run_id, fingerprint, answered_at,
                       CASE WHEN answer IS NOT NULL AND expires_at > %s THEN 1 ELSE 0 END, answer
                FROM rowlock_once
                WHERE once_key IN (%s)""".formatted(flow.nowMillis(), String.join(", ", Collections.nCopies(count, "?")));
    }

    /**
     * Reads what stands under the keys that had no answer so far.
     *
     * @return whether one of them has by now
     */
    boolean look(Session session, Flow flow) {
        List<Mark> open = open();
        if (open.isEmpty()) {
            return false;
        }
        Map<ByteBuffer, Mark.Stored> rows = session.get(lookSql(flow, open.size()), statement -> {
            for (int i = 0; i < open.size(); i++) {
                statement.setBytes(i + 1, open.get(i).key().bytes());
            }
            Map<ByteBuffer, Mark.Stored> found = new HashMap<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    found.put(ByteBuffer.wrap(row.getBytes(1)), stored(row));
                }
            }
            return found;
        });
        open.forEach(mark -> mark.sees(rows.get(ByteBuffer.wrap(mark.key().bytes()))));
        return open.stream().anyMatch(mark -> mark.found() != null);
    }

    private static Mark.Stored stored(ResultSet row) throws SQLException {
        byte[] answer = null;
        if (row.getInt(5) == 1) {
            // One driver has null for no bytes.
            byte[] bytes = row.getBytes(6);
            answer = bytes == null ? new byte[0] : bytes;
        }
        return new Mark.Stored(row.getBytes(2), row.getBytes(3), answer, Instant.ofEpochMilli(row.getLong(4)));
    }

    private List<Mark> open() {
        return marks.stream().filter(mark -> mark.found() == null).toList();
    }

    /** Whether nothing is left to be run. */
    boolean areAllFound() {
        return open().isEmpty();
    }

    /** The kind of the keys. */
    String keyKind() {
        return marks.get(0).key().kind();
    }

    /** What an earlier attempt would have stored is forgotten. */
    void forgetAnswers() {
        marks.forEach(Mark::forgetAnswer);
    }

    /** Takes the keys before their answers are known. */
    List<Step> place(Flow flow) {
        return open().stream().map(mark -> mark.place(flow)).toList();
    }

    /**
     * Stores the answers there are.
     *
     * @param placed whether this transaction has taken the keys already
     */
    List<Step> store(Flow flow, boolean placed) {
        return marks.stream()
                .filter(Mark::isAnswered)
                .map(mark -> mark.store(flow, placed))
                .toList();
    }

    boolean haveAnswers() {
        return marks.stream().anyMatch(Mark::isAnswered);
    }

    /**
     * Finds out what became of a commit whose answer was lost, by writing the first key again: that waits for a transaction
     * which still holds it, and where it succeeds the lost one can no longer commit, even if its request is only now on the
     * way to the server. Reading would prove nothing of the kind.
     *
     * @return whether the commit stored the answers; if not, it never will
     */
    boolean settle(Session session, Flow flow, Shared shared) {
        Mark mark = marks.stream().filter(Mark::isAnswered).findFirst().orElseThrow();
        while (true) {
            Step bar = mark.bar(flow, shared.newId());
            try {
                flow.single(session, bar, false, Session.Limit.DEADLINE, Long.MAX_VALUE);
                return false;
            } catch (RestartUnit taken) {
                if (taken.stale() == null) {
                    throw taken;
                }
            }
            look(session, flow);
            Mark.Stored row = mark.stored();
            if (row != null) {
                return mark.wrote(row);
            }
            // Reaped in between.
        }
    }
}
