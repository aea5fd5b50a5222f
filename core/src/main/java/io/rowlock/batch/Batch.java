package io.rowlock.batch;

import io.rowlock.Key;
import io.rowlock.Table;
import io.rowlock.Unit;
import io.rowlock.once.Codec;
import io.rowlock.once.Fingerprint;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How many items are worked off: what is done with each, in which order, how many to a transaction. Immutable; begin with
 * {@link #of} or {@link #keyed} and change what differs:
 *
 * <pre>{@code
 * static final Batch<Grant, Long> GRANTS = Batch.of("grant-credits", ACCOUNTS, Grant::account, (tx, grant) -> {
 *     Row<Account> account = tx.read(ACCOUNTS, grant.account()).orElse(null);
 *     return account == null
 *             ? ItemResult.refused("no such account")
 *             : ItemResult.applied(tx.update(account, a -> a.plus(grant.credits())).value().balance());
 * });
 *
 * BatchReport<Long> report =
 *         rowlock.batch(GRANTS.resumable("2024-05", Grant::id, Codec.number()), grants);
 * }</pre>
 *
 * <p>Safe for use by many threads, and by several runs at once.
 *
 * @param name what the batch does, for events, metrics and messages; constant text
 * @param order by what its items are ordered
 * @param work what is done with one item
 * @param chunkSize how many items run in one transaction, default {@value #CHUNK_SIZE}, at most {@value #CHUNK_SIZE_MAX}; 1
 *     makes each item a transaction of its own. Larger ones spare round trips and commits and hold their rows for longer
 * @param unit the options of each transaction; its deadline, default 10 s, is that of one chunk
 * @param resume how a run is taken up again, or null if it cannot be
 * @param progress told after each transaction, on the thread of the run; what it throws is reported and otherwise ignored
 */
public record Batch<I, R extends @Nullable Object>(
        String name,
        ItemOrder<I> order,
        ItemWork<I, R> work,
        int chunkSize,
        Unit unit,
        @Nullable Resume<I, R> resume,
        Consumer<? super BatchProgress> progress) {

    /** How many items run in one transaction where nothing else is said. */
    public static final int CHUNK_SIZE = 50;

    /** The most items in one transaction. */
    public static final int CHUNK_SIZE_MAX = 500;

    /** How long results of a resumable run are kept where nothing else is said: 7 days, over a week-end. */
    public static final Duration KEEP = Duration.ofDays(7);

    /**
     * How a run is taken up again.
     *
     * @param run names the run: what is called again with the same name goes on with it
     * @param itemId tells the items of a run apart, and is the same when the run is taken up again; text, numbers, ids
     * @param codec how an applied item's result is stored, and the details of a refused one
     * @param keep how long results are kept, by the database's clock; at least the deadline of a chunk
     * @param fingerprint of an item's content, compared when the run is taken up again; null compares nothing
     */
    public record Resume<I, R extends @Nullable Object>(
            String run,
            Function<? super I, ?> itemId,
            Codec<R> codec,
            Duration keep,
            @Nullable Function<? super I, Fingerprint> fingerprint) {

        /** Of which no content is compared. */
        public Resume(String run, Function<? super I, ?> itemId, Codec<R> codec, Duration keep) {
            this(run, itemId, codec, keep, null);
        }
    }

    public Batch {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(order, "order");
        Objects.requireNonNull(work, "work");
        Objects.requireNonNull(progress, "progress");
        if (chunkSize < 1 || chunkSize > CHUNK_SIZE_MAX) {
            throw new IllegalArgumentException("A chunk has between 1 and " + CHUNK_SIZE_MAX + " items (batch=" + name
                    + ", chunkSize=" + chunkSize + ")");
        }
        if (resume != null && resume.keep().compareTo(unit.deadline()) < 0) {
            throw new IllegalArgumentException("Results are kept for as long at least as a chunk may take (batch="
                    + name + ", keep=" + resume.keep() + ", deadline=" + unit.deadline() + ")");
        }
    }

    /**
     * A batch whose items are each about a row, in the canonical order of these rows.
     *
     * @param name what the batch does
     * @param table the rows' table
     * @param key the key of an item's row; several items may have the same
     * @param work what is done with one item
     */
    public static <I, K, R extends @Nullable Object> Batch<I, R> of(
            String name, Table<?, K> table, Function<? super I, ? extends K> key, ItemWork<I, R> work) {
        return of(name, new ItemOrder.ByRow<>(table, key), work);
    }

    /** A batch whose items are ordered by keys of their own: the guards they take, for one. */
    public static <I, R extends @Nullable Object> Batch<I, R> keyed(
            String name, Function<? super I, Key> key, ItemWork<I, R> work) {
        return of(name, new ItemOrder.ByKey<>(key), work);
    }

    private static <I, R extends @Nullable Object> Batch<I, R> of(
            String name, ItemOrder<I> order, ItemWork<I, R> work) {
        return new Batch<>(name, order, work, CHUNK_SIZE, Unit.named(name), null, progress -> {});
    }

    public Batch<I, R> withChunkSize(int chunkSize) {
        return new Batch<>(name, order, work, chunkSize, unit, resume, progress);
    }

    public Batch<I, R> withChunkDeadline(Duration deadline) {
        return withUnit(unit.withDeadline(deadline));
    }

    /** With other options of its transactions; they keep the batch's name. */
    public Batch<I, R> withUnit(Unit unit) {
        return new Batch<>(name, order, work, chunkSize, unit.withName(name), resume, progress);
    }

    public Batch<I, R> withProgress(Consumer<? super BatchProgress> progress) {
        return new Batch<>(name, order, work, chunkSize, unit, resume, progress);
    }

    /**
     * A run that can be taken up again: each item's result is stored with the item's effects, under a once-key of the batch's
     * name, the run and the item's id, and kept for {@link #KEEP}. Called again with the same run, after a crash or for the
     * items that failed, the batch runs what is not done yet, and answers stored results for the rest.
     *
     * <p>An item is recognised by run and id alone. One that comes again under the same id with other content gets the result
     * of the first, unless {@link #withFingerprint} says what is to be compared.
     */
    public Batch<I, R> resumable(String run, Function<? super I, ?> itemId, Codec<R> codec) {
        return resumable(run, itemId, codec, KEEP);
    }

    /** As {@link #resumable(String, Function, Codec)}, kept for another time. */
    public Batch<I, R> resumable(String run, Function<? super I, ?> itemId, Codec<R> codec, Duration keep) {
        return withResume(new Resume<>(run, itemId, codec, keep));
    }

    /**
     * With items that are compared when the run is taken up again. One whose content is another than when it was done under
     * the same id {@linkplain ItemResult.Failed fails} with an {@link IllegalStateException}; nothing runs, and what was done
     * stays. Say what the caller decides, the amount and whom it is for, and leave out what differs between two readings of
     * one item. Results that were stored without a fingerprint are not compared.
     *
     * <pre>{@code
     * BATCH.resumable(file, Grant::id, Codec.number()).withFingerprint(g -> Fingerprint.of(g.account(), g.credits()))
     * }</pre>
     *
     * @throws IllegalStateException if the batch is not {@link #resumable} yet
     */
    public Batch<I, R> withFingerprint(Function<? super I, Fingerprint> fingerprint) {
        if (resume == null) {
            throw new IllegalStateException("Only a run that is taken up again has something to compare (batch=" + name
                    + "): write batch.resumable(...).withFingerprint(...)");
        }
        return withResume(new Resume<>(resume.run(), resume.itemId(), resume.codec(), resume.keep(), fingerprint));
    }

    private Batch<I, R> withResume(Resume<I, R> resume) {
        return new Batch<>(name, order, work, chunkSize, unit, resume, progress);
    }
}
