package io.rowlock.app.sync;

import java.time.Duration;

/** Who is told what the sync does. Called on the workers' threads, and by many of them; quick, and throws nothing. */
interface SyncListener {
    /** Tells nobody. */
    SyncListener NONE = new SyncListener() {};

    /**
     * An instance has been read, or could not be.
     *
     * @param outcome {@code read}, or what was in the way
     */
    default void remote(String outcome, Duration took) {}

    /**
     * A record has ended here.
     *
     * @param status how
     * @param code why not completed; empty if it is
     */
    default void record(RecordStatus status, String code) {}

    /** Work was begun on an instance whose earlier holder never ended its own. */
    default void takeover() {}

    /** A hold was lost, and what was to be written under it refused. */
    default void lost() {}

    /** A session that ran here has ended. */
    default void session(SessionStatus status, Duration took) {}
}
