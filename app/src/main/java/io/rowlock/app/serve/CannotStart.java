package io.rowlock.app.serve;

import org.jspecify.annotations.Nullable;

/** The service cannot start in this world. The message says why and what to do, in one line and without secrets. */
public final class CannotStart extends Exception {
    private static final long serialVersionUID = 1;

    /** For what has no exception behind it. */
    public CannotStart(String message) {
        this(message, null);
    }

    public CannotStart(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
