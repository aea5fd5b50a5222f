package io.rowlock.app.lottery;

import io.rowlock.Version;
import io.rowlock.app.http.ApiException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.springframework.http.ResponseEntity;

/** Outcomes of the service as answers of HTTP. */
final class Answers {
    private Answers() {}

    /**
     * What the operation answered, if it was done.
     *
     * @param current how the current state is shown to a caller who has seen an older one
     * @throws ApiException if it was refused (404, 422) or in conflict (409)
     */
    static <T> T require(Outcome<T> outcome, Function<? super T, ?> current) {
        return outcome.fold(
                done -> done,
                refusal -> {
                    throw refused(refusal);
                },
                conflict -> {
                    throw ApiException.conflict(
                            current.apply(conflict.current()), conflict.expected(), conflict.actual());
                });
    }

    /** As {@link #require(Outcome, Function)} for operations that know no versions. */
    static <T> T require(Outcome<T> outcome) {
        return require(outcome, current -> current);
    }

    /** What was looked for, if it is there. */
    static <T> T require(Optional<T> found, Refusal.Unknown otherwise) {
        return found.orElseThrow(() -> refused(otherwise));
    }

    /** 200 with the version as entity tag. */
    static <T> ResponseEntity<T> versioned(T body, Version version) {
        return ResponseEntity.ok().eTag(version.etag()).body(body);
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
