package io.rowlock.watch;

import io.rowlock.watch.jdbc.JdbcCall;
import io.rowlock.watch.jdbc.JdbcStep.Kind;
import io.rowlock.watch.jdbc.TransactionControl;
import io.rowlock.watch.trace.CallSite;
import io.rowlock.watch.trace.Row;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A step as it was recorded, not yet understood. Guarded by the lock of its {@link Recording}. */
final class Recorded {
    final long sequence;
    final long session;
    final RecordedUnit unit;
    final Kind kind;
    final TransactionControl control;
    final List<JdbcCall> calls;
    final boolean autoCommit;
    /** What the program had set on the connection; null if nothing. */
    final @Nullable Integer level;

    final CallSite callSite;
    final long startedNanos = System.nanoTime();
    final List<Row> rows = new ArrayList<>(0);
    final List<Row> generatedKeys = new ArrayList<>(0);
    boolean exhausted;
    boolean rowsDropped;
    boolean taken;

    @Nullable
    SQLException failure;

    List<Long> updateCounts = List.of();
    long nanos;

    Recorded(
            long sequence,
            long session,
            RecordedUnit unit,
            Kind kind,
            TransactionControl control,
            List<JdbcCall> calls,
            boolean autoCommit,
            @Nullable Integer level,
            CallSite callSite) {
        this.sequence = sequence;
        this.session = session;
        this.unit = unit;
        this.kind = kind;
        this.control = control;
        this.calls = calls;
        this.autoCommit = autoCommit;
        this.level = level;
        this.callSite = callSite;
    }
}
