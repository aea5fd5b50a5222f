package io.rowlock.lab.spec;

/** A text is no isolation test; the message says why, and in which line where that is known. */
public final class SpecSyntaxException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    SpecSyntaxException(String message) {
        super(message);
    }
}
