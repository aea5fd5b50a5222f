package io.rowlock.app.story.model;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Where a story stands, as its document says it and as it is stored. The only ways are these:
 *
 * <pre>
 * draft ── ready_for_development ── in_progress ── ready_for_review ── ready_for_done ── done
 *
 * any ── failed
 * any ── cancelled
 * </pre>
 */
public enum CoreStatus {
    @JsonProperty("draft")
    DRAFT("Draft"),
    @JsonProperty("ready_for_development")
    READY_FOR_DEVELOPMENT("Ready for Development"),
    @JsonProperty("in_progress")
    IN_PROGRESS("In Progress"),
    @JsonProperty("ready_for_review")
    READY_FOR_REVIEW("Ready for Review"),
    @JsonProperty("ready_for_done")
    READY_FOR_DONE("Ready for Done"),
    @JsonProperty("done")
    DONE("Done"),
    @JsonProperty("failed")
    FAILED("Failed"),
    @JsonProperty("cancelled")
    CANCELLED("Cancelled");

    private final String title;

    CoreStatus(String title) {
        this.title = title;
    }

    /** As documents write it. */
    public String title() {
        return title;
    }

    /**
     * Reads what a document says: case does not matter, and words may be kept apart by spaces, hyphens or underlines.
     *
     * @return empty if it is none of them
     */
    public static Optional<CoreStatus> read(String text) {
        String wanted = plain(text);
        return Arrays.stream(values())
                .filter(status -> plain(status.title).equals(wanted))
                .findFirst();
    }

    private static String plain(String text) {
        return text.strip().toLowerCase(Locale.ROOT).replaceAll("[\\s_-]+", " ");
    }

    /** Whether a story may go from here to there; staying is no step. */
    public boolean leadsTo(CoreStatus next) {
        return next != this && (next == FAILED || next == CANCELLED || next == next());
    }

    /** All to which a story may go from here. */
    public Set<CoreStatus> steps() {
        Set<CoreStatus> steps = EnumSet.noneOf(CoreStatus.class);
        for (CoreStatus next : values()) {
            if (leadsTo(next)) {
                steps.add(next);
            }
        }
        return steps;
    }

    /** Straight on; this one itself where the way ends. */
    private CoreStatus next() {
        return switch (this) {
            case DRAFT -> READY_FOR_DEVELOPMENT;
            case READY_FOR_DEVELOPMENT -> IN_PROGRESS;
            case IN_PROGRESS -> READY_FOR_REVIEW;
            case READY_FOR_REVIEW -> READY_FOR_DONE;
            case READY_FOR_DONE -> DONE;
            case DONE, FAILED, CANCELLED -> this;
        };
    }
}
