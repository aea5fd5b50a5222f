package io.rowlock.once;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes bytes of an answer, to be stored, and the answer of the bytes again, to be repeated.
 *
 * <p>Bytes that are stored outlive the program that wrote them: what a newer version of the program writes, an older one may
 * have to read while both run, and the other way round. An answer that cannot be decoded is an {@link IllegalStateException}
 * at the caller's; nothing runs.
 *
 * <p>Implementations are used by many threads at once.
 *
 * @param <R> the answer's type
 */
public interface Codec<R extends @Nullable Object> {

    /** The answer as bytes; never null. */
    byte[] encode(R answer);

    /** The answer of bytes that {@link #encode} made. */
    R decode(byte[] bytes);

    /** Of two functions. */
    static <R extends @Nullable Object> Codec<R> of(
            Function<? super R, byte[]> encode, Function<? super byte[], ? extends R> decode) {
        return new Codec<>() {
            @Override
            public byte[] encode(R answer) {
                return encode.apply(answer);
            }

            @Override
            public R decode(byte[] bytes) {
                return decode.apply(bytes);
            }
        };
    }

    /** Text, in UTF-8: what a JSON library writes, for one. */
    static Codec<String> text() {
        return of(text -> text.getBytes(StandardCharsets.UTF_8), bytes -> new String(bytes, StandardCharsets.UTF_8));
    }

    /** Bytes as they are. */
    static Codec<byte[]> bytes() {
        return of(byte[]::clone, byte[]::clone);
    }

    /** A whole number, in eight bytes. */
    static Codec<Long> number() {
        return of(number -> ByteBuffer.allocate(Long.BYTES).putLong(number).array(), bytes -> {
            if (bytes.length != Long.BYTES) {
                throw new IllegalArgumentException("A whole number has 8 bytes (bytes=" + bytes.length + ")");
            }
            return ByteBuffer.wrap(bytes).getLong();
        });
    }

    /** Nothing, for work whose only answer is that it is done: it returns null. */
    static Codec<@Nullable Void> nothing() {
        return of(none -> new byte[0], none -> null);
    }

    /**
     * A codec for what can be turned into this one's answers and back.
     *
     * <pre>{@code
     * Codec<UUID> ids = Codec.text().as(UUID::toString, UUID::fromString);
     * }</pre>
     */
    default <S extends @Nullable Object> Codec<S> as(
            Function<? super S, ? extends R> to, Function<? super R, ? extends S> from) {
        return of(answer -> encode(to.apply(answer)), bytes -> from.apply(decode(bytes)));
    }
}
