package io.rowlock;

import java.util.Objects;

/**
 * A row as it was when it was looked at: for showing. No write accepts a view, so a value that was merely shown cannot be
 * written back; what is to be changed is taken with {@link Tx#read} or {@link Tx#lock}, which give a {@link Row}.
 *
 * <p>Immutable; safe for use by many threads if the value is.
 *
 * @param <T> the record type of the row
 * @param value the row's columns
 * @param version its version at that moment; send it along (as an ETag) if an answer is to come back
 */
public record View<T>(T value, Version version) {
    public View {
        Objects.requireNonNull(value, "value");
        Objects.requireNonNull(version, "version");
    }
}
