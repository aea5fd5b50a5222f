package io.rowlock.internal.unit;

import io.rowlock.CommitOutcomeUnknown;
import io.rowlock.DatabaseFailure;
import io.rowlock.Interrupted;
import io.rowlock.Tx;
import io.rowlock.batch.Batch;
import io.rowlock.batch.BatchProgress;
import io.rowlock.batch.BatchReport;
import io.rowlock.batch.ItemOrder;
import io.rowlock.batch.ItemResult;
import io.rowlock.dialect.SqlFailure;
import io.rowlock.event.RowlockEvent;
import io.rowlock.internal.table.TableDef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One run of a batch.
 *
 * <p><b>An item that fails.</b> A chunk is one unit without savepoints: a savepoint would cost two round trips per item, make
 * an end of the flush in one, and could not undo what only shows when the flush meets a constraint. So a chunk that fails has
 * stored nothing and is split: at the item whose body threw, which then runs alone, or in halves if it was the flush. The
 * parts run in the same order, each a unit of its own, until whatever fails stands alone. One bad item among n costs two
 * further transactions, or about log n.
 */
final class BatchRun<I, R extends @Nullable Object> {
    private final Shared shared;
    private final Batch<I, R> batch;
    private final Consumer<@Nullable Attempt> current;
    private final long began;
    private final UUID run;
    private int total;
    private int done;
    private int failed;

    /** What makes every further chunk fail as well: they are not tried. */
    private @Nullable Exception over;

    BatchRun(Shared shared, Batch<I, R> batch, Consumer<@Nullable Attempt> current) {
        this.shared = shared;
        this.batch = batch;
        this.current = current;
        this.began = shared.nanoTime();
        this.run = shared.newId();
    }

    BatchReport<R> run(Collection<? extends I> given) {
        List<BatchItem<I, R>> items = new ArrayList<>();
        for (I item : given) {
            items.add(new BatchItem<>(batch, item, items.size(), run));
        }
        requireDistinct(items);
        total = items.size();
        List<BatchItem<I, R>> sorted = sorted(items);
        for (int from = 0; from < sorted.size(); from += batch.chunkSize()) {
            runChunk(sorted.subList(from, Math.min(sorted.size(), from + batch.chunkSize())));
        }
        List<ItemResult<R>> results = new ArrayList<>();
        items.forEach(item -> results.add(Objects.requireNonNull(item.result())));
        return new BatchReport<>(
                results, (int) items.stream().filter(BatchItem::isRepeated).count());
    }

    private void requireDistinct(List<BatchItem<I, R>> items) {
        Set<Object> keys = new HashSet<>();
        for (BatchItem<I, R> item : items) {
            Mark mark = item.mark();
            if (mark != null && !keys.add(mark.key())) {
                throw new IllegalArgumentException("Two items of a resumable batch have one id (batch=" + batch.name()
                        + ", key=" + mark.key() + "): their results could not be told apart");
            }
        }
    }

    /** Items with the same key stay in the order in which they were given. */
    private List<BatchItem<I, R>> sorted(List<BatchItem<I, R>> items) {
        List<BatchItem<I, R>> sorted = new ArrayList<>(items);
        ItemOrder<I> order = batch.order();
        if (order instanceof ItemOrder.ByRow<I, ?> byRow) {
            sorted.sort(Comparator.comparing(item -> rowOf(byRow, item.item)));
        } else {
            ItemOrder.ByKey<I> byKey = (ItemOrder.ByKey<I>) order;
            sorted.sort(Comparator.comparing(item -> byKey.key().apply(item.item)));
        }
        return sorted;
    }

    private RowId rowOf(ItemOrder.ByRow<I, ?> order, I item) {
        return shared.rowId((TableDef<?, ?>) order.table(), order.key().apply(item));
    }

    // ---- chunks

    private void runChunk(List<BatchItem<I, R>> chunk) {
        Exception ended = over;
        if (ended != null) {
            chunk.forEach(item -> item.failed(ended));
            over(chunk);
            return;
        }
        Chunk body = new Chunk(chunk);
        try {
            body.run();
        } catch (Exception failure) {
            failed(chunk, body.running, failure);
            return;
        }
        over(chunk);
    }

    private void failed(List<BatchItem<I, R>> chunk, int running, Exception failure) {
        if (isTheEnd(failure)) {
            over = failure;
        }
        // Of a chunk that may be stored no part is run again.
        if (chunk.size() == 1 || over != null || failure instanceof CommitOutcomeUnknown) {
            chunk.forEach(item -> item.failed(failure));
            over(chunk);
            return;
        }
        int from = running >= 0 ? running : chunk.size() / 2;
        int to = running >= 0 ? running + 1 : from;
        for (List<BatchItem<I, R>> part :
                List.of(chunk.subList(0, from), chunk.subList(from, to), chunk.subList(to, chunk.size()))) {
            if (!part.isEmpty()) {
                runChunk(part);
            }
        }
    }

    /** Whether the next chunk would fare no better. */
    private static boolean isTheEnd(Exception failure) {
        return failure instanceof Interrupted
                || (failure instanceof DatabaseFailure refused
                        && (refused.kind() == SqlFailure.Kind.NO_CONNECTION
                                || refused.kind() == SqlFailure.Kind.ACCESS_DENIED
                                || refused.kind() == SqlFailure.Kind.STORAGE));
    }

    /** A chunk as a unit. */
    private final class Chunk {
        private final List<BatchItem<I, R>> items;

        /** Which item's body runs; −1 for none. */
        private int running = -1;

        Chunk(List<BatchItem<I, R>> items) {
            this.items = items;
        }

        void run() throws Exception {
            Marks marks = marks();
            UnitRun unit = new UnitRun(shared, batch.unit(), marks);
            if (marks != null) {
                look(unit, marks);
            }
            List<ItemResult.@Nullable Answer<R>> answers = marks != null && marks.areAllFound()
                    ? new ArrayList<>(java.util.Collections.nCopies(items.size(), null))
                    : unit.execute(this::body, current);
            for (int i = 0; i < items.size(); i++) {
                ItemResult.Answer<R> answer = answers.get(i);
                if (answer != null) {
                    items.get(i).answered(answer);
                } else if (!items.get(i).isStored()) {
                    throw new IllegalStateException("An item without an answer (index=" + items.get(i).index + ")");
                }
            }
        }

        private @Nullable Marks marks() {
            List<Mark> marks = new ArrayList<>();
            for (BatchItem<I, R> item : items) {
                Mark mark = item.mark();
                if (mark != null) {
                    marks.add(mark);
                }
            }
            return marks.isEmpty() ? null : new Marks(marks);
        }

        private void look(UnitRun unit, Marks marks) {
            Session session = unit.newSession();
            try {
                boolean unused = marks.look(session, shared.flow());
            } finally {
                session.close();
            }
        }

        /** An answer for each item, null for those that an earlier run has answered. */
        private List<ItemResult.@Nullable Answer<R>> body(Tx tx) throws Exception {
            List<ItemResult.@Nullable Answer<R>> answers = new ArrayList<>();
            for (int i = 0; i < items.size(); i++) {
                BatchItem<I, R> item = items.get(i);
                Mark mark = item.mark();
                if (mark != null && mark.found() != null) {
                    answers.add(null);
                    continue;
                }
                running = i;
                ItemResult.Answer<R> answer = Objects.requireNonNull(
                        batch.work().run(tx, item.item), "The work of a batch answered null (item=" + item.index + ")");
                item.store(answer, shared.settings.onceAnswerBytesMax());
                running = -1;
                answers.add(answer);
            }
            return answers;
        }
    }

    // ---- progress

    private void over(List<BatchItem<I, R>> chunk) {
        int applied = 0;
        int refused = 0;
        int failedHere = 0;
        int repeated = 0;
        for (BatchItem<I, R> item : chunk) {
            ItemResult<R> result = Objects.requireNonNull(item.result());
            if (item.isRepeated()) {
                repeated++;
            } else if (result instanceof ItemResult.Applied<R>) {
                applied++;
            } else if (result instanceof ItemResult.Refused<R>) {
                refused++;
            } else {
                failedHere++;
            }
        }
        done += chunk.size();
        failed += failedHere;
        RowlockEvent.BatchProgressed event =
                new RowlockEvent.BatchProgressed(batch.name(), applied, refused, failedHere, repeated, done, total);
        shared.tell(() -> event);
        try {
            batch.progress()
                    .accept(new BatchProgress(
                            batch.name(), total, done, failed, Duration.ofNanos(shared.nanoTime() - began)));
        } catch (RuntimeException thrown) {
            shared.warn(
                    "progress/" + batch.name(),
                    "What a batch tells its progress threw (batch=" + batch.name() + ", error=" + thrown + ")",
                    () -> new RowlockEvent.AfterCommitFailed(
                            batch.name(), thrown.getClass().getSimpleName()));
        }
    }
}
