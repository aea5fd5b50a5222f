package io.rowlock.app.sync;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * How an instance stands in a session. It ends once:
 *
 * <pre>
 * pending ─┬─ running ─┬─ completed   its accounts are stored
 *          │           ├─ failed      they could not be had or stored
 *          └───────────┴─ skipped     another session had it, or this one was cancelled
 * </pre>
 */
enum RecordStatus implements Named {
    @JsonProperty("pending")
    PENDING,
    @JsonProperty("running")
    RUNNING,
    @JsonProperty("completed")
    COMPLETED,
    @JsonProperty("failed")
    FAILED,
    @JsonProperty("skipped")
    SKIPPED;

    /** Whether it stays so for ever. */
    boolean isEnd() {
        return this == COMPLETED || this == FAILED || this == SKIPPED;
    }
}
