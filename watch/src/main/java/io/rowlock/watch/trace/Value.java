package io.rowlock.watch.trace;

import org.jspecify.annotations.Nullable;

/**
 * A value that was bound to a parameter.
 *
 * @param value as it was bound, or a stand-in that is equal for equal values if the recorder keeps none
 * @param origin where it came from
 */
public record Value(@Nullable Object value, Origin origin) {

    /** Where a value came from, as far as equality tells: it is judged by the value alone, so a small number may be found by chance. */
    public sealed interface Origin {

        /** From outside: a request, a constant, a random number. */
        record External() implements Origin {}

        /**
         * Equal to what the same unit read before.
         *
         * @param sequence the statement that read it
         * @param column the column, in lower case
         */
        record Read(long sequence, String column) implements Origin {}

        /**
         * A key that the database made for the same unit: no other run of it has the same.
         *
         * @param sequence the statement that made it
         */
        record Generated(long sequence) implements Origin {}
    }
}
