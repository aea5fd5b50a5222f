package io.rowlock.internal.unit;

import io.rowlock.RowlockBuilder.SqliteSynchronous;
import io.rowlock.Table;
import io.rowlock.Timing;
import io.rowlock.Unit;
import io.rowlock.event.RowlockListener;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a {@link io.rowlock.RowlockBuilder} has been told. */
public record Settings(
        Unit defaults,
        boolean strict,
        List<Table<?, ?>> order,
        @Nullable RowlockListener listener,
        Timing timing,
        int retryBudget,
        Duration serialHoldLimit,
        SqliteSynchronous sqliteSynchronous,
        boolean oneWriterCluster,
        Duration onceKeep,
        int onceAnswerBytesMax) {}
