package io.rowlock.internal.unit;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;

/**
 * Rows whose writers have waited long for those who check them, and therefore close the gate before they write. Remembered
 * for a second at a time, by row number.
 */
final class HotRows {
    private static final long HOT_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int ROWS_MAX = 4096;

    private final ConcurrentMap<Long, Long> until = new ConcurrentHashMap<>();

    /** Whether no row has been hot for a while. */
    boolean isEmpty() {
        return until.isEmpty();
    }

    boolean isHot(RowId row, long now) {
        if (until.isEmpty()) {
            return false;
        }
        Long gate = row.gate();
        Long end = until.get(gate);
        if (end != null && end - now <= 0) {
            until.remove(gate, end);
            return false;
        }
        return end != null;
    }

    void mark(RowId row, long now) {
        if (until.size() >= ROWS_MAX) {
            until.values().removeIf(end -> end - now < 0);
        }
        if (until.size() < ROWS_MAX) {
            until.put(row.gate(), now + HOT_NANOS);
        }
    }
}
