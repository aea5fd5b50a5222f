package io.rowlock.app.story;

import io.rowlock.CheckReturnValue;
import io.rowlock.Version;
import java.util.function.Function;

/**
 * What became of an operation. That a rule refused it, or that somebody else was faster, is an answer and not an exception: it
 * cannot be passed over, and it has what the caller needs next. Immutable.
 *
 * @param <T> what the operation answers when it was done
 */
@CheckReturnValue
public sealed interface Outcome<T> {

    /** Done and committed. */
    record Done<T>(T value) implements Outcome<T> {}

    /** Not done, and nothing was written: a rule forbids it, or something it names does not exist. */
    record Refused<T>(Refusal why) implements Outcome<T> {}

    /**
     * Not done, and nothing was written: what it was to change is no longer in the state the caller has seen.
     *
     * @param current what stands there now
     * @param expected the version the caller has seen
     * @param actual the version it has now
     */
    record Conflict<T>(T current, Version expected, Version actual) implements Outcome<T> {}

    static <T> Outcome<T> done(T value) {
        return new Done<>(value);
    }

    static <T> Outcome<T> refused(Refusal why) {
        return new Refused<>(why);
    }

    /** One function per case; all must be given. */
    default <R> R fold(
            Function<? super T, ? extends R> done,
            Function<? super Refusal, ? extends R> refused,
            Function<? super Conflict<T>, ? extends R> conflict) {
        if (this instanceof Done<T> d) {
            return done.apply(d.value());
        }
        if (this instanceof Refused<T> r) {
            return refused.apply(r.why());
        }
        return conflict.apply((Conflict<T>) this);
    }
}
