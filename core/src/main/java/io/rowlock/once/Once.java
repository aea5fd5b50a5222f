package io.rowlock.once;

import io.rowlock.CheckReturnValue;
import io.rowlock.Key;
import java.time.Instant;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What became of a call that may run {@linkplain io.rowlock.Rowlock#once once} only. Being called again is an answer here,
 * not an exception, and it has to be looked at.
 *
 * <pre>{@code
 * return rowlock.once(key, fingerprint, Codec.text(), tx -> place(tx, order)).fold(
 *         first -> created(first.answer()),
 *         repeat -> ok(repeat.answer()),
 *         mismatch -> status(422, "This key was used for another request"));
 * }</pre>
 *
 * <p>Immutable if the answer is; safe for use by many threads.
 *
 * @param <R> the answer's type
 */
@CheckReturnValue
public sealed interface Once<R extends @Nullable Object> {

    /**
     * This call ran the work, and its effects are committed together with the answer.
     *
     * @param answer what the work returned
     */
    record First<R extends @Nullable Object>(R answer) implements Once<R> {}

    /**
     * An earlier call with the same key and the same fingerprint has been answered; nothing ran.
     *
     * @param answer the stored answer of that call
     * @param answeredAt when it was stored, by the database's clock, in milliseconds
     */
    record Repeat<R extends @Nullable Object>(R answer, Instant answeredAt) implements Once<R> {}

    /**
     * The key was used for something else: another fingerprint is stored under it. Nothing ran.
     *
     * @param key the key
     * @param answeredAt when that other call was answered, by the database's clock, in milliseconds
     */
    record Mismatch<R extends @Nullable Object>(Key key, Instant answeredAt) implements Once<R> {}

    /** One function per case; all must be given. */
    default <S extends @Nullable Object> S fold(
            Function<? super First<R>, ? extends S> first,
            Function<? super Repeat<R>, ? extends S> repeat,
            Function<? super Mismatch<R>, ? extends S> mismatch) {
        if (this instanceof First<R> f) {
            return first.apply(f);
        }
        if (this instanceof Repeat<R> r) {
            return repeat.apply(r);
        }
        return mismatch.apply((Mismatch<R>) this);
    }

    /** Whether this call ran the work. */
    default boolean isFirst() {
        return this instanceof First<R>;
    }

    /**
     * The answer, first or repeated, for callers whose keys are never used for two things.
     *
     * @throws IllegalStateException if they were; callers that take keys from outside write {@link #orElseThrow} or
     *     {@link #fold}
     */
    default R answer() {
        return orElseThrow(mismatch -> new IllegalStateException("Key used for something else (key=" + mismatch.key()
                + ", answeredAt=" + mismatch.answeredAt() + "): take a new key per request, or say what to answer with"
                + " orElseThrow(...)"));
    }

    /**
     * The answer, first or repeated.
     *
     * @param mismatch makes the exception for a key that was used for something else
     */
    default <X extends Exception> R orElseThrow(Function<? super Mismatch<R>, ? extends X> mismatch) throws X {
        if (this instanceof First<R> first) {
            return first.answer();
        }
        if (this instanceof Repeat<R> repeat) {
            return repeat.answer();
        }
        throw mismatch.apply((Mismatch<R>) this);
    }
}
