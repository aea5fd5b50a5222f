package io.rowlock;

import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What became of a versioned write. Contention is an answer here, not an exception: it has to be looked at, and it carries
 * what the caller needs next.
 *
 * <pre>{@code
 * return rowlock.save(ACCOUNTS, next, expected).fold(
 *         applied -> ok(applied.row(), applied.version()),
 *         conflict -> status(409, conflict.current(), conflict.actual()),
 *         missing -> status(404));
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param <T> the record type of the row
 */
@CheckReturnValue
public sealed interface Update<T> {

    /**
     * The write was committed.
     *
     * @param row the row as it now stands, its version component included
     * @param version its new version
     */
    record Applied<T>(T row, Version version) implements Update<T> {}

    /**
     * Nothing was written: the row is no longer in the state the caller has seen.
     *
     * @param current the row as it stands now
     * @param expected the version the caller has seen
     * @param actual the version it has now
     */
    record Conflict<T>(T current, Version expected, Version actual) implements Update<T> {}

    /** Nothing was written: there is no row under this key (it was never there, or it was deleted). */
    record Missing<T>() implements Update<T> {}

    /** One function per case; all must be given. */
    default <R> R fold(
            Function<? super Applied<T>, ? extends R> applied,
            Function<? super Conflict<T>, ? extends R> conflict,
            Function<? super Missing<T>, ? extends R> missing) {
        if (this instanceof Applied<T> a) {
            return applied.apply(a);
        }
        if (this instanceof Conflict<T> c) {
            return conflict.apply(c);
        }
        return missing.apply((Missing<T>) this);
    }

    /** Whether the write was committed. */
    default boolean isApplied() {
        return this instanceof Applied<T>;
    }

    /**
     * The committed row, for callers to whom the other cases are failures of their own.
     *
     * @param conflict makes the exception for a conflict from the current row and its version
     * @param missing makes the exception for a missing row
     */
    default <X extends Exception> Applied<T> orElseThrow(
            BiFunction<? super T, ? super Version, ? extends X> conflict, Supplier<? extends X> missing) throws X {
        if (this instanceof Applied<T> a) {
            return a;
        }
        if (this instanceof Conflict<T> c) {
            throw conflict.apply(c.current(), c.actual());
        }
        throw missing.get();
    }
}
