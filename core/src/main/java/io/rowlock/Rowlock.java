package io.rowlock;

import io.rowlock.batch.Batch;
import io.rowlock.batch.BatchReport;
import io.rowlock.claim.Claims;
import io.rowlock.claim.WorkQueue;
import io.rowlock.companion.Companion;
import io.rowlock.companion.Company;
import io.rowlock.companion.Escort;
import io.rowlock.dialect.EngineProfile;
import io.rowlock.internal.unit.Units;
import io.rowlock.lease.Leases;
import io.rowlock.once.Codec;
import io.rowlock.once.Fingerprint;
import io.rowlock.once.Once;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Guards over one database: units of work whose decisions still hold when they commit, versioned writes, keys held in this
 * JVM.
 *
 * <pre>{@code
 * Rowlock rowlock = Rowlock.on(dataSource).build();
 *
 * long left = rowlock.transact(tx -> {
 *     Row<Account> account = tx.read(ACCOUNTS, 17L).orElseThrow();
 *     if (account.value().balance() < 150) {
 *         return -1L;
 *     }
 *     return tx.update(account, a -> a.withBalance(a.balance() - 150)).value().balance();
 * });
 * }</pre>
 *
 * <p><b>Promise.</b> What a unit read with {@code tx.read} or {@code tx.lock} still holds at the moment its writes are
 * committed, or nothing is written and the unit runs again. So units that decide on existing rows have no lost update and
 * no write skew, at any isolation level, on every engine.
 *
 * <p><b>Holds when</b> every writer raises versions and there is one writable primary. <b>Breaks when</b> a decision rests
 * on absence or a search without {@link Tx#guard}, and on clusters with several writing nodes, which are refused at the
 * start.
 *
 * <p>The {@link DataSource} is a pool of the application's own, in autocommit mode; Rowlock opens no connections beside it.
 * Safe for use by many threads; make one per database and keep it.
 */
public sealed interface Rowlock permits Units {

    /** Begins a Rowlock on a pool. */
    static RowlockBuilder on(DataSource dataSource) {
        return new RowlockBuilder(dataSource);
    }

    /** Runs a unit of work with the {@linkplain RowlockBuilder#defaults default options}. */
    <R extends @Nullable Object, X extends Exception> R transact(Work<R, X> work) throws X;

    /**
     * Runs a unit of work: the body, then one flush of checks and writes. If a row it read has changed, or the engine chose
     * it as the victim of a conflict, the whole is undone and runs again, within its limits. Inside another unit of this
     * Rowlock it joins that one: one transaction, retried as a whole from outside.
     *
     * @return what the body's last run returned
     * @throws X what the body threw, once its reads were found valid; nothing is stored
     * @throws RetriesExhausted if contention outlasted the attempts, the deadline or the retry budget
     * @throws LockTimeout if a lock was not had in time and that is not retried
     * @throws CommitOutcomeUnknown if the connection broke during the commit
     * @throws DatabaseFailure for every other failure of the database
     * @throws IllegalStateException if a nested unit asks for another isolation level than the one it joins
     */
    <R extends @Nullable Object, X extends Exception> R transact(Unit options, Work<R, X> work) throws X;

    /** Runs a read unit with the default options. */
    <R extends @Nullable Object, X extends Exception> R read(ReadWork<R, X> work) throws X;

    /**
     * Runs a unit that cannot write and takes no write lock on any engine. At READ COMMITTED each look is as of its own
     * moment; ask for REPEATABLE READ to see one moment throughout (SQLite always does, once the unit has its connection).
     */
    <R extends @Nullable Object, X extends Exception> R read(Unit options, ReadWork<R, X> work) throws X;

    /**
     * Writes a row that was last seen at a version, in one statement: the version stands in its WHERE clause.
     *
     * @param next the row as it shall be; its key tells which, its version component is ignored
     * @param expected the version that {@code next} was made from
     * @throws IllegalStateException inside a unit: use {@link Tx#update} there
     */
    <T, K> Update<T> save(Table<T, K> table, T next, Version expected);

    /** As {@link #save(Table, Object, Version)} for tables without incarnations. */
    default <T, K> Update<T> save(Table<T, K> table, T next, long expected) {
        return save(table, next, Version.of(expected));
    }

    /**
     * As {@link #save(Table, Object, Version)}; on conflict, {@code merge} makes one row of the current one and {@code next},
     * and that is tried against the current version, within the default limits.
     *
     * @param merge (current, next) to what shall stand, or null to leave it at the conflict
     */
    <T, K> Update<T> save(Table<T, K> table, T next, Version expected, BinaryOperator<@Nullable T> merge);

    /**
     * Changes a row whatever its version is now: reads it, applies the change, writes it if it has not moved, and does that
     * again inside the default limits.
     *
     * @param change makes the new value of the old; may run several times
     * @return never {@link Update.Conflict} unless the limits were reached
     */
    <T, K> Update<T> update(Table<T, K> table, K id, UnaryOperator<T> change);

    /**
     * Runs a unit of work under a key, with the {@linkplain RowlockBuilder#defaults default options}, once: see
     * {@link #once(Unit, Key, Fingerprint, Codec, Duration, Work)}.
     */
    <R extends @Nullable Object, X extends Exception> Once<R> once(
            Key key, Fingerprint fingerprint, Codec<R> codec, Work<R, X> work) throws X;

    /** As {@link #once(Unit, Key, Fingerprint, Codec, Duration, Work)}, kept as {@link RowlockBuilder#onceKeep} says. */
    <R extends @Nullable Object, X extends Exception> Once<R> once(
            Unit options, Key key, Fingerprint fingerprint, Codec<R> codec, Work<R, X> work) throws X;

    /**
     * Runs a unit of work under a key, once: its answer is stored in the same transaction as its effects, and whoever comes
     * again with the key gets that answer while nothing runs.
     *
     * <p><b>Promise.</b> Of all calls with one key, from any number of processes, one has effects. A refusal that the work
     * <em>returns</em> is an answer and is stored; one that it <em>throws</em> stores nothing, and the next call runs. Calls
     * that come while the first still runs wait for it, within the deadline: in this JVM before they begin, in another process
     * at the latest when they would write; if the first comes to nothing, the next of them runs. A crash stores nothing. If
     * the connection breaks during the commit, the outcome is found out: by writing the key's row again, which only succeeds
     * where the lost commit did not and never will.
     *
     * <p><b>Holds when</b> every caller of the operation takes the same key, and repeats come while the answer is kept.
     * <b>Breaks when</b> the client makes a new key for a repeat, when it repeats after the answer has expired, and for effects
     * outside the database: put those into {@link Tx#afterCommit} or a table that something else works off.
     *
     * <p>Keys compare byte by byte on every engine. The answer stands in the table {@code rowlock_once}
     * ({@link RowlockTables}).
     *
     * @param options of the unit; its deadline covers the waiting too
     * @param key which operation, out of the client's hand as a rule: {@code Key.of("order", clientId, idempotencyKey)}
     * @param fingerprint what it asks for
     * @param codec how its answer is stored
     * @param keep how long the answer is kept, by the database's clock; at least the deadline of the unit
     * @param work the unit's body; what it returns is the answer
     * @return the first answer, that answer repeated, or that the key was used for something else
     * @throws X what the work threw, once its reads were found valid; nothing is stored
     * @throws LockTimeout if a call with the same key ran in this JVM for longer than the deadline
     * @throws RetriesExhausted if contention outlasted the attempts, the deadline or the retry budget
     * @throws CommitOutcomeUnknown if the connection broke during the commit and could not be had again in time
     * @throws DatabaseFailure for every other failure of the database
     * @throws IllegalStateException inside a unit, where it could not commit by itself; if the answer is larger than
     *     {@link RowlockBuilder#onceAnswerBytesMax}; if the stored answer cannot be decoded
     */
    <R extends @Nullable Object, X extends Exception> Once<R> once(
            Unit options, Key key, Fingerprint fingerprint, Codec<R> codec, Duration keep, Work<R, X> work) throws X;

    /**
     * Clears away answers of {@link #once} that have expired, the oldest first. Nothing depends on it but the size of the
     * table: call it now and then, from a scheduler, until it answers less than the limit.
     *
     * @param answersMax how many at the most; they are deleted in transactions of 500 at the most
     * @return how many were deleted
     * @throws IllegalStateException inside a unit
     */
    int reapOnce(int answersMax);

    /**
     * Runs a body for each of many items, as short transactions of some items each.
     *
     * <p><b>Promise.</b> Items run in the batch's order, whatever order they are given in, and those with the same key in the
     * order given: so batches with an order in common do not deadlock each other. An item that fails stores nothing and takes
     * no other with it: its chunk is undone and run again in parts, until it stands alone. With
     * {@linkplain Batch#resumable a run that can be resumed}, an item is done once, however often the batch is called.
     *
     * <p><b>Holds when</b> what an item locks comes in the batch's order too: the row or key that it is ordered by, and
     * nothing before it. <b>Breaks when</b> items lock further rows that other items are ordered by; deadlocks are then
     * retried as everywhere.
     *
     * <p>Where no connection is to be had, the disk is full, or the thread is interrupted, the items that did not run fail
     * with that; no exception is thrown once it has begun, so that what is done is known.
     *
     * @param batch how; see {@link Batch}
     * @param items what is worked off
     * @return what became of each item, in the order given
     * @throws IllegalArgumentException if two items of a resumable run have one id
     * @throws IllegalStateException inside a unit
     */
    <I, R extends @Nullable Object> BatchReport<R> batch(Batch<I, R> batch, Collection<? extends I> items);

    /**
     * The work of a queue over a table of the application's own: due rows for workers, each to one of them at a time. An item may run
     * twice, when a worker stalls for longer than its claim; it completes once. See {@link Claims}. Nothing is asked of the database
     * yet; keep what this answers.
     *
     * @throws IllegalArgumentException if the queue names components that its table's record has not, or of another type; the message
     *     says what to write
     */
    <T, K> Claims<T, K> claims(WorkQueue<T, K> queue);

    /**
     * Runs a body while holding a key, one at a time in this JVM, first come first served. The key is freed when the body
     * has ended and never before; the same thread may take it again inside.
     *
     * <p>Bodies may take further keys. If threads take them in different orders and wait for each other, the one that closes the
     * circle is told at once, with all of them and where they wait; those who take keys in one order everywhere never meet that.
     *
     * <p><b>Holds when</b> everybody who must not run beside it is in this JVM and takes the same key. <b>Breaks when</b>
     * there is a second process: what guards the data is the unit inside.
     *
     * @param wait how long to wait at the most; zero does not wait
     * @throws LockTimeout if the wait has ended
     * @throws SerialDeadlock if waiting would close a circle of threads that wait for each other
     * @throws Interrupted if the thread was interrupted while it waited
     * @throws IllegalStateException inside a unit: it would wait while holding a connection and locks
     */
    <R extends @Nullable Object, X extends Exception> R serial(Key key, Duration wait, SerialWork<R, X> body) throws X;

    /** Which keys are held in this JVM now, by whom, and who waits. */
    List<SerialHold> serialHolds();

    /** Keys that one process at a time may hold, with tokens that fence units: {@link Tx#fence}. The same object each time. */
    Leases leases();

    /**
     * Has somebody go along with all units that begin from now on: who must know what a unit writes before it does, or have
     * something of his own in its transaction. For libraries; what an application wants to do after a commit is
     * {@link Tx#afterCommit}. A companion cannot be sent away again.
     *
     * @return what the companion has of this Rowlock
     */
    <E extends Escort> Company<E> accompany(Companion<E> companion);

    /** The database's facts, as read at the first use. */
    EngineProfile profile();
}
