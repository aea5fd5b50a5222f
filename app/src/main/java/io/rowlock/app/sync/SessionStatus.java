package io.rowlock.app.sync;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * How a session stands. It ends once:
 *
 * <pre>
 * running ─┬─ completed   every instance was synced
 *          ├─ failed      every instance has its end, and one at least was not synced
 *          └─ cancelled   somebody said so while it ran
 * </pre>
 */
enum SessionStatus implements Named {
    @JsonProperty("running")
    RUNNING,
    @JsonProperty("completed")
    COMPLETED,
    @JsonProperty("failed")
    FAILED,
    @JsonProperty("cancelled")
    CANCELLED;

    /** Whether it stays so for ever. */
    boolean isEnd() {
        return this != RUNNING;
    }
}
