package io.rowlock.lab.spec;

/** The test cannot be played on; the message is what PostgreSQL's own tester would have said. */
final class SpecAbort extends RuntimeException {

    private static final long serialVersionUID = 1L;

    SpecAbort(String message) {
        super(message);
    }
}
