package io.rowlock.app.story;

import io.rowlock.Version;
import io.rowlock.View;
import io.rowlock.app.http.ApiException;
import io.rowlock.app.http.IfMatch;
import io.rowlock.app.story.model.StoryTables.StoryRow;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;

/** Outcomes of the service as answers of HTTP. */
public final class Answers {
    private Answers() {}

    /**
     * What the operation answered, if it was done.
     *
     * @throws ApiException if it was refused (404, 422) or in conflict (409, with the story as it is now)
     */
    static View<StoryRow> require(Outcome<View<StoryRow>> outcome) {
        return outcome.fold(
                done -> done,
                refusal -> {
                    throw refused(refusal);
                },
                conflict -> {
                    throw ApiException.conflict(
                            StoryBodies.Story.of(conflict.current()), conflict.expected(), conflict.actual());
                });
    }

    /** What was looked for, if it is there. */
    public static <T> T require(Optional<T> found, Refusal.Unknown otherwise) {
        return found.orElseThrow(() -> refused(otherwise));
    }

    /** A refusal as an answer: 404 for what is not there, 422 for what a rule forbids. */
    public static ApiException refused(Refusal refusal) {
        return refusal instanceof Refusal.Unknown
                ? ApiException.unknown((Record) refusal)
                : ApiException.refused((Record) refusal);
    }

    /** 200 with the version as entity tag. */
    static ResponseEntity<StoryBodies.Story> story(View<StoryRow> story) {
        return ResponseEntity.ok().eTag(story.version().etag()).body(StoryBodies.Story.of(story));
    }

    /**
     * The version that a request was made from. Whoever changes a story says what it has seen; {@code *} says that it does not
     * matter.
     *
     * @return the version, or null for whatever is there
     * @throws ApiException if the request does not say (428)
     */
    static @Nullable Version seen(@Nullable String ifMatch) {
        if (ifMatch == null) {
            throw ApiException.preconditionRequired();
        }
        return IfMatch.version(ifMatch);
    }
}
