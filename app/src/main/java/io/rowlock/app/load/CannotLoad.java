package io.rowlock.app.load;

/** The load cannot be driven, or cannot be judged, in this world. The message says why, in one line. */
final class CannotLoad extends Exception {
    private static final long serialVersionUID = 1;

    CannotLoad(String message) {
        super(message);
    }

    CannotLoad(String message, Throwable cause) {
        super(message, cause);
    }
}
