package io.rowlock.app.http;

/**
 * A value of the request is not what it has to be: 400. Thrown by whoever reads the value; where it stood is added on the
 * way out.
 */
public final class Malformed extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    /**
     * @param expected what has to stand there, as in "a whole number": constant text, it goes to the caller
     */
    public Malformed(String expected) {
        super(expected);
    }

    String expected() {
        return String.valueOf(getMessage());
    }
}
