package io.rowlock.engines;

/**
 * A database server was asked for and this machine cannot give one. The message says what was looked for, what stood in
 * the way, and what to do about it.
 */
public final class EngineUnavailable extends RuntimeException {

    private static final long serialVersionUID = 1L;

    EngineUnavailable(String message) {
        super(message);
    }

    EngineUnavailable(String message, Throwable cause) {
        super(message, cause);
    }
}
