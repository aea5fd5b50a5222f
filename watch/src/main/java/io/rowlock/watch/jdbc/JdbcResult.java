package io.rowlock.watch.jdbc;

import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of a step.
 *
 * @param failure what the driver threw, or null
 * @param updateCounts how many rows each call changed; empty where it answers rows, and of what is no statement
 * @param generatedKeys the keys that were made and asked for
 * @param nanos how long it took
 */
public record JdbcResult(
        @Nullable SQLException failure, List<Long> updateCounts, List<@Nullable Object> generatedKeys, long nanos) {}
