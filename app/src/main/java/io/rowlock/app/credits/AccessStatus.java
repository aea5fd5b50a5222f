package io.rowlock.app.credits;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Arrays;

/**
 * Where a student stands with a course. The only ways forward are these:
 *
 * <pre>
 * not_started ── started ─┬─ on_time_finished
 *      │            │     └─ late_finished
 *      └────────────┴─────── expired
 * </pre>
 */
enum AccessStatus {
    @JsonProperty("not_started")
    NOT_STARTED(1),
    @JsonProperty("started")
    STARTED(2),
    @JsonProperty("late_finished")
    LATE_FINISHED(3),
    @JsonProperty("on_time_finished")
    ON_TIME_FINISHED(4),
    @JsonProperty("expired")
    EXPIRED(5);

    private final int number;

    AccessStatus(int number) {
        this.number = number;
    }

    /** As it is stored. */
    int number() {
        return number;
    }

    static AccessStatus of(int number) {
        return Arrays.stream(values())
                .filter(status -> status.number == number)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("Stored status is none (status=" + number + ")"));
    }

    boolean isFinished() {
        return this == LATE_FINISHED || this == ON_TIME_FINISHED;
    }
}
