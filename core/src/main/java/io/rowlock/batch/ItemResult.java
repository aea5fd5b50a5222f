package io.rowlock.batch;

import io.rowlock.CheckReturnValue;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What became of one item of a {@linkplain io.rowlock.Rowlock#batch batch}.
 *
 * @param <R> what an item answers: an applied one always, a refused one if there is more to say than the reason
 */
@CheckReturnValue
public sealed interface ItemResult<R extends @Nullable Object> {

    /** What the body says of an item: done, or not to be done. Either way what it staged is committed. */
    @CheckReturnValue
    sealed interface Answer<R extends @Nullable Object> extends ItemResult<R> {}

    /**
     * The item was done and is committed.
     *
     * @param result what the body answered
     */
    record Applied<R extends @Nullable Object>(R result) implements Answer<R> {}

    /**
     * A rule of the application said no. As everywhere a refusal that is returned is an answer: a resumed run does not ask
     * again.
     *
     * @param reason in the application's own words; a constant, fit for counting
     * @param details what the caller needs besides, this item's own: how much was missing; null for nothing
     */
    record Refused<R extends @Nullable Object>(
            String reason, @Nullable R details) implements Answer<R> {
        public Refused {
            Objects.requireNonNull(reason, "reason");
        }

        /** Without details. */
        public Refused(String reason) {
            this(reason, null);
        }
    }

    /**
     * The body threw, or its writes were not had: nothing of the item is stored, and a resumed run tries again. There are two
     * exceptions. After a {@link io.rowlock.CommitOutcomeUnknown} nobody can tell. And if the run has done an
     * {@linkplain Batch#withFingerprint item of other content} under this id, that stays done.
     *
     * @param failure what it was
     */
    record Failed<R extends @Nullable Object>(Exception failure) implements ItemResult<R> {}

    /** The item is done. */
    static <R extends @Nullable Object> Answer<R> applied(R result) {
        return new Applied<>(result);
    }

    /** The item is not to be done. */
    static <R extends @Nullable Object> Answer<R> refused(String reason) {
        return new Refused<>(reason);
    }

    /**
     * The item is not to be done, with what its caller needs next. As the result of an applied item it is stored in a run that
     * can be resumed.
     */
    static <R extends @Nullable Object> Answer<R> refused(String reason, R details) {
        return new Refused<>(reason, details);
    }

    /** One function per case; all must be given. */
    default <S extends @Nullable Object> S fold(
            Function<? super Applied<R>, ? extends S> applied,
            Function<? super Refused<R>, ? extends S> refused,
            Function<? super Failed<R>, ? extends S> failed) {
        if (this instanceof Applied<R> a) {
            return applied.apply(a);
        }
        if (this instanceof Refused<R> r) {
            return refused.apply(r);
        }
        return failed.apply((Failed<R>) this);
    }
}
