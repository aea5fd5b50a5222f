package io.rowlock.app.sync;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What began a session. */
enum SyncType implements Named {
    /** The clock. */
    @JsonProperty("scheduled")
    SCHEDULED,
    /** Somebody, for one instance. */
    @JsonProperty("manual_single")
    MANUAL_SINGLE,
    /** Somebody, for all instances. */
    @JsonProperty("manual_batch")
    MANUAL_BATCH,
    /** Somebody, from the command line. */
    @JsonProperty("manual_task")
    MANUAL_TASK
}
