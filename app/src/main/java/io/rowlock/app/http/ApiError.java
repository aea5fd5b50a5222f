package io.rowlock.app.http;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import tools.jackson.databind.JsonNode;

/**
 * The body of every answer that is not a success.
 *
 * @param code what went wrong, constant text in capitals: programs go by this
 * @param message the same for people, one sentence in their language; may change
 * @param facts what the caller needs next, by name; empty if there is nothing to say
 * @param key which of the {@link Messages} says it; the code is what stands before its first point
 */
@Schema(name = "Error", description = "The body of every answer that is not a success")
public record ApiError(
        @Schema(example = "INSUFFICIENT_BALANCE", description = "What went wrong; programs go by this")
        String code,

        @Schema(
                example = "The balance is too low",
                description = "The same for people, in English or Chinese by Accept-Language")
        String message,

        @Schema(type = "object", description = "What the caller needs next, by name")
        Object facts,

        @JsonIgnore @Schema(hidden = true) String key) {

    static final String MALFORMED = "MALFORMED";
    static final String TOO_LARGE = "TOO_LARGE";

    /** What is said of a status that has no message of its own. */
    private static final String OTHER = "OTHER";

    /** Makes an error of a key, and names and values of facts by turns. */
    public static ApiError of(String key, Object... factNamesAndValues) {
        Map<String, Object> facts = new LinkedHashMap<>();
        for (int i = 0; i < factNamesAndValues.length; i += 2) {
            facts.put((String) factNamesAndValues[i], factNamesAndValues[i + 1]);
        }
        return new ApiError(code(key), Messages.text(key, facts, Locale.ENGLISH), facts, key);
    }

    /** Makes an error of a record: its name is the code, {@code InsufficientBalance} to {@code INSUFFICIENT_BALANCE}, it has the facts. */
    public static ApiError of(Record why) {
        String code = why.getClass()
                .getSimpleName()
                .replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_")
                .toUpperCase(Locale.ROOT);
        return new ApiError(code, Messages.text(code, why, Locale.ENGLISH), why, code);
    }

    /** Makes an error again of what was stored of it: its code, which is its key too, and its facts. */
    public static ApiError stored(String code, JsonNode facts) {
        return new ApiError(code, Messages.text(code, facts, Locale.ENGLISH), facts, code);
    }

    /** The error of a status about which nothing else is known. */
    static ApiError of(HttpStatusCode status) {
        return switch (status.value()) {
            case 400 -> of(MALFORMED);
            case 413 -> of(TOO_LARGE);
            case 415 -> of("UNSUPPORTED_MEDIA_TYPE");
            case 500 -> of("INTERNAL");
            case 503 -> of("UNAVAILABLE");
            default -> {
                HttpStatus known = HttpStatus.resolve(status.value());
                String code = known == null ? "HTTP_" + status.value() : known.name();
                yield Messages.has(code)
                        ? of(code)
                        : new ApiError(code, Messages.text(OTHER, Map.of(), Locale.ENGLISH), Map.of(), OTHER);
            }
        };
    }

    /** The same in another language: only what people read differs. */
    public ApiError in(Locale language) {
        return new ApiError(code, Messages.text(key, facts, language), facts, key);
    }

    private static String code(String key) {
        int point = key.indexOf('.');
        return point < 0 ? key : key.substring(0, point);
    }

    /** The error as JSON, for places where there is no mapper: only for errors without facts. */
    String toJsonWithoutFacts() {
        return "{\"code\":\"" + code + "\",\"message\":\"" + message + "\",\"facts\":{}}";
    }
}
