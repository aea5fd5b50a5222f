package io.rowlock.dialect;

import java.sql.Connection;

/**
 * An isolation level that a unit of work may ask for.
 *
 * <p>SQLite has one level of its own, serializable by having one writer; it accepts each of these and does the same for
 * all.
 */
public enum Isolation {
    /** Each statement sees what was committed before it began. */
    READ_COMMITTED(Connection.TRANSACTION_READ_COMMITTED, "READ COMMITTED"),
    /** All plain reads see one snapshot; see {@link EngineProfile#snapshotAt} for when it is fixed. */
    REPEATABLE_READ(Connection.TRANSACTION_REPEATABLE_READ, "REPEATABLE READ"),
    /** As if transactions ran one after another, among those that ask for it. */
    SERIALIZABLE(Connection.TRANSACTION_SERIALIZABLE, "SERIALIZABLE");

    private final int jdbc;
    private final String sql;

    Isolation(int jdbc, String sql) {
        this.jdbc = jdbc;
        this.sql = sql;
    }

    /** The constant of {@link Connection} for this level. */
    public int jdbc() {
        return jdbc;
    }

    /** The level as SQL writes it, such as {@code READ COMMITTED}. */
    public String sql() {
        return sql;
    }
}
