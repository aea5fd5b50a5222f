package io.rowlock;

import org.jspecify.annotations.Nullable;

/**
 * What runs while a key is held in this JVM; see {@link Rowlock#serial}.
 *
 * @param <R> what it answers
 * @param <X> the checked exception that it may throw; none for most
 */
@FunctionalInterface
public interface SerialWork<R extends @Nullable Object, X extends Exception> {
    /** Runs while the key is held. */
    R run() throws X;
}
