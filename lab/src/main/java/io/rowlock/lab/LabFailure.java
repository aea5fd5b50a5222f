package io.rowlock.lab;

/** The lab itself could not go on: its database was not to be reached, or what a scenario does between runs failed. */
public final class LabFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    LabFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
