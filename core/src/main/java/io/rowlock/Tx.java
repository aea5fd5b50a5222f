package io.rowlock;

import io.rowlock.lease.Fence;
import io.rowlock.lease.Lease;
import java.sql.Connection;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A running {@linkplain Rowlock#transact unit of work}, as its body sees it.
 *
 * <p><b>Three reads, and the type tells which.</b> {@link #peek} shows ({@link View}); {@link #read} decides
 * optimistically ({@link Row}, checked at commit); {@link #lock} decides pessimistically ({@link Row}, locked until the
 * unit ends). Reads see the unit's own staged writes.
 *
 * <p><b>Writes are staged</b> and go to the database at commit, together with the checks, in one canonical order. So
 * {@link #update}, {@link #insert} and {@link #delete} cost nothing until then and fail then.
 *
 * <p><b>Holds when</b> every writer of these rows raises their versions (writes through Rowlock do), and there is one
 * writable primary. <b>Breaks when</b> a decision rests on rows that are <em>absent</em> or on a search: take a
 * {@link #guard} for it, a unique key, or {@code SERIALIZABLE}; and when the body acts on the outside world instead of
 * using {@link #afterCommit}.
 *
 * <p>One thread at a time, as a {@link Connection} is; useless after the attempt has ended, which every method says.
 */
public interface Tx extends ReadTx {
    /**
     * Reads a row to decide on. If it has changed by the time of commit (and was neither locked nor updated here, where
     * its version is asserted anyway), nothing is written and the unit runs again.
     *
     * @return the row, or empty; that there was none is checked again too, but only a {@link #guard} makes it certain
     */
    <T, K> Optional<Row<T>> read(Table<T, K> table, K id);

    /**
     * Reads a row and locks it until the unit ends, waiting for its holder until the unit's deadline.
     *
     * @return the locked row, or empty if there is none: then nothing is locked
     * @throws LockTimeout if the lock was not had in time and the unit's retries are spent
     * @throws IllegalStateException in strict mode: if the lock comes after the declared order (write {@link #lockAll}), or
     *     after a snapshot was fixed that this engine would let a stale decision through (take locks first)
     */
    <T, K> Optional<Row<T>> lock(Table<T, K> table, K id);

    /** As {@link #lock(Table, Object)} with a choice of what to do when somebody else holds the row. */
    <T, K> Locked<T> lock(Table<T, K> table, K id, LockMode mode);

    /** Locks several rows in the canonical order, whatever the order of the ids; rows that do not exist are left out. */
    <T, K> Map<K, Row<T>> lockAll(Table<T, K> table, Collection<? extends K> ids);

    /**
     * As {@link #lockAll(Table, Collection)} with a choice of what to do about rows that somebody else holds: with
     * {@link LockMode#SKIP_LOCKED} they are left out, with {@link LockMode#NOWAIT} the whole fails.
     *
     * @throws LockTimeout with NOWAIT, if one of them is held
     */
    <T, K> Map<K, Row<T>> lockAll(Table<T, K> table, Collection<? extends K> ids, LockMode mode);

    /**
     * Makes units that take the same key run one after another, from here to their end. Protects what no row lock can:
     * absence ("no grant yet"), counts, searches. Take it before the reads it is to protect.
     *
     * <p><b>Holds when</b> every unit that could break the condition takes the same key. <b>Breaks when</b> one of them
     * does not, or takes it after its decision.
     */
    void guard(Key key);

    /**
     * Ties this unit to a lease: it commits only while nobody else has been granted the key.
     *
     * @see #fence(Lease, Fence)
     */
    default void fence(Lease lease) {
        fence(lease, Fence.CHECK_AT_COMMIT);
    }

    /**
     * Ties this unit to a lease. Where the lease is no longer its holder's, nothing is stored, and the unit is not run again.
     * Several leases may fence one unit. A lease that is given back meanwhile is given back when the unit has ended.
     *
     * <p><b>Holds when</b> everything that the key protects is written in units that are fenced by it. <b>Breaks when</b> some of
     * it is written without.
     *
     * @throws LeaseLost if the lease is known to be over; otherwise the unit ends with it at its commit
     * @throws IllegalStateException in strict mode: if the lease was acquired after this unit's snapshot was fixed, on a level at
     *     which plain reads go on showing the past
     */
    void fence(Lease lease, Fence mode);

    /**
     * Stages a change of a row.
     *
     * @param row the newest row of this unit under its key
     * @param change makes the new value of the old; the key and the version component stay what they are
     * @return the row with the change, to pass on
     * @throws IllegalStateException if the row is not this attempt's newest, or the change touched the key
     */
    <T> Row<T> update(Row<T> row, UnaryOperator<T> change);

    /**
     * Stages a new row; its version will be 1 (or go on from its tombstone).
     *
     * @throws IllegalStateException if this unit has already seen a row under that key
     */
    <T, K> Row<T> insert(Table<T, K> table, T value);

    /**
     * Stages the end of a row.
     *
     * @throws IllegalStateException if its table has neither {@linkplain Table.Builder#incarnation incarnations} nor
     *     {@linkplain Table.Builder#tombstones tombstones} nor {@linkplain Table.Builder#keysNeverReturn keys that never
     *     return}: the old version could come back to life
     */
    void delete(Row<?> row);

    /**
     * Runs SQL that changes rows, in this unit's transaction, after flushing what is staged.
     *
     * @param sql one statement with {@code ?} for the values
     * @param values what to bind: numbers, text, booleans, byte arrays, UUIDs, instants, enums, null
     * @return how many rows it changed; must be asked before the unit commits
     */
    Rows execute(String sql, @Nullable Object... values);

    /**
     * Runs a part that may fail alone: what it staged and did is undone if it throws, and the unit goes on. Flushes on
     * entry. A failure that undid the whole transaction ends the unit all the same.
     */
    <R extends @Nullable Object, X extends Exception> R savepoint(Work<R, X> part) throws X;

    /** Sends what is staged to the database now, inside the transaction. Rarely needed: commit does it. */
    void flush();

    /**
     * The unit's connection in its transaction, for SQL of any library. It flushes what is staged before each statement;
     * commit, rollback and close are the unit's and are refused. Rows read through it are not checked at commit.
     */
    @Override
    Connection connection();

    /** Which attempt this is, from 1. */
    int attempt();

    /** An id that is the same in every attempt of this unit for the same name, and in no other unit. */
    UUID newId(String name);

    /**
     * Runs after the commit, on this thread, once, in the order given; never if the unit does not commit or if it cannot
     * be told whether it did. What it throws is reported, not thrown: the unit is committed.
     */
    void afterCommit(Runnable action);
}
