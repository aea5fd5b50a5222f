package io.rowlock.internal.unit;

import io.rowlock.Key;
import io.rowlock.batch.Batch;
import io.rowlock.batch.ItemResult;
import io.rowlock.once.Codec;
import io.rowlock.once.Fingerprint;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One item of a run of a batch: where it stood, its once-key if the run can be resumed, what became of it. */
final class BatchItem<I, R extends @Nullable Object> {
    private static final byte APPLIED = 'A';
    private static final byte REFUSED = 'R';

    final I item;
    final int index;
    private final @Nullable Mark mark;
    private final @Nullable Codec<R> codec;
    private @Nullable ItemResult<R> result;
    private boolean repeated;

    BatchItem(Batch<I, R> batch, I item, int index, UUID run) {
        this.item = item;
        this.index = index;
        Batch.Resume<I, R> resume = batch.resume();
        if (resume == null) {
            mark = null;
            codec = null;
        } else {
            Key key = Key.of(
                    "rowlock-batch", batch.name(), resume.run(), resume.itemId().apply(item));
            mark = new Mark(key, Fingerprint.of(key), resume.keep(), run);
            codec = resume.codec();
        }
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
        if (stored == null) {
            return false;
        }
        result = decode(stored);
        repeated = true;
        return true;
    }

    private ItemResult.Answer<R> decode(Mark.Stored stored) {
        byte[] bytes = stored.answer();
        if (codec == null || bytes == null || bytes.length == 0) {
            throw new IllegalStateException("No stored result (item=" + index + ")");
        }
        byte[] rest = Arrays.copyOfRange(bytes, 1, bytes.length);
        return bytes[0] == REFUSED
                ? ItemResult.refused(new String(rest, StandardCharsets.UTF_8))
                : ItemResult.applied(codec.decode(rest));
    }

    /** Stores the answer with the unit's commit, if the run can be resumed. */
    void store(ItemResult.Answer<R> answer, int bytesMax) {
        if (mark == null || codec == null) {
            return;
        }
        byte[] bytes = answer instanceof ItemResult.Applied<R> applied
                ? tagged(APPLIED, codec.encode(applied.result()))
                : tagged(REFUSED, ((ItemResult.Refused<R>) answer).reason().getBytes(StandardCharsets.UTF_8));
        mark.answer(bytes, bytesMax);
    }

    private static byte[] tagged(byte tag, byte[] bytes) {
        byte[] all = new byte[1 + bytes.length];
        all[0] = tag;
        System.arraycopy(bytes, 0, all, 1, bytes.length);
        return all;
    }
}
