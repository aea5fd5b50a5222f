package io.rowlock.internal.unit;

/** The version that a caller of {@code save} had seen is not the row's: an answer for the caller, not a reason to retry. */
final class CallersVersionStale extends RuntimeException {
    private static final long serialVersionUID = 1;

    CallersVersionStale() {
        super("The caller's version is not the row's", null, false, false);
    }
}
