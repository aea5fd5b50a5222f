package io.rowlock.lab.internal.run;

import io.rowlock.watch.jdbc.JdbcResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A step that was taken. Written by the thread that takes it, under the stage's lock; read when the run is over.
 */
public final class Taken {
    private static final int ROWS_MAX = 50;

    private final int actor;
    private final String label;
    private final Op op;
    private final List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    private final long letOn;
    private boolean waited;
    private @Nullable Duration recognised;
    private int endedDuring;
    private @Nullable JdbcResult result;
    private Footprint footprint = Footprint.OPAQUE;

    Taken(int actor, String label, Op op, int number, long letOn) {
        this.actor = actor;
        this.label = label;
        this.op = op;
        this.endedDuring = number;
        this.letOn = letOn;
    }

    public int actor() {
        return actor;
    }

    public String label() {
        return label;
    }

    public Op op() {
        return op;
    }

    /** Whether it had to wait for another actor. */
    public boolean waited() {
        return waited;
    }

    /** How long after it was let on it was known to wait; null if it did not. */
    public @Nullable Duration recognised() {
        return recognised;
    }

    /** The number of the step during which it ended; its own, unless it had to wait. */
    public int endedDuring() {
        return endedDuring;
    }

    /** What the database answered; null if it did not, or it was none that it was asked. */
    public @Nullable JdbcResult result() {
        return result;
    }

    /** The first rows that the program fetched. */
    public List<Map<String, @Nullable Object>> rows() {
        return rows;
    }

    /** What it touched. */
    public Footprint footprint() {
        return footprint;
    }

    void hadToWait(long now) {
        if (!waited) {
            waited = true;
            recognised = Duration.ofNanos(now - letOn);
        }
    }

    void ended(JdbcResult answer, int during) {
        result = answer;
        endedDuring = during;
    }

    void touched(Footprint what) {
        footprint = what;
    }

    void fetched(List<String> columns, List<@Nullable Object> values) {
        if (rows.size() < ROWS_MAX) {
            Map<String, @Nullable Object> row = new LinkedHashMap<>();
            for (int i = 0; i < columns.size(); i++) {
                row.put(columns.get(i), values.get(i));
            }
            rows.add(row);
        }
    }
}
