package io.rowlock.app.sync;

import io.rowlock.app.http.ApiException;
import java.time.Duration;
import java.util.Optional;

/** Outcomes of the service as answers of HTTP. */
final class Answers {
    /** Sessions end within seconds, as a rule. */
    private static final Duration RETRY_SESSION = Duration.ofSeconds(5);

    private Answers() {}

    /**
     * What the operation answered, if it was done.
     *
     * @throws ApiException if it was refused (400, 404, 422, 429)
     */
    static <T> T require(Outcome<T> outcome) {
        return outcome.fold(done -> done, refusal -> {
            throw refused(refusal);
        });
    }

    /** What was looked for, if it is there. */
    static <T> T require(Optional<T> found, Refusal.Unknown otherwise) {
        return found.orElseThrow(() -> refused(otherwise));
    }

    private static ApiException refused(Refusal refusal) {
        if (refusal instanceof Refusal.NoInstances none) {
            return ApiException.badRequest(none);
        }
        if (refusal instanceof Refusal.TooManySessions tooMany) {
            return ApiException.tooMany(tooMany, RETRY_SESSION);
        }
        return refusal instanceof Refusal.Unknown
                ? ApiException.unknown((Record) refusal)
                : ApiException.refused((Record) refusal);
    }
}
