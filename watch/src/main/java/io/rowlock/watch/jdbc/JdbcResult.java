package io.rowlock.watch.jdbc;

import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of a step. Keys that a statement generates are told by {@link JdbcObserver#generatedKeys}, when the program
 * asks for them: they cannot be read earlier without taking them from it.
 *
 * @param failure what the driver threw, or null; anything that is no {@link SQLException} is wrapped in one
 * @param updateCounts how many rows each call changed, as the driver tells it ({@code -2}: it cannot say); of a statement
 *     with several results that of the first; empty where it answers rows, and of what is no statement
 * @param nanos how long it took
 */
public record JdbcResult(@Nullable SQLException failure, List<Long> updateCounts, long nanos) {
    public JdbcResult {
        updateCounts = List.copyOf(updateCounts);
    }
}
