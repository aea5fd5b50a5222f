package io.rowlock.app.http;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;

/**
 * The body of every answer that is not a success.
 *
 * @param code what went wrong, constant text in capitals: programs go by this
 * @param message the same for people, one sentence; may change
 * @param facts what the caller needs next, by name; empty if there is nothing to say
 */
@Schema(name = "Error", description = "The body of every answer that is not a success")
public record ApiError(
        @Schema(example = "INSUFFICIENT_BALANCE", description = "What went wrong; programs go by this")
        String code,

        @Schema(example = "The balance is too low", description = "The same for people")
        String message,

        @Schema(type = "object", description = "What the caller needs next, by name")
        Object facts) {

    static final String MALFORMED = "MALFORMED";
    static final String NOT_FOUND = "NOT_FOUND";
    static final String TOO_LARGE = "TOO_LARGE";
    static final String INTERNAL = "INTERNAL";
    static final String VERSION_CONFLICT = "VERSION_CONFLICT";
    static final String DATABASE_UNAVAILABLE = "DATABASE_UNAVAILABLE";
    static final String CONTENTION = "CONTENTION";
    static final String COMMIT_OUTCOME_UNKNOWN = "COMMIT_OUTCOME_UNKNOWN";

    /** Makes an error of a code, a sentence, and names and values by turns. */
    static ApiError of(String code, String message, Object... factNamesAndValues) {
        Map<String, Object> facts = new LinkedHashMap<>();
        for (int i = 0; i < factNamesAndValues.length; i += 2) {
            facts.put((String) factNamesAndValues[i], factNamesAndValues[i + 1]);
        }
        return new ApiError(code, message, facts);
    }

    /** The error of a status about which nothing else is known. */
    static ApiError of(HttpStatusCode status) {
        return switch (status.value()) {
            case 400 -> of(MALFORMED, "The request is malformed");
            case 404 -> of(NOT_FOUND, "There is nothing under this path");
            case 405 -> of("METHOD_NOT_ALLOWED", "This path does not take this method");
            case 406 -> of("NOT_ACCEPTABLE", "The answer is JSON, and the request does not accept that");
            case 413 -> of(TOO_LARGE, "The request is too large");
            case 415 -> of("UNSUPPORTED_MEDIA_TYPE", "The body is to be JSON: send Content-Type: application/json");
            case 500 -> of(INTERNAL, "Something is broken here; the request had no effect or an unknown one");
            case 503 -> of("UNAVAILABLE", "Not now; try again later");
            default -> {
                HttpStatus known = HttpStatus.resolve(status.value());
                yield of(
                        known == null ? "HTTP_" + status.value() : known.name(),
                        known == null ? "The request was refused" : known.getReasonPhrase());
            }
        };
    }

    /** {@code InsufficientBalance} to {@code INSUFFICIENT_BALANCE}. */
    static String code(Class<?> named) {
        return named.getSimpleName().replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toUpperCase(Locale.ROOT);
    }

    /** The error as JSON, for places where there is no mapper: only for errors without facts. */
    String toJsonWithoutFacts() {
        return "{\"code\":\"" + code + "\",\"message\":\"" + message + "\",\"facts\":{}}";
    }
}
