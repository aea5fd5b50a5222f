package io.rowlock;

import org.jspecify.annotations.Nullable;

/**
 * The body of a {@linkplain Rowlock#read read unit}, which can show but not change.
 *
 * @param <R> what the unit answers
 * @param <X> the checked exception that the body may throw; none for most
 */
@FunctionalInterface
public interface ReadWork<R extends @Nullable Object, X extends Exception> {
    /** Runs the body. */
    R run(ReadTx tx) throws X;
}
