package io.rowlock.app.load;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the service said.
 *
 * @param status the HTTP status
 * @param text the body as it came
 * @param etag the entity tag, or null
 * @param replayed whether it is the stored answer of an earlier request
 */
record Answer(int status, String text, @Nullable String etag, boolean replayed) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String FALLBACK = "\"recorded\":false";
    private static final List<String> PASSING =
            List.of("\"CONTENTION\"", "\"DATABASE_UNAVAILABLE\"", "\"COMMIT_OUTCOME_UNKNOWN\"", FALLBACK);

    boolean isSuccess() {
        return status >= 200 && status < 300;
    }

    /** Why it is only something to go on with, and nothing was stored; empty if it is not. */
    String fallback() {
        return isSuccess() && text.contains(FALLBACK)
                ? json().at("/data/fallback").asString("unknown")
                : "";
    }

    /** Refused by a rule, or because the caller had seen an older state: one in which a story was that somebody has deleted since, too. */
    boolean isRefusal() {
        return status == 409 || status == 422 || status == 429 || (status == 404 && code().equals("UNKNOWN_STORY"));
    }

    /** Whether the same key must be answered by the same again: failures are not kept, be it of one item of a batch. */
    boolean isStored() {
        return (isSuccess() || status == 409 || status == 422)
                && PASSING.stream().noneMatch(text::contains);
    }

    /** Whether the service itself says that the same may be asked again, and that nobody knows or nothing was done. */
    boolean isWorthAnother() {
        return status == 503 && !code().equals("CONTENTION");
    }

    /** The body as JSON; a missing node if it is none. */
    JsonNode json() {
        try {
            return JSON.readTree(text);
        } catch (JacksonException none) {
            return JSON.missingNode();
        }
    }

    /** The code of an error; empty if there is none. */
    String code() {
        return json().path("code").asString("");
    }

    boolean isSameAs(Answer other) {
        return status == other.status && text.equals(other.text);
    }
}
