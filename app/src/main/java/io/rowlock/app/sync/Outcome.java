package io.rowlock.app.sync;

import io.rowlock.CheckReturnValue;
import java.util.function.Function;

/**
 * What became of an operation. That a rule refused it is an answer and not an exception: the unit that found it out ends in
 * order, and the caller is told what it needs next.
 *
 * @param <T> what the operation answers when it was done
 */
@CheckReturnValue
sealed interface Outcome<T> {

    /** Done and committed. */
    record Done<T>(T value) implements Outcome<T> {}

    /** Not done: a rule forbids it, or something it names does not exist. */
    record Refused<T>(Refusal why) implements Outcome<T> {}

    static <T> Outcome<T> done(T value) {
        return new Done<>(value);
    }

    static <T> Outcome<T> refused(Refusal why) {
        return new Refused<>(why);
    }

    /** One function per case; all must be given. */
    default <R> R fold(Function<? super T, ? extends R> done, Function<? super Refusal, ? extends R> refused) {
        return this instanceof Done<T> d ? done.apply(d.value()) : refused.apply(((Refused<T>) this).why());
    }
}
