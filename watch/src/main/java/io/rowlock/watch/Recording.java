package io.rowlock.watch;

import io.rowlock.watch.trace.Row;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The steps that were recorded, within their bound. One lock guards them all; it is held for no longer than a list takes. */
final class Recording {

    private final RecorderOptions options;
    private final Masking masking;
    private final ReentrantLock lock = new ReentrantLock();
    private final AtomicLong sequences = new AtomicLong();
    private final AtomicLong sessions = new AtomicLong();
    private List<Recorded> steps = new ArrayList<>();
    private long droppedSteps;
    private long droppedRows;

    /** What was recorded at one moment. */
    record Copy(List<Recorded> steps, long droppedSteps, long droppedRows) {}

    Recording(RecorderOptions options) {
        this.options = options;
        this.masking = Masking.of(options.values());
    }

    /** One for all data sources, so that equal values stay equal. */
    Masking masking() {
        return masking;
    }

    long nextSequence() {
        return sequences.incrementAndGet();
    }

    long nextSession() {
        return sessions.incrementAndGet();
    }

    /** Whether a further step would be kept; counts it if not. */
    boolean hasRoom() {
        lock.lock();
        try {
            if (steps.size() < options.stepsMax()) {
                return true;
            }
            droppedSteps++;
            return false;
        } finally {
            lock.unlock();
        }
    }

    void add(Recorded step) {
        lock.lock();
        try {
            steps.add(step);
        } finally {
            lock.unlock();
        }
    }

    void taken(Recorded step, @Nullable SQLException failure, List<Long> updateCounts, long nanos) {
        lock.lock();
        try {
            step.taken = true;
            step.failure = failure;
            step.updateCounts = updateCounts;
            step.nanos = nanos;
        } finally {
            lock.unlock();
        }
    }

    void row(Recorded step, Row row) {
        lock.lock();
        try {
            if (step.rows.size() < options.rowsMax()) {
                step.rows.add(row);
            } else {
                step.rowsDropped = true;
                droppedRows++;
            }
        } finally {
            lock.unlock();
        }
    }

    void generatedKey(Recorded step, Row row) {
        lock.lock();
        try {
            if (step.generatedKeys.size() < options.rowsMax()) {
                step.generatedKeys.add(row);
            } else {
                droppedRows++;
            }
        } finally {
            lock.unlock();
        }
    }

    void exhausted(Recorded step) {
        lock.lock();
        try {
            step.exhausted = !step.rowsDropped;
        } finally {
            lock.unlock();
        }
    }

    /** The steps that were taken; those that still run, or were refused, are left out. */
    Copy copy() {
        lock.lock();
        try {
            return new Copy(steps.stream().filter(step -> step.taken).toList(), droppedSteps, droppedRows);
        } finally {
            lock.unlock();
        }
    }

    void clear() {
        lock.lock();
        try {
            steps = new ArrayList<>();
            droppedSteps = 0;
            droppedRows = 0;
        } finally {
            lock.unlock();
        }
    }
}
