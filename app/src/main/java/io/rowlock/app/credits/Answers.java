package io.rowlock.app.credits;

import io.rowlock.View;
import io.rowlock.app.credits.CreditTables.AccessRow;
import io.rowlock.app.http.ApiException;
import java.time.Duration;
import java.util.Optional;
import org.springframework.http.ResponseEntity;

/** Outcomes of the service as answers of HTTP. */
final class Answers {
    private Answers() {}

    /**
     * What the operation answered, if it was done.
     *
     * @throws ApiException if it was refused (404, 422, 429)
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

    /** 200 with the version as entity tag. */
    static ResponseEntity<CreditBodies.Access> access(View<AccessRow> access) {
        return ResponseEntity.ok().eTag(access.version().etag()).body(CreditBodies.Access.of(access));
    }

    private static ApiException refused(Refusal refusal) {
        if (refusal instanceof Refusal.RateLimited limited) {
            return ApiException.tooMany(limited, Duration.ofSeconds(limited.retryAfterSeconds()));
        }
        return refusal instanceof Refusal.Unknown
                ? ApiException.unknown((Record) refusal)
                : ApiException.refused((Record) refusal);
    }
}
