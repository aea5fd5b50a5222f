package io.rowlock;

import org.jspecify.annotations.Nullable;

/**
 * The body of a {@linkplain Rowlock#transact unit of work}: what it reads, decides and stages.
 *
 * <p>It may run several times, each time in a new transaction with fresh reads, and only the last run counts. So it takes
 * what it needs through {@link Tx} (rows, {@link Tx#now time}, {@link Tx#newId ids}) and does nothing that cannot be
 * undone: effects outside the database belong into {@link Tx#afterCommit}.
 *
 * @param <R> what the unit answers
 * @param <X> the checked exception that the body may throw; none for most
 */
@FunctionalInterface
public interface Work<R extends @Nullable Object, X extends Exception> {
    /** Runs the body once. */
    R run(Tx tx) throws X;
}
