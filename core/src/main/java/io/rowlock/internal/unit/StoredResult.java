package io.rowlock.internal.unit;

import io.rowlock.Key;
import io.rowlock.batch.ItemResult;
import io.rowlock.once.Codec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The result of an item as bytes: a letter, and behind it what was answered. A refusal with details has the length of its
 * reason first.
 */
final class StoredResult<R extends @Nullable Object> {
    private static final byte APPLIED = 'A';
    private static final byte REFUSED = 'R';
    private static final byte REFUSED_WITH_DETAILS = 'D';

    private final Codec<R> codec;

    StoredResult(Codec<R> codec) {
        this.codec = codec;
    }

    byte[] encode(ItemResult.Answer<R> answer) {
        if (answer instanceof ItemResult.Applied<R> applied) {
            byte[] result = bytes(applied.result());
            return tagged(APPLIED, result.length).put(result).array();
        }
        ItemResult.Refused<R> refused = (ItemResult.Refused<R>) answer;
        byte[] reason = refused.reason().getBytes(StandardCharsets.UTF_8);
        R details = refused.details();
        if (details == null) {
            return tagged(REFUSED, reason.length).put(reason).array();
        }
        byte[] more = bytes(details);
        return tagged(REFUSED_WITH_DETAILS, Integer.BYTES + reason.length + more.length)
                .putInt(reason.length)
                .put(reason)
                .put(more)
                .array();
    }

    private byte[] bytes(R result) {
        return Objects.requireNonNull(codec.encode(result), "The codec made null of a result");
    }

    private static ByteBuffer tagged(byte tag, int length) {
        return ByteBuffer.allocate(1 + length).put(tag);
    }

    /** @throws IllegalStateException if it cannot be read */
    ItemResult.Answer<R> decode(Key key, Mark.Stored stored) {
        try {
            return decode(ByteBuffer.wrap(Objects.requireNonNull(stored.answer())));
        } catch (RuntimeException unreadable) {
            throw new IllegalStateException(
                    "The stored result cannot be decoded (key=" + key + ", doneAt=" + stored.answeredAt()
                            + "): was it stored through another codec?",
                    unreadable);
        }
    }

    private ItemResult.Answer<R> decode(ByteBuffer bytes) {
        byte tag = bytes.get();
        return switch (tag) {
            case APPLIED -> ItemResult.applied(codec.decode(take(bytes, bytes.remaining())));
            case REFUSED -> ItemResult.refused(text(bytes, bytes.remaining()));
            case REFUSED_WITH_DETAILS ->
                ItemResult.refused(text(bytes, bytes.getInt()), codec.decode(take(bytes, bytes.remaining())));
            default -> throw new IllegalArgumentException("No such kind of result (kind=" + tag + ")");
        };
    }

    private static String text(ByteBuffer bytes, int length) {
        return new String(take(bytes, length), StandardCharsets.UTF_8);
    }

    private static byte[] take(ByteBuffer bytes, int length) {
        byte[] taken = new byte[length];
        bytes.get(taken);
        return taken;
    }
}
