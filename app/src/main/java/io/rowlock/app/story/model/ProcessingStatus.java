package io.rowlock.app.story.model;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a story looks like to those who process stories: fewer words than {@link CoreStatus}, and derived from it. It is never
 * stored, because the way back is lost: a story that is ready for done would come back as one that is ready for review.
 */
public enum ProcessingStatus {
    @JsonProperty("pending")
    PENDING,
    @JsonProperty("in_progress")
    IN_PROGRESS,
    @JsonProperty("review")
    REVIEW,
    @JsonProperty("completed")
    COMPLETED,
    /** It did not pass. */
    @JsonProperty("failed")
    FAILED,
    @JsonProperty("cancelled")
    CANCELLED,
    /** It failed by an error that is told with it. */
    @JsonProperty("error")
    ERROR;

    /** What a story of this status, with this error or none, looks like. */
    public static ProcessingStatus of(CoreStatus status, @Nullable String error) {
        return switch (status) {
            case DRAFT, READY_FOR_DEVELOPMENT -> PENDING;
            case IN_PROGRESS -> IN_PROGRESS;
            case READY_FOR_REVIEW, READY_FOR_DONE -> REVIEW;
            case DONE -> COMPLETED;
            case FAILED -> error == null ? FAILED : ERROR;
            case CANCELLED -> CANCELLED;
        };
    }

    /** As JSON has it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
