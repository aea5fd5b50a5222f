package io.rowlock.internal.unit;

import io.rowlock.Key;
import io.rowlock.batch.Batch;
import io.rowlock.batch.ItemResult;
import io.rowlock.once.Fingerprint;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One item of a run of a batch: where it stood, its once-key if the run can be resumed, what became of it. */
final class BatchItem<I, R extends @Nullable Object> {
    final I item;
    final int index;
    private final @Nullable Mark mark;
    private final @Nullable StoredResult<R> storedResult;

    /** Null compares nothing. */
    private final @Nullable Fingerprint content;

    private @Nullable ItemResult<R> result;
    private boolean repeated;

    BatchItem(Batch<I, R> batch, I item, int index, UUID run) {
        this.item = item;
        this.index = index;
        Batch.Resume<I, R> resume = batch.resume();
        if (resume == null) {
            mark = null;
            storedResult = null;
            content = null;
            return;
        }
        Key key = Key.of(
                "rowlock-batch", batch.name(), resume.run(), resume.itemId().apply(item));
        Function<? super I, Fingerprint> fingerprint = resume.fingerprint();
        content = fingerprint == null
                ? null
                : Objects.requireNonNull(
                        fingerprint.apply(item), "The fingerprint of an item is null (item=" + index + ")");
        mark = new Mark(key, content == null ? ofNothing(key) : content, resume.keep(), run);
        storedResult = new StoredResult<>(resume.codec());
    }

    /** Stands where no content was given. */
    private static Fingerprint ofNothing(Key key) {
        return Fingerprint.of(key);
    }

    @Nullable
    Mark mark() {
        return mark;
    }

    @Nullable
    ItemResult<R> result() {
        return result;
    }

    boolean isRepeated() {
        return repeated;
    }

    void failed(Exception failure) {
        result = new ItemResult.Failed<>(failure);
    }

    void answered(ItemResult.Answer<R> answer) {
        result = answer;
    }

    /** Takes over what an earlier run stored, if it did. */
    boolean isStored() {
        Mark.Stored stored = mark == null ? null : mark.found();
        if (mark == null || storedResult == null || stored == null) {
            return false;
        }
        if (content != null && !stored.has(content) && !stored.has(ofNothing(mark.key()))) {
            failed(new IllegalStateException("This id stands for another item in the run (key=" + mark.key() + ", item="
                    + index + ", doneAt=" + stored.answeredAt()
                    + "): give an item that has changed an id of its own, or"
                    + " begin a run of another name"));
            return true;
        }
        result = storedResult.decode(mark.key(), stored);
        repeated = true;
        return true;
    }

    /** Stores the answer with the unit's commit, if the run can be resumed. */
    void store(ItemResult.Answer<R> answer, int bytesMax) {
        if (mark != null && storedResult != null) {
            mark.answer(storedResult.encode(answer), bytesMax);
        }
    }
}
