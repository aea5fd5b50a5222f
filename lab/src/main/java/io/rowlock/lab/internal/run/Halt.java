package io.rowlock.lab.internal.run;

/** Ends an actor at a gate. An error, so that no ordinary handler takes it for a failure of the database. */
public final class Halt extends Error {
    private static final long serialVersionUID = 1;

    private final boolean crash;

    Halt(boolean crash) {
        super(crash ? "The actor crashes here" : "The run ends here", null, false, false);
        this.crash = crash;
    }

    boolean isCrash() {
        return crash;
    }
}
