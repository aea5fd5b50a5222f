package io.rowlock;

import java.sql.Statement;

/**
 * How many rows a statement changed. It must be asked: a unit whose {@link Tx#execute} left an answer unasked refuses to
 * commit, because "0 rows" is how a database says that the condition no longer held.
 *
 * <p>Confined to the unit's thread.
 */
@CheckReturnValue
public final class Rows {
    private final String sql;
    private final int count;
    private boolean asked;

    /** The answer of one statement; {@code count} as JDBC gave it. */
    public Rows(String sql, int count) {
        this.sql = sql;
        this.count = count;
    }

    /**
     * How many rows were changed.
     *
     * @throws IllegalStateException if the driver did not say (a batch result of −2)
     */
    public int count() {
        asked = true;
        if (count == Statement.SUCCESS_NO_INFO || count < 0) {
            throw new IllegalStateException("The driver did not say how many rows changed (count=" + count + ", sql="
                    + sql + "): run the statement singly, or read the rows back");
        }
        return count;
    }

    /** Whether exactly one row was changed. */
    public boolean one() {
        return count() == 1;
    }

    /** Whether no row was changed. */
    public boolean none() {
        return count() == 0;
    }

    /**
     * Insists on a number.
     *
     * @throws IllegalStateException if it was another; the unit then rolls back
     */
    public void expect(int rows) {
        if (count() != rows) {
            throw new IllegalStateException(
                    "Unexpected number of rows (expected=" + rows + ", changed=" + count + ", sql=" + sql + ")");
        }
    }

    /** Whether the answer was looked at. */
    public boolean asked() {
        return asked;
    }

    /** The statement that gave this answer, without its bound values. */
    public String sql() {
        return sql;
    }
}
