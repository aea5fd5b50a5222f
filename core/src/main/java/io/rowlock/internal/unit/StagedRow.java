package io.rowlock.internal.unit;

import io.rowlock.Row;
import io.rowlock.Version;

/** A row of one attempt, in one state. */
public final class StagedRow<T> implements Row<T> {
    private final Attempt attempt;
    private final Entry<T, ?> entry;
    private final T value;
    private final Version version;
    private final int state;

    StagedRow(Attempt attempt, Entry<T, ?> entry, T value) {
        this.attempt = attempt;
        this.entry = entry;
        this.value = value;
        this.version = entry.versionAfter();
        this.state = entry.state;
    }

    @Override
    public T value() {
        return value;
    }

    @Override
    public Version version() {
        return version;
    }

    Entry<T, ?> newestIn(Attempt asking) {
        if (attempt != asking) {
            throw new IllegalStateException("Row of another unit or attempt (row=" + entry.id
                    + "): read it inside this body; rows do not outlive the attempt that read them");
        }
        if (state != entry.state || asking.entryOf(entry) != entry) {
            throw new IllegalStateException("Outdated row (row=" + entry.id
                    + "): pass on the Row that the last update answered, or read it again");
        }
        return entry;
    }

    @Override
    public String toString() {
        return "Row[" + entry.id + ", version=" + version + "]";
    }
}
