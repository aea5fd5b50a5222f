package io.rowlock;

import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What became of a row lock that was asked for. That there was no row to lock and that somebody else holds it are
 * different answers; a lock on nothing protects nothing.
 *
 * @param <T> the record type of the row
 */
@CheckReturnValue
public sealed interface Locked<T> {

    /**
     * The row is locked until the unit ends.
     *
     * @param row the row as it stood when the lock was had
     */
    record Held<T>(Row<T> row) implements Locked<T> {}

    /** There is no such row, so nothing is locked; see {@link Tx#guard} for what protects an absence. */
    record NoRow<T>() implements Locked<T> {}

    /** Somebody else holds the row; only with {@link LockMode#NOWAIT} and {@link LockMode#SKIP_LOCKED}. */
    record Busy<T>() implements Locked<T> {}

    /** One function per case; all must be given. */
    default <R> R fold(
            Function<? super Row<T>, ? extends R> held, Supplier<? extends R> noRow, Supplier<? extends R> busy) {
        if (this instanceof Held<T> h) {
            return held.apply(h.row());
        }
        return this instanceof NoRow<T> ? noRow.get() : busy.get();
    }

    /** The row if it is held by this unit now. */
    default Optional<Row<T>> held() {
        return this instanceof Held<T> h ? Optional.of(h.row()) : Optional.empty();
    }
}
