package io.rowlock.app.mastery;

import io.rowlock.app.mastery.model.Engine;
import io.rowlock.app.mastery.model.LearningEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An answer that is to be decided on.
 *
 * @param eventId which one it is: the same id is decided on once
 * @param isNamed whether the caller knows the id, and may come with it again
 * @param fingerprint of what the caller said, so that the id is not used for something else
 * @param sessionId what it belongs to, or null: then it begins one
 * @param reviewAt when the word comes up again, or null
 * @param reviewIn how long until the word comes up again, or null
 */
record Asked(
        UUID eventId,
        boolean isNamed,
        String fingerprint,
        LearningEvent event,
        Engine.Options options,
        @Nullable UUID sessionId,
        @Nullable Instant reviewAt,
        @Nullable Duration reviewIn) {

    /** The least delay of a reward. */
    private static final Duration DELAY_MIN = Duration.ofSeconds(60);

    /** The same, where it may have been decided on already. */
    Asked again() {
        return new Asked(eventId, true, fingerprint, event, options, sessionId, reviewAt, reviewIn);
    }

    /** Of which a reward can be enqueued once. */
    String rewardKey(String userId) {
        return userId + ":" + event.wordId() + ":" + event.timestamp().toEpochMilli();
    }

    /**
     * When the delayed reward is due: at the next review, and not at once.
     *
     * @param delay where nobody has said when that is
     */
    Instant rewardDueAt(Duration delay) {
        Instant wanted = reviewAt != null ? reviewAt : event.timestamp().plus(reviewIn != null ? reviewIn : delay);
        Instant soonest = event.timestamp().plus(DELAY_MIN);
        return wanted.isBefore(soonest) ? soonest : wanted;
    }
}
