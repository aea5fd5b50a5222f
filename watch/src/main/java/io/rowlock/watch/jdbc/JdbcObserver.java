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

    /**
     * A connection was lent to the program.
     *
     * @throws SQLException what the program gets instead of the connection, which is given back
     */
    default void opened(JdbcSession session) throws SQLException {}

    /**
     * The program has set the isolation level by {@link java.sql.Connection#setTransactionIsolation}. Not told of levels
     * that are set by SQL, which are statements.
     *
     * @param level a constant of {@link java.sql.Connection}
     */
    default void isolationSet(JdbcSession session, int level) {}

    /**
     * A step is about to be taken. Whoever waits in here holds it back.
     *
     * <p>What this method throws the program gets instead of the step; then the step is not taken, and {@link #after} is not
     * called. That holds for unchecked exceptions and errors too. A {@code close()} that is refused gives the connection back
     * all the same: it must not leak.
     *
     * @throws SQLException in the program's way of failing
     */
    default void before(JdbcStep step) throws SQLException {}

    /** A step was taken, well or not. */
    default void after(JdbcStep step, JdbcResult result) {}

    /**
     * The program has fetched a row of a statement's answer.
     *
     * @param step the statement
     * @param columns the names of the columns of the answer, at most {@link ObservedDataSource#COLUMNS_MAX}
     * @param values their values, as the driver hands out objects; null where it has none to hand out. Text and bytes longer
     *     than {@link ObservedDataSource#VALUE_LENGTH_MAX} are cut
     */
    default void row(JdbcStep step, List<String> columns, List<@Nullable Object> values) {}

    /** The program has asked for a row after the last: what {@link #row} told of this statement is the whole answer. */
    default void exhausted(JdbcStep step) {}

    /**
     * The program has fetched a row of the keys that a statement generated.
     *
     * @param step the statement
     * @param columns as for {@link #row}; the names are the driver's and may be none of the table's
     * @param values as for {@link #row}
     */
    default void generatedKeys(JdbcStep step, List<String> columns, List<@Nullable Object> values) {}

    /** The program has given a connection back. */
    default void closed(JdbcSession session) {}
}
