package io.rowlock.watch.trace;

import java.util.Set;

/**
 * What one statement does to the rows of one table.
 *
 * @param table the table, in lower case, without a schema that is the default one
 * @param mode how the rows are reached
 * @param columns which columns are read or written, in lower case; empty for all
 * @param predicate which rows are meant
 * @param keys which rows these were
 * @param flags what makes it safer, or more dangerous, than its mode alone
 */
public record Access(String table, Mode mode, Set<String> columns, Predicate predicate, Keys keys, Set<Flag> flags) {

    /** How rows are reached. */
    public enum Mode {
        /** Read from the transaction's snapshot, without a lock. */
        READ,
        /** Read as they are now, under a shared lock. */
        LOCK_SHARED,
        /** Read as they are now, under an exclusive lock. */
        LOCK_EXCLUSIVE,
        /** Changed, and read as they are now. */
        UPDATE,
        /** Made. */
        INSERT,
        /** Removed, and read as they are now. */
        DELETE,
        /** Made, or changed if they are there. */
        UPSERT;

        /** Whether it changes rows. */
        public boolean isWrite() {
            return this == UPDATE || this == INSERT || this == DELETE || this == UPSERT;
        }

        /** Whether it takes locks that others can wait for. */
        public boolean locks() {
            return this != READ;
        }
    }

    /** What is known of an access besides its mode. */
    public enum Flag {
        /** A column is set to something computed from itself, in the statement. */
        SELF_REFERENCING,
        /** Its condition names a version, or a value that was read before, and the program looks at the count. */
        GUARDED,
        /** Its condition tests the column that it changes. */
        ATOMIC_TEST,
        /** Does not wait for locks, but fails. */
        NO_WAIT,
        /** Does not wait for locks, but passes over what is locked. */
        SKIP_LOCKED,
        /** A unique index would refuse a second row. */
        UNIQUE_COVERED
    }

    public Access {
        columns = Set.copyOf(columns);
        flags = Set.copyOf(flags);
    }
}
