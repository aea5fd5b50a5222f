package io.rowlock.app.http;

import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.converter.HttpMessageNotReadableException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/** Says what is wrong with a body that could not be read, in the words of JSON and not of Java. */
final class JsonErrors {
    private JsonErrors() {}

    static ApiError describe(HttpMessageNotReadableException unreadable) {
        if (find(unreadable, BodyLimit.BodyTooLarge.class) != null) {
            return ApiError.of(HttpStatus.CONTENT_TOO_LARGE);
        }
        Malformed malformed = find(unreadable, Malformed.class);
        JacksonException json = find(unreadable, JacksonException.class);
        if (json == null) {
            return ApiError.of("MALFORMED.body_missing");
        }
        if (malformed != null) {
            return field(path(json), malformed.expected());
        }
        if (json instanceof UnrecognizedPropertyException unknown) {
            Collection<Object> known = unknown.getKnownPropertyIds();
            return ApiError.of(
                    "MALFORMED.unknown_field",
                    "field",
                    path(unknown),
                    "known",
                    known == null
                            ? List.of()
                            : known.stream().map(String::valueOf).sorted().toList());
        }
        if (json instanceof InputCoercionException number) {
            return field(path(number), expected(number.getTargetType()));
        }
        if (json instanceof StreamReadException) {
            return ApiError.of(
                    "MALFORMED.json",
                    "line",
                    json.getLocation().getLineNr(),
                    "column",
                    json.getLocation().getColumnNr());
        }
        if (json instanceof MismatchedInputException mismatch) {
            return mismatch.getPath().isEmpty()
                    ? ApiError.of("MALFORMED.object")
                    : field(path(mismatch), expected(mismatch.getTargetType()));
        }
        return ApiError.of(HttpStatus.BAD_REQUEST);
    }

    /** What has to stand where a value of a type is read. */
    static String expected(@Nullable Class<?> type) {
        if (type == null) {
            return "another value";
        }
        Expected described = type.getAnnotation(Expected.class);
        if (described != null) {
            return described.value();
        }
        if (type == int.class || type == Integer.class || type == long.class || type == Long.class) {
            return "a whole number";
        }
        if (type == boolean.class || type == Boolean.class) {
            return "true or false";
        }
        if (type == UUID.class) {
            return "an id such as \"00000000-0000-4000-8000-000000000001\"";
        }
        if (type == Instant.class) {
            return "a time such as \"2025-01-31T12:00:00Z\"";
        }
        if (type.isEnum()) {
            return Arrays.stream(type.getEnumConstants())
                    .map(constant -> ((Enum<?>) constant).name().toLowerCase(Locale.ROOT))
                    .collect(Collectors.joining(", ", "one of ", ""));
        }
        if (type == String.class) {
            return "text";
        }
        return "another type of value";
    }

    static ApiError field(String field, String expected) {
        return ApiError.of("MALFORMED.field", "field", field, "expected", expected);
    }

    private static String path(JacksonException json) {
        return json.getPath().stream()
                .map(step -> step.getPropertyName() == null ? "[" + step.getIndex() + "]" : step.getPropertyName())
                .collect(Collectors.joining("."));
    }

    private static <X extends Throwable> @Nullable X find(Throwable thrown, Class<X> type) {
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            if (type.isInstance(t)) {
                return type.cast(t);
            }
        }
        return null;
    }
}
