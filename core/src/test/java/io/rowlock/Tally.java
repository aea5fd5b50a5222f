package io.rowlock;

import io.rowlock.event.RowlockEvent;
import io.rowlock.event.RowlockEvent.Cause;
import io.rowlock.event.RowlockListener;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts what units tell: commits, the attempts they took, and why attempts ended. Safe for use by many threads. */
final class Tally implements RowlockListener {
    private final LongAdder committed = new LongAdder();
    private final LongAdder attempts = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder unknown = new LongAdder();
    private final LongAdder admitted = new LongAdder();
    private final Map<Cause, LongAdder> retried = new EnumMap<>(Cause.class);

    Tally() {
        for (Cause cause : Cause.values()) {
            retried.put(cause, new LongAdder());
        }
    }

    @Override
    public void on(RowlockEvent event) {
        if (event instanceof RowlockEvent.Committed commit) {
            committed.increment();
            attempts.add(commit.attempts());
        } else if (event instanceof RowlockEvent.Retried retry) {
            retried.get(retry.cause()).increment();
        } else if (event instanceof RowlockEvent.Failed) {
            failed.increment();
        } else if (event instanceof RowlockEvent.CommitUnknown) {
            unknown.increment();
        } else if (event instanceof RowlockEvent.Admitted) {
            admitted.increment();
        }
    }

    long committed() {
        return committed.sum();
    }

    long failed() {
        return failed.sum();
    }

    long unknown() {
        return unknown.sum();
    }

    long admitted() {
        return admitted.sum();
    }

    long retried(Cause cause) {
        return retried.get(cause).sum();
    }

    double meanAttempts() {
        return (double) attempts.sum() / Math.max(1, committed.sum());
    }

    /** The causes that occurred. */
    Map<Cause, Long> causes() {
        Map<Cause, Long> causes = new EnumMap<>(Cause.class);
        retried.forEach((cause, count) -> {
            if (count.sum() > 0) {
                causes.put(cause, count.sum());
            }
        });
        return causes;
    }
}
