package io.rowlock.watch.jdbc;

import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sees each step that a program takes at its database, on the thread that takes it. All methods do nothing by default.
 *
 * <p>Several threads may call at once, one connection one at a time.
 */
public interface JdbcObserver {

    /** A connection was lent to the program. */
    default void opened(JdbcSession session) throws SQLException {}

    /**
     * A step is about to be taken. Whoever waits in here holds it back.
     *
     * @throws SQLException what the program gets instead of the step; then it is not taken, and {@link #after} is not called
     */
    default void before(JdbcStep step) throws SQLException {}

    /** A step was taken, well or not. */
    default void after(JdbcStep step, JdbcResult result) {}

    /**
     * The program has fetched a row of a statement's answer.
     *
     * @param columns the names of all columns of the answer
     * @param values their values, as the driver hands out objects
     */
    default void row(JdbcStep step, List<String> columns, List<@Nullable Object> values) {}

    /** The program has given a connection back. */
    default void closed(JdbcSession session) {}
}
