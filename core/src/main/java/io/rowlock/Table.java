package io.rowlock;

import io.rowlock.internal.table.TableDef;
import io.rowlock.internal.table.TableSpec;
import org.jspecify.annotations.Nullable;

/**
 * A table of versioned rows, described once: which record a row becomes, which columns are its key, which column counts
 * its changes.
 *
 * <pre>{@code
 * record Account(long id, String owner, long balance, long version) {}
 *
 * static final Table<Account, Long> ACCOUNTS =
 *         Table.of("accounts", Account.class).key("id", Long.class).tombstones().build();
 * }</pre>
 *
 * <p>Record components map to columns by name, {@code unitPrice} to {@code unit_price}; {@link Builder#column} renames one.
 * A record may hold part of the columns only, and several tables may describe one and the same SQL table with a version
 * column each: a balance and an address of one user then change without meeting.
 *
 * <p>Component types: {@code long int short boolean double float} and their boxes, {@code String}, {@code BigDecimal},
 * {@code byte[]}, {@code UUID}, {@code Instant} (microseconds), {@code LocalDate}, {@code LocalDateTime}, enums (by name).
 *
 * <p><b>Holds when</b> every writer raises the version column with every change. <b>Breaks when</b> some other program
 * updates rows without: then its change can be overwritten unseen.
 *
 * <p>Names are checked here (they must be plain identifiers) and against the database at first use: an unknown column or a
 * missing version column is told by name. Immutable, safe for use by many threads; keep it in a constant.
 *
 * @param <T> the record type of a row
 * @param <K> the type of its key
 */
public sealed interface Table<T, K> permits TableDef {

    /**
     * Begins a table.
     *
     * @param name its name in SQL, with or without a schema: a plain identifier, written into statements as it is
     * @param rows the record that a row becomes
     * @throws IllegalArgumentException if the name is no identifier or the record cannot be mapped; the message says what to
     *     write
     */
    static <T extends Record> Unkeyed<T> of(String name, Class<T> rows) {
        return new Unkeyed<>(TableSpec.of(name, rows));
    }

    /** The table's name in SQL. */
    String name();

    /** The record type of a row. */
    Class<T> rows();

    /** The key of a row. */
    K key(T row);

    /** A table that still needs its key. */
    final class Unkeyed<T> {
        private final TableSpec<T> spec;

        private Unkeyed(TableSpec<T> spec) {
            this.spec = spec;
        }

        /**
         * The key is one component.
         *
         * @param component its name in the record
         * @param type its type, boxed; ordered the same way on every machine, in Java
         */
        public <K extends Comparable<? super K>> Builder<T, K> key(String component, Class<K> type) {
            return new Builder<>(spec.keyedBy(component, type), type);
        }

        /** The key is several components: a record whose components have the same names as those of the row. */
        public <K extends Record> Builder<T, K> key(Class<K> components) {
            return new Builder<>(spec.keyedBy(components), components);
        }
    }

    /** The rest of a table's description. One thread at a time. */
    final class Builder<T, K> {
        private TableSpec<T> spec;
        private final Class<K> keyType;

        private Builder(TableSpec<T> spec, Class<K> keyType) {
            this.spec = spec;
            this.keyType = keyType;
        }

        /** A component is kept in a column of another name. */
        public Builder<T, K> column(String component, String column) {
            spec = spec.withColumn(component, column);
            return this;
        }

        /**
         * The column that counts changes, default {@code version}. If the record has a component for it, that shows the
         * version and is otherwise ignored in writes.
         */
        public Builder<T, K> version(String column) {
            spec = spec.withVersion(column);
            return this;
        }

        /**
         * A {@code bigint} column that tells apart rows which stood under the same key one after another. Rowlock fills it;
         * {@link Version#incarnation} carries it.
         */
        public Builder<T, K> incarnation(String column) {
            spec = spec.withIncarnation(column);
            return this;
        }

        /** Deleted keys are remembered in Rowlock's table of tombstones; a new row goes on counting from there. */
        public Builder<T, K> tombstones() {
            spec = spec.withTombstones();
            return this;
        }

        /** Keys are never used twice (random or counted ids), so a deleted row's versions cannot come back. */
        public Builder<T, K> keysNeverReturn() {
            spec = spec.withKeysThatNeverReturn();
            return this;
        }

        /**
         * A {@code bigint} column, null at first, in which {@link io.rowlock.lease.Fence#STAMP_ROWS} keeps the token of the
         * lease that a row was written under last. Rowlock fills it in units that are fenced so, and leaves it alone in others.
         */
        public Builder<T, K> fenceColumn(String column) {
            spec = spec.withFence(column);
            return this;
        }

        /**
         * Makes the table.
         *
         * @throws IllegalArgumentException if something named is not there; the message says what to write
         */
        public Table<T, K> build() {
            return new TableDef<>(spec, keyType);
        }
    }

    /**
     * Which row this is, for messages: the table and the key, never another column.
     *
     * @param id the key, or null for the table as a whole
     */
    default String describe(@Nullable K id) {
        return id == null ? name() : name() + "[" + id + "]";
    }
}
