package io.rowlock.engines;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Something that a piece of work left behind in a database.
 *
 * @param kind what it is
 * @param facts what is known of it, as {@code name=value}
 * @param stack where the connection was borrowed or, if it went back to its pool, closed; null where no connection of the
 *     {@link Database} is to blame
 */
public record Leak(Kind kind, String facts, @Nullable Throwable stack) {

    /** What can be left behind. */
    public enum Kind {
        /** A connection that was handed out and not closed. */
        CONNECTION("Connection not closed"),
        /** A transaction that was neither committed nor rolled back. */
        TRANSACTION("Transaction left open"),
        /** A lock that outlives its transaction or has none: advisory, named, or of a whole SQLite file. */
        LOCK("Lock left behind"),
        /** A statement that still runs although the work is over. */
        STATEMENT("Statement still running");

        private final String text;

        Kind(String text) {
            this.text = text;
        }
    }

    /** The stack as an optional. */
    Optional<Throwable> where() {
        return Optional.ofNullable(stack);
    }

    @Override
    public String toString() {
        return kind.text + " (" + facts + ")";
    }
}
