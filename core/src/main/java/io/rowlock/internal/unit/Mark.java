package io.rowlock.internal.unit;

import io.rowlock.Key;
import io.rowlock.Table;
import io.rowlock.internal.table.TableDef;
import io.rowlock.once.Fingerprint;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One once-key of a unit: what stands under it in the database, and the steps that write its answer there.
 *
 * <p>A row counts as an answer while it has one and has not expired. Any other row counts as none and is replaced, by an
 * UPDATE that asks for the very run that was seen in it, so that of two replacements one finds nothing to do. Where no row
 * was seen the answer is inserted, and of two insertions the second finds the key taken.
 */
final class Mark {
    /** Stands for the table of once-keys in messages and steps; never read through. */
    static final TableDef<MarkRow, String> TABLE = (TableDef<MarkRow, String>)
            Table.of("rowlock_once", MarkRow.class).key("onceKey", String.class).build();

    private static final String REPLACE = """
            UPDATE rowlock_once
            SET run_id = ?, fingerprint = ?, answer = ?, answered_at = %1$s, expires_at = %1$s + ?
            WHERE once_key = ? AND run_id = ?""";

    record MarkRow(String onceKey, long version) {}

    /** A row as it stands. */
    static final class Stored {
        private final byte[] runId;
        private final byte[] fingerprint;
        private final byte @Nullable [] answer;
        private final Instant answeredAt;

        /**
         * As read.
         *
         * @param answer null unless it counts
         */
        Stored(byte[] runId, byte[] fingerprint, byte @Nullable [] answer, Instant answeredAt) {
            this.runId = runId;
            this.fingerprint = fingerprint;
            this.answer = answer;
            this.answeredAt = answeredAt;
        }

        byte @Nullable [] answer() {
            return answer;
        }

        Instant answeredAt() {
            return answeredAt;
        }

        boolean has(Fingerprint fingerprint) {
            return Arrays.equals(this.fingerprint, fingerprint.bytes());
        }
    }

    private final Key key;
    private final Fingerprint fingerprint;
    private final long keepMillis;
    private final byte[] runId;
    private final Entry<MarkRow, String> entry;
    private @Nullable Stored stored;
    private byte @Nullable [] answer;

    /**
     * A key that a unit will answer.
     *
     * @param run the unit's own, in no other unit
     */
    Mark(Key key, Fingerprint fingerprint, Duration keep, UUID run) {
        this.key = key;
        this.fingerprint = fingerprint;
        this.keepMillis = keep.toMillis();
        this.runId = bytes(run);
        this.entry = new Entry<>(TABLE, key.toString(), new RowId(-1, TABLE.physicalName(), key.toString(), TABLE));
    }

    private static byte[] bytes(UUID id) {
        return ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }

    Key key() {
        return key;
    }

    /** What was found under the key, or null for nothing. */
    void sees(@Nullable Stored row) {
        stored = row;
    }

    @Nullable
    Stored stored() {
        return stored;
    }

    /** The answer of an earlier call, if there is one that counts. */
    @Nullable
    Stored found() {
        Stored row = stored;
        return row != null && row.answer != null ? row : null;
    }

    /** Whether a row was found that does not count. */
    boolean replaces() {
        return stored != null && found() == null;
    }

    boolean isMismatch(Stored row) {
        return !row.has(fingerprint);
    }

    /**
     * What is to be stored.
     *
     * @throws IllegalStateException if it is too much
     */
    void answer(byte[] bytes, int bytesMax) {
        if (bytes.length > bytesMax) {
            throw new IllegalStateException("Answer too large to be kept (key=" + key + ", bytes=" + bytes.length
                    + ", bytesMax=" + bytesMax + "): store it in a table of yours and answer its id, or raise"
                    + " Rowlock.on(...).onceAnswerBytesMax(...)");
        }
        answer = bytes;
    }

    /** What an earlier attempt was to store is taken back. */
    void forgetAnswer() {
        answer = null;
    }

    boolean isAnswered() {
        return answer != null;
    }

    /** Whether this run wrote that row. */
    boolean wrote(Stored row) {
        return Arrays.equals(row.runId, runId);
    }

    // ---- steps

    /** Takes the key before the answer is known. */
    Step place(Flow flow) {
        return write(flow, stored == null ? null : stored.runId, runId, null);
    }

    /**
     * Stores the answer.
     *
     * @param placed whether this transaction has taken the key already
     */
    Step store(Flow flow, boolean placed) {
        byte[] before = placed ? runId : stored == null ? null : stored.runId;
        return write(flow, before, runId, answer);
    }

    /** Makes it impossible that a transaction which set out from what was seen here still commits. */
    Step bar(Flow flow, UUID barrier) {
        return write(flow, stored == null ? null : stored.runId, bytes(barrier), null);
    }

    private Step write(Flow flow, byte @Nullable [] before, byte[] run, byte @Nullable [] bytes) {
        if (before == null) {
            return new Step(Step.Kind.MARK, entry, flow.markSql(), (statement, index, engine) -> {
                statement.setBytes(index, key.bytes());
                statement.setBytes(index + 1, run);
                statement.setBytes(index + 2, fingerprint.bytes());
                statement.setBytes(index + 3, bytes);
                statement.setLong(index + 4, keepMillis);
                return index + 5;
            });
        }
        return new Step(Step.Kind.MARK, entry, REPLACE.formatted(flow.nowMillis()), (statement, index, engine) -> {
            statement.setBytes(index, run);
            statement.setBytes(index + 1, fingerprint.bytes());
            statement.setBytes(index + 2, bytes);
            statement.setLong(index + 3, keepMillis);
            statement.setBytes(index + 4, key.bytes());
            statement.setBytes(index + 5, before);
            return index + 6;
        });
    }
}
